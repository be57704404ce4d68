from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from flows.freshness import nothing_new
from flows.steps.ingest import IngestCounts, ingest
from pipeline.errors import ArchiveError, StoreError
from pipeline.settings import Settings, ZoneSpan
from pipeline.tables.journal import READS, commit_step, read_digest_of, read_journal
from pipeline.tables.store import Store
from pipeline.tables.views import MERGED


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(tmp_path / "out", (ZoneSpan(None, "Europe/Paris"),), (5, 6), 0)


def commit_later_steps(settings: Settings) -> None:
    """Stand in for the later steps: each writes one file."""
    out = settings.out
    for step in READS:
        if step != "ingest":
            (out / f"{step}.txt").write_text(step)
            read = read_digest_of(read_journal(out), step, settings)
            commit_step(out, step, read=read, files=[out / f"{step}.txt"], seconds=0, counts={})


def test_every_entry_of_the_archive_is_accounted_for(settings: Settings, tiny_archive: Path) -> None:
    told: list[str] = []
    counts = ingest([str(tiny_archive)], settings, tell=lambda what, done, total: told.append(what))
    (line,) = Store(settings.out).ledger().to_dict("records")
    assert counts == IngestCounts(
        n_archives=1,
        n_new_archives=1,
        n_files=len(Store(settings.out).files()),
        seen=line["found"],
        parsed=line["found"] - line["set_aside"],
        skipped=line["set_aside"],
        new_rows=line["new"],
        rows=line["balance"],
        nothing_new=False,
        parts=tuple(archive.part for archive in read_journal(settings.out).inputs),
    )
    assert counts.seen > 0 and line["found"] == line["known"] + line["set_aside"] + line["new"]
    assert list(dict.fromkeys(told)) == ["Reading entries", "Merging exports"]


def test_an_archive_taken_in_already_changes_nothing(settings: Settings, tiny_archive: Path) -> None:
    first = ingest([str(tiny_archive)], settings)
    table = (settings.out / "tables" / "activity.parquet").read_bytes()
    again = ingest([str(tiny_archive.parent / "*.zip")], settings)
    assert again == IngestCounts(1, 0, 0, 0, 0, 0, 0, first.rows, True)
    assert (settings.out / "tables" / "activity.parquet").read_bytes() == table


def test_nothing_is_new_only_when_every_step_is_done(settings: Settings, tiny_archive: Path) -> None:
    patterns = [str(tiny_archive)]
    assert not nothing_new(patterns, settings)
    ingest(patterns, settings)
    assert not nothing_new(patterns, settings)
    commit_later_steps(settings)
    assert nothing_new(patterns, settings)
    assert nothing_new([], settings)
    ingest(patterns, settings)
    assert nothing_new(patterns, settings)


@pytest.mark.parametrize("step", list(READS))
def test_a_missing_output_is_something_new(settings: Settings, tiny_archive: Path, step: str) -> None:
    ingest([str(tiny_archive)], settings)
    commit_later_steps(settings)
    name = next(iter(read_journal(settings.out).steps[step].files))
    (settings.out / name).unlink()
    assert not nothing_new([str(tiny_archive)], settings)


def test_another_setting_is_something_new(settings: Settings, tiny_archive: Path) -> None:
    ingest([str(tiny_archive)], settings)
    commit_later_steps(settings)
    for change in ({"product": "youtube"}, {"weekend": (4, 5)}, {"home_zone": (ZoneSpan(None, "UTC"),)}):
        assert not nothing_new([str(tiny_archive)], replace(settings, **change))


def test_another_archive_is_something_new(
    settings: Settings, tiny_archive: Path, sample_archive: Path
) -> None:
    ingest([str(tiny_archive)], settings)
    commit_later_steps(settings)
    assert not nothing_new([str(tiny_archive), str(sample_archive)], settings)


def test_a_pattern_that_names_nothing_is_refused(settings: Settings, tmp_path: Path) -> None:
    for function in (ingest, nothing_new):
        with pytest.raises(ArchiveError, match="No archive was found"):
            function([str(tmp_path / "takeout-*.zip")], settings)


def test_without_a_pattern_only_tables_that_are_there_are_mended(
    settings: Settings, tiny_archive: Path
) -> None:
    with pytest.raises(StoreError, match="There are no tables here yet"):
        ingest([], settings)
    rows = ingest([str(tiny_archive)], settings).rows
    Store(settings.out).merged.unlink()
    assert ingest([], settings) == IngestCounts(0, 0, 0, 0, 0, 0, 0, rows, False)


def run_python(script: str, *arguments: str) -> str:
    ended = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    return ended.stdout


SETTINGS = (
    "import sys, pathlib\n"
    "from pipeline.settings import Settings, ZoneSpan\n"
    "settings = Settings(pathlib.Path(sys.argv[1]), (ZoneSpan(None, 'Europe/Paris'),), (5, 6), 0)\n"
)


def test_an_ingest_imports_neither_pandas_nor_prefect_and_a_look_imports_nothing_heavy(
    settings: Settings, tiny_archive: Path
) -> None:
    heavy = "print([m for m in ('pandas', 'prefect', 'pyarrow', 'duckdb', 'bs4') if m in sys.modules])"
    script = SETTINGS + "from {} as f\nf([sys.argv[2]], settings)\n" + heavy
    arguments = (str(settings.out), str(tiny_archive))
    assert (
        "pandas" not in (loaded := run_python(script.format("flows.steps.ingest import ingest"), *arguments))
        and "prefect" not in loaded
    )
    commit_later_steps(settings)
    assert run_python(script.format("flows.freshness import nothing_new"), *arguments) == "[]\n"


@pytest.mark.slow
@pytest.mark.parametrize("n_renames", range(1, 12))
def test_killed_at_any_rename_the_tables_are_the_old_or_the_new(
    settings: Settings, tiny_archive: Path, sample_archive: Path, n_renames: int
) -> None:
    old = ingest([str(tiny_archive)], settings).rows
    script = SETTINGS + (
        "import os\n"
        "from flows.steps.ingest import ingest\n"
        "left = int(sys.argv[3])\n"
        "def dying(rename):\n"
        "    def rename_or_die(self, target):\n"
        "        global left\n"
        "        left -= 1\n"
        "        if left == 0: os._exit(9)\n"
        "        return rename(self, target)\n"
        "    return rename_or_die\n"
        "pathlib.Path.replace = dying(pathlib.Path.replace)\n"
        "pathlib.Path.rename = dying(pathlib.Path.rename)\n"
        "ingest([sys.argv[2]], settings)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(settings.out), str(sample_archive), str(n_renames)], check=False
    )
    assert ended.returncode == (9 if n_renames <= 10 else 0)
    found = len(Store(settings.out).activity())
    new = ingest([str(sample_archive)], settings).rows
    assert found in (old, new) and new > old
    names = {path.name for path in settings.out.rglob("*")}
    assert not [name for name in names if name.startswith(".almanac-")]
    recorded = json.loads((settings.out / "run.json").read_text())["steps"]["ingest"]["files"]
    on_disk = {p.relative_to(settings.out).as_posix() for p in (settings.out / "tables").rglob("*.parquet")}
    on_disk.remove(MERGED)  # the copy for other tools
    assert set(recorded) == on_disk
