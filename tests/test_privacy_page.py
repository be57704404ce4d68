"""docs/privacy.md names every file that a run leaves behind, wherever it lies, and no other."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
RUN, SCHEDULE = "Written by `almanac run`", "Written by `almanac schedule`"
PAGE = (ROOT / "docs" / "privacy.md").read_text("utf-8")


@dataclass(frozen=True)
class Left:
    """What a run left behind: in the output folder, in the home folder, in the folder for temporary files."""

    out: Path
    home: Path
    temporary: Path


def list_rows(heading: str) -> dict[str, str]:
    """Return what the table below a heading says of each name that it gives in backquotes."""
    section = PAGE.partition(f"# {heading}\n")[2].partition("\n#")[0]
    rows = re.findall(r"^\| ([^|]*`[^|]*) \|(.*)\|$", section, re.MULTILINE)
    return {name: rest for names, rest in rows for name in re.findall(r"`([^`]+)`", names)}


def is_named(path: str, pattern: str) -> bool:
    """Say whether a pattern names a path: ``*`` stands for a name or a part of one, ``**`` for any path."""
    escaped = re.escape(pattern).replace(r"\*\*", ".+").replace(r"\*", "[^/]*")
    return re.fullmatch(escaped, path) is not None


def list_files(folder: Path) -> list[str]:
    """Return the files below a folder, and the folders there that are empty.

    Left out are those of a database at work, which the page names below the table: a server that takes long
    to end is ended, and leaves them.
    """
    paths = [path for path in folder.rglob("*") if not path.is_dir() or not any(path.iterdir())]
    names = [path.relative_to(folder).as_posix() for path in paths]
    return sorted(name for name in names if not re.fullmatch(r"prefect/prefect\.db-(wal|shm|journal)", name))


def prepare(folder: Path) -> tuple[Left, dict[str, str]]:
    """Make a home folder with nothing in it, and the environment of its user."""
    found = Left(folder / "out", folder / "home", folder / "temporary")
    for place in (found.home, found.temporary, folder / "here"):
        place.mkdir()
    foreign = ("XDG_", "PREFECT_", "MPL")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    environment |= {name: str(found.home) for name in ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")}
    environment |= {name: str(found.temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    return found, environment | {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}


@pytest.fixture(scope="module")
def left(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Run the whole job by Prefect for a user who has a home folder of her own, and nothing in it."""
    folder = tmp_path_factory.mktemp("written")
    found, environment = prepare(folder)
    words = ("run", str(sample_archive), "--out", str(found.out), "--home-zone", "Europe/Paris")
    done = subprocess.run(
        [sys.executable, "-m", "flows", *words],
        env=environment, cwd=folder / "here", capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "going on without it" not in done.stdout + done.stderr
    assert list_files(folder / "here") == []
    return found


@pytest.fixture(scope="module")
def left_by_schedule(tiny_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Left]:
    """Have a schedule take in an archive for such a user; it is at work while what it left is looked at."""
    folder = tmp_path_factory.mktemp("scheduled")
    found, environment = prepare(folder)
    watched = folder / "watched" / "takeout-20251120T081500Z-001.zip"
    watched.parent.mkdir()
    shutil.copyfile(tiny_archive, watched)
    os.utime(watched, (1_700_000_000, 1_700_000_000))
    words = (
        "schedule",
        "--watch",
        str(watched.parent),
        "--out",
        str(found.out),
        "--home-zone",
        "Europe/Paris",
    )
    log = folder / "log.txt"
    with log.open("w") as stream:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "flows", *words], env=environment, cwd=folder / "here", stderr=stream
        )
    try:
        until = time.monotonic() + 400
        while "taken in" not in log.read_text() and keeper.poll() is None and time.monotonic() < until:
            time.sleep(0.5)
        assert "1 archive taken in" in log.read_text()
        yield found
    finally:
        keeper.terminate()
        keeper.wait(60)


def test_a_pattern_of_the_page_names_files_of_one_folder() -> None:
    assert is_named("charts/week.png", "charts/*.png")
    assert not is_named("charts/years/2020.png", "charts/*.png")
    assert not is_named("charts/week.png", "charts/week.pn")
    assert is_named("prefect/page/v1/index.html", "prefect/page/**")


def test_every_row_of_the_page_says_what_of_the_owner_is_in_the_file() -> None:
    tables = (RUN, SCHEDULE, "Written by `almanac cohort`", "Written by others", "Outside the output folder")
    rows = {name: rest for table in tables for name, rest in list_rows(table).items()}
    assert all(map(list_rows, tables))
    assert {"run.json", "report/index.html", "prefect/prefect.db", "tables/activity.parquet"} < set(rows)
    assert [name for name, rest in rows.items() if not re.search(r"\w{4}", rest)] == []


@pytest.mark.slow
def test_a_run_leaves_no_file_that_the_page_does_not_name(left: Left) -> None:
    named = list_rows(RUN)
    assert [path for path in list_files(left.out) if not any(is_named(path, row) for row in named)] == []


@pytest.mark.slow
def test_the_page_names_no_file_that_a_run_does_not_leave(left: Left) -> None:
    paths = list_files(left.out)
    named = list_rows(RUN)
    assert [row for row in named if not any(is_named(path, row) for path in paths)] == []


@pytest.mark.slow
def test_what_a_run_leaves_in_the_home_folder_is_what_the_page_says(left: Left) -> None:
    assert "matplotlib/fontlist-*.json" in list_rows("Outside the output folder")
    paths = list_files(left.home)
    of_fonts = re.compile(r"matplotlib(/fontlist-[^/]*\.json)?$")
    assert [path for path in paths if not of_fonts.search(path)] == []
    assert list_files(left.temporary) == []


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no modes: a user's folders are private there"
)
def test_every_file_and_folder_of_a_run_is_its_owners_alone(left: Left) -> None:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (left.out, *left.out.rglob("*"))}
    wrong = {p: oct(mode) for p, mode in modes.items() if mode != (0o700 if p.is_dir() else 0o600)}
    assert wrong == {}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows ends no process gently")
def test_a_schedule_leaves_what_the_page_says_and_nothing_outside(left_by_schedule: Left) -> None:
    named, of_schedule = {**list_rows(RUN), **list_rows(SCHEDULE)}, list_rows(SCHEDULE)
    paths = list_files(left_by_schedule.out)
    assert [path for path in paths if not any(is_named(path, row) for row in named)] == []
    assert [row for row in of_schedule if not any(is_named(path, row) for path in paths)] == []
    assert [path for path in list_files(left_by_schedule.home) if "matplotlib" not in path] == []
    assert list_files(left_by_schedule.temporary) == []
