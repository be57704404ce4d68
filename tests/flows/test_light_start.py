"""A light start: what has nothing to do imports nothing heavy, seen in processes of their own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
HEAVY = {
    *(
        "prefect",
        "pandas",
        "duckdb",
        "pyarrow",
        "numpy",
        "matplotlib",
        "scipy",
        "bs4",
        "fastapi",
        "sqlalchemy",
    ),
    *("wordcloud", "jinja2", "PIL", "fontTools"),
}
SHOW_MODULES = """
import sys
from flows.commands import main
try:
    main()
except SystemExit as end:
    print("status", end.code)
print(*sorted({name.partition(".")[0] for name in sys.modules}))
"""


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


def test_help_imports_nothing_heavy() -> None:
    *text, status, modules = call_apart("--help")
    assert status == "status 0"
    assert set(modules.split()) & HEAVY == set()
    assert all(any(f"│ {command} " in line for line in text) for command in ("run", "doctor"))


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
    assert set(modules.split()) & HEAVY == set()
    for word in ("run", "--out", out, "--home-zone", "Europe/Paris"), words:
        assert call_apart(*word)[0].startswith("Nothing new.")
