"""Two runs at once: one of them waits for nothing and harms nothing; readers see old tables or new ones."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from pipeline.errors import StoreError
from pipeline.sample import write_sample
from pipeline.tables.journal import prepare_out, read_journal
from pipeline.tables.lock import NAME
from pipeline.tables.store import Store

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[3]
HOLD = (
    "import sys, pathlib\n"
    "from pipeline.tables.lock import hold_lock\n"
    "with hold_lock(pathlib.Path(sys.argv[1])):\n"
    "    print('held', flush=True)\n"
    "    sys.stdin.read()\n"
)
REFUSED = "almanac {}: Another run is writing here ({}). Wait until it has ended, or use another --out."


def start(*words: str | Path, folder: Path | None = None) -> subprocess.Popen[str]:
    command = [sys.executable, *map(str, words)]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        cwd=folder,
    )


def almanac(
    command: str, *words: str | Path, out: str | Path, folder: Path | None = None
) -> subprocess.Popen[str]:
    return start("-m", "flows", command, *words, "--out", out, "--home-zone", "Europe/Paris", folder=folder)


def end(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    said, trouble = process.communicate()
    return process.returncode, said, trouble.strip()


@contextmanager
def held(out: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the lock."""
    with start("-c", HOLD, out) as process:
        assert process.stdout and process.stdout.readline() == "held\n"
        try:
            yield process
        finally:
            process.kill()


@pytest.fixture(scope="module")
def archives(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four exports, each with more than the one before."""
    return [
        write_sample(
            tmp_path_factory.mktemp("archives"), years=0, since=date(2025, 1, 1), until=date(2025, month, 1),
            seed=2, per_day=6,
        ).path
        for month in (2, 3, 4, 5)
    ]  # fmt: skip


def read_texts(out: Path) -> list[str]:
    frame = Store(out).activity(["time", "text", "product"])
    return [repr(row) for row in frame.itertuples(index=False)]


@pytest.fixture(scope="module")
def alone(archives: list[Path], tmp_path_factory: pytest.TempPathFactory) -> dict[int, list[str]]:
    """The rows after each of the archives was taken in, one by one, with nobody else there."""
    out = tmp_path_factory.mktemp("alone") / "out"
    rows = {}
    for k, archive in enumerate(archives):
        assert end(almanac("ingest", archive, out=out))[0] == 0
        rows[k] = read_texts(out)
    return rows


def test_a_second_run_ends_at_once_and_touches_nothing(archives: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    assert end(almanac("ingest", archives[0], out=out))[0] == 0
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with held(out):
        for command, *words in (
            ("run", archives[1], "--plain"),
            ("run", archives[1]),
            ("run", "--sample"),
            ("ingest", archives[1]),
            ("patterns",),
            ("report",),
        ):
            status, said, trouble = end(almanac(command, *words, out=out))
            assert (status, said, trouble) == (2, "", REFUSED.format(command, out))
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_a_run_with_nothing_new_answers_while_another_writes(
    archives: list[Path], tmp_path: Path, states: object
) -> None:
    out = states.copy("new", tmp_path / "out")  # type: ignore[attr-defined]
    with held(out):
        status, said, _ = end(almanac("run", states.word("new"), out=out))  # type: ignore[attr-defined]
    assert (status, said) == (0, f"Nothing new. The report: {out / 'report' / 'index.html'}\n")


@pytest.mark.parametrize("spelling", ["link", "relative", "with dots"])
def test_a_folder_in_another_spelling_is_the_same_folder(
    spelling: str, archives: list[Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    prepare_out(out)
    (tmp_path / "link").symlink_to(out)
    other = {"link": tmp_path / "link", "relative": Path("out"), "with dots": out / ".." / "out"}[spelling]
    with held(out):
        status, _, trouble = end(almanac("ingest", archives[0], out=other, folder=tmp_path))
    assert status == 2 and "Another run is writing here" in trouble
    assert read_journal(out).inputs == ()


def test_the_lock_of_a_killed_run_is_no_hindrance(archives: list[Path], tmp_path: Path) -> None:
    out = tmp_path / "out"
    prepare_out(out)
    with held(out) as holder:
        holder.kill()
        holder.wait()
    assert (out / NAME).exists()
    assert end(almanac("ingest", archives[0], out=out))[0] == 0


def test_of_runs_that_begin_at_once_on_nothing_none_harms_another(
    archives: list[Path], alone: dict[int, list[str]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    waiting = list(archives)
    for _ in archives:
        running = [(archive, almanac("ingest", archive, out=out)) for archive in waiting]
        ended = [(archive, *end(process)) for archive, process in running]
        refused = [(archive, status, trouble) for archive, status, _, trouble in ended if status != 0]
        assert {(status, trouble) for _, status, trouble in refused} <= {(2, REFUSED.format("ingest", out))}
        assert len(refused) < len(waiting)
        waiting = [archive for archive, *_ in refused]
        if not waiting:
            break
    assert waiting == []
    assert read_texts(out) == alone[3]


def test_readers_see_the_old_tables_or_the_new_ones_or_that_a_run_replaced_them(
    archives: list[Path], alone: dict[int, list[str]], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    assert end(almanac("ingest", archives[0], out=out))[0] == 0
    seen = []
    for archive in archives[1:]:
        writer = almanac("ingest", archive, out=out)
        while writer.poll() is None:
            try:
                seen.append(read_texts(out))
            except StoreError as overtaken:  # between opening and reading: it says so, and reads nothing
                assert "If another run has replaced it, ask again" in str(overtaken)
        assert end(writer)[0] == 0
    seen.append(read_texts(out))
    numbers = [next(k for k, rows in alone.items() if rows == texts) for texts in seen]
    assert numbers == sorted(numbers) and numbers[-1] == 3
