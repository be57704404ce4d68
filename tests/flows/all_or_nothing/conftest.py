"""Runs that are killed or fail at a chosen moment, the states they start from, and what must hold after."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline.sample.writing import _write_files as write_archive
from pipeline.sample.writing import invent
from pipeline.tables.files import TEMPORARY, sha256_of
from pipeline.tables.journal import read_journal
from pipeline.tables.store import Store

MORTAL = Path(__file__).with_name("mortal.py")
ROOT = Path(__file__).parents[3]
PAGE = "report/index.html"
Moment = tuple[str, str, str, str]  # step, what is done, path below out, and whence

if os.name == "nt":
    collect_ignore_glob = ["test_*.py"]  # Windows has neither fork nor SIGKILL


@dataclass
class Ended:
    """How a run ended: its status (negative: the signal), its words, and the moments that it passed."""

    status: int
    said: str
    moments: list[Moment]


@dataclass
class Mortal:
    """The process that forks runs."""

    folder: Path
    process: subprocess.Popen[str]
    n: int = 0

    def run(self, out: Path, *words: str | Path, plain: bool = True, **request: Any) -> Ended:
        """Run ``almanac run`` on ``out``; see ``mortal.py`` for what a request may hold."""
        assert self.process.stdin and self.process.stdout
        self.n += 1
        log = self.folder / f"log-{self.n}"
        options = ["--plain"] if plain else []
        options += ["--out", str(out), "--home-zone", "Europe/Paris", "--skip-limit", "0.1"]
        command = ["run", *options, *map(str, words)]
        json.dump({"words": command, "out": str(out), "log": str(log), **request}, self.process.stdin)
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        status = int(self.process.stdout.readline())
        moments = Path(f"{log}.moments")
        seen = [tuple(each) for each in json.loads(moments.read_text("utf-8"))] if moments.exists() else []
        return Ended(status, log.read_text("utf-8") if log.exists() else "", seen)


# Each state: the one before it, and what is taken in then.
MADE = {
    "old": (None, "first"),
    "new": ("old", "second"),
    "of_sample": (None, "--sample"),
    "after_sample": ("of_sample", "second"),
}


@dataclass
class States:
    """Folders that no trial writes to, each made when it is first asked for."""

    mortal: Mortal
    folder: Path
    archives: dict[str, Path]
    made: dict[str, tuple[Path, list[Moment]]] = field(default_factory=dict)

    def find(self, name: str) -> tuple[Path, list[Moment]]:
        """Return the folder of a state, and what the run that made it did to the disk."""
        if name not in self.made:
            out = self.copy(MADE[name][0], self.folder / name)
            ended = self.mortal.run(out, self.word(name))
            assert ended.status == 0, ended.said
            self.made[name] = out, ended.moments
        return self.made[name]

    def before(self, name: str) -> Path | None:
        """Return the folder of the state before, if there is one."""
        former = MADE[name][0]
        return self.find(former)[0] if former else None

    def word(self, name: str) -> str | Path:
        """Return what a run is given to make a state of the one before."""
        return self.archives.get(MADE[name][1], MADE[name][1])

    def copy(self, name: str | None, to: Path) -> Path:
        """Copy a state; of none there is no folder."""
        if name:
            state = self.find(name)[0]
            shutil.copytree(state, to, symlinks=True)
            journal = (to / "run.json").read_text("utf-8")  # the sample is known by its place
            (to / "run.json").write_text(journal.replace(f"{state}/sample/", f"{to}/sample/"), "utf-8")
        return to

    def copy_before(self, name: str, to: Path) -> Path:
        return self.copy(MADE[name][0], to)


@pytest.fixture(scope="session")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mortal]:
    folder = tmp_path_factory.mktemp("mortal")
    process = subprocess.Popen(
        [sys.executable, str(MORTAL), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdin and process.stdout
    with process:
        assert process.stdout.readline() == "ready\n"
        yield Mortal(folder, process)
        process.stdin.close()


@pytest.fixture(scope="session")
def states(mortal: Mortal, tmp_path_factory: pytest.TempPathFactory) -> States:
    """The states that ``MADE`` lists; the second archive is the first, three months later."""
    folder = tmp_path_factory.mktemp("states")
    invention = invent(years=0, since=date(2025, 6, 1), until=date(2025, 11, 1), seed=2, per_day=6)
    archives = {}
    for name, last in (("first", datetime(2025, 8, 1, tzinfo=UTC)), ("second", invention.exported)):
        entries = {
            file: [entry for entry in entries if entry.utc < last.timestamp()]
            for file, entries in invention.by_file.items()
        }
        stamp = f"takeout-{last:%Y%m%dT%H%M%SZ}-1-001"
        archives[name] = write_archive(folder / name, entries, invention.manner, stamp, invention.truth).path
    return States(mortal, folder, archives)


def snapshot(out: Path) -> dict[str, bytes]:
    """All files but the journal, with its times and places, and what is not the tables' or the page's."""
    files = {path.relative_to(out).as_posix(): path for path in sorted(out.rglob("*")) if path.is_file()}
    ours = ("run.json", "lock", "server.json")
    left = {name for name in files if name in ours or name.startswith("prefect/")}
    return {name: path.read_bytes() for name, path in files.items() if name not in left}


def list_temporary(out: Path) -> list[str]:
    return [path.relative_to(out).as_posix() for path in out.rglob(f"{TEMPORARY}*")]


def list_untrue(out: Path) -> list[str]:
    """List the files that ``run.json`` names for a finished step and that are not what it says."""
    return [
        f"{step}: {name}"
        for step, record in read_journal(out).steps.items()
        for name, digest in record.files.items()
        if record.read and (not (out / name).is_file() or sha256_of(out / name) != digest)
    ]


def read_rows(out: Path) -> list[dict[str, Any]] | None:
    """Return the merged table's rows on all columns, as the store reads them; ``None`` before the first."""
    if not out.exists() or "ingest" not in read_journal(out).steps:
        return None
    store = Store(out)
    frame = store.activity()
    assert len(frame) == store.journal.steps["ingest"].counts["rows"] == store.ledger()["new"].sum()
    rows: list[dict[str, Any]] = pq.read_table(store.merged, partitioning=None).to_pylist()
    return rows


def check_old_or_new(out: Path, allowed: Sequence[Path | None]) -> None:
    """Hold what is in ``out`` against the folders of which it may be; ``None`` is one without tables."""
    assert read_rows(out) in [read_rows(state) if state else None for state in allowed]
    page = (out / PAGE).read_bytes() if (out / PAGE).exists() else None
    assert page in [(state / PAGE).read_bytes() if state else None for state in allowed]
    assert list_untrue(out) == [] if out.exists() else True


def check_mended(out: Path, wanted: Path) -> None:
    """Hold ``out`` against the folder of a run that nothing disturbed: the same files, the same bytes."""
    have, want = snapshot(out), snapshot(wanted)
    assert sorted(have) == sorted(want)
    assert [name for name in want if have[name] != want[name]] == []
    assert (list_temporary(out), list_untrue(out)) == ([], [])


@dataclass(frozen=True)
class Checks:
    """The functions above, for the tests."""

    old_or_new = staticmethod(check_old_or_new)
    mended = staticmethod(check_mended)
    untrue = staticmethod(list_untrue)
    rows = staticmethod(read_rows)


@pytest.fixture(scope="session")
def checks() -> type[Checks]:
    return Checks
