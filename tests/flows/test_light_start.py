"""A light start: what has nothing to do imports nothing heavy, seen in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SHOW_MODULES = """
import sys
from flows.commands import main
try:
    main()
except SystemExit as end:
    print("status", end.code)
ours = ("flows", "pipeline", "models")
found = {name if name.partition(".")[0] in ours else name.partition(".")[0] for name in sys.modules}
print(*sorted(name for name in found - sys.stdlib_module_names if not name.startswith("_")))
"""
HELP_NEEDS = {
    *("flows", "flows.as_json", "flows.commands", "flows.stopping"),
    *("pipeline", "pipeline.errors", "pipeline.settings"),
}
HELP_MAY = {
    "annotated_doc", "attr", "colorama", "click", "markdown_it", "mdurl", "pygments", "rich", "shellingham",
    "typer",
}  # fmt: skip
"""What lays out a help text: Typer, and Rich, which it uses for that."""
NOTHING_NEW_NEEDS = {
    *HELP_NEEDS,
    *("flows.freshness", "flows.progress", "flows.sample_place", "flows.steps", "flows.steps.report"),
    "flows.writing",
    *("pipeline.reading", "pipeline.records", "pipeline.tables"),
    *(
        f"pipeline.reading.{name}"
        for name in (
            "archive", "archive_paths", "bombs", "dispatch", "inflate", "members", "names", "tar_stream",
            "torn_zip", "zip_directory", "zip_member",
        )
    ),
    *(
        f"pipeline.tables.{name}"
        for name in ("files", "journal", "known", "lock", "progress", "rooms", "run_lines", "versions")
    ),
}  # fmt: skip
NOTHING_NEW_MAY = {
    "annotated_doc", "annotated_types", "babel", "click", "colorama", "platformdirs", "pydantic",
    "pydantic_core", "pytz", "shellingham", "typer", "typing_extensions", "typing_inspection", "tzdata",
}  # fmt: skip
"""Typer checks what it is given by Pydantic; Babel knows which days are the weekend at home."""


def call_apart(*words: str | Path, code: str = SHOW_MODULES) -> list[str]:
    """Run the command in a process of its own and return the lines that it printed."""
    done = subprocess.run(
        [sys.executable, "-c", code, *map(str, words)],
        env={**os.environ, "PYTHONPATH": str(ROOT), "COLUMNS": "120"},
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    )
    return done.stdout.splitlines()


def part(modules: str) -> tuple[set[str], set[str]]:
    """Part the names into our modules, but for those of the single commands, and others' packages."""
    names = set(modules.split())
    ours = {name for name in names if name.partition(".")[0] in ("flows", "pipeline", "models")}
    return {name for name in ours if not name.startswith("flows.commands.")}, names - ours


def test_help_imports_nothing_heavy() -> None:
    *text, status, modules = call_apart("--help")
    assert status == "status 0"
    ours, others = part(modules)
    assert ours == HELP_NEEDS
    assert others - HELP_MAY == set()
    assert all(any(f"│ {command} " in line for line in text) for command in ("run", "doctor"))


def test_the_help_of_a_command_with_models_imports_nothing_heavy_either() -> None:
    *text, status, modules = call_apart("forecast", "--help")
    assert status == "status 0"
    assert any("--target" in line for line in text)
    ours, others = part(modules)
    assert ours == HELP_NEEDS
    assert others - HELP_MAY - NOTHING_NEW_MAY == set()


def test_ingest_prints_a_ledger_that_adds_up_without_pandas_or_prefect(
    tiny_archive: Path, tmp_path: Path
) -> None:
    words = ("ingest", tiny_archive, "--out", tmp_path / "out", "--home-zone", "Europe/Paris")
    *text, status, modules = call_apart(*words)
    assert status == "status 0"
    assert set(modules.split()) & {"pandas", "prefect", "matplotlib", "models"} == set()
    line = next(line for line in text if line.startswith("20 Nov 2025"))
    found, known, set_aside, new, balance = (int(word.replace(",", "")) for word in line.split()[-5:])
    assert found == known + set_aside + new
    assert balance == new > 500
    assert text[text.index(line) + 1].endswith("files, HTML, English")
    assert call_apart(*words)[0] == "Nothing new."


@pytest.mark.slow
def test_a_run_with_nothing_new_ends_before_anything_heavy_is_imported(
    tiny_archive: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    words = ("run", tiny_archive, "--out", out, "--home-zone", "Europe/Paris")
    *text, status, modules = call_apart(*words, "--plain")
    assert (text[-1], status) == (f"The report: {out / 'report' / 'index.html'}", "status 0")
    assert "prefect" not in modules.split()
    *text, status, modules = call_apart(*words)
    assert (text, status) == ([f"Nothing new. The report: {out / 'report' / 'index.html'}"], "status 0")
    ours, others = part(modules)
    assert ours - NOTHING_NEW_NEEDS == set()
    assert others - NOTHING_NEW_MAY == set()
    for word in ("run", "--out", out, "--home-zone", "Europe/Paris"), words:
        assert call_apart(*word)[0].startswith("Nothing new.")
