"""docs/privacy.md names every file that a run leaves behind, wherever it lies, and no other."""

from __future__ import annotations

import os
import re
import stat
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
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
    return re.fullmatch(re.escape(pattern).replace(r"\*", "[^/]*"), path) is not None


def list_files(folder: Path) -> list[str]:
    return sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if not p.is_dir())


@pytest.fixture(scope="module")
def left(sample_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Left:
    """Run the whole job by Prefect for a user who has a home folder of her own, and nothing in it."""
    folder = tmp_path_factory.mktemp("written")
    found = Left(folder / "out", folder / "home", folder / "temporary")
    for place in (found.home, found.temporary, folder / "here"):
        place.mkdir()
    own = ("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA")
    foreign = ("XDG_", "PREFECT_", "MPL")
    environment = {k: v for k, v in os.environ.items() if not k.startswith(foreign)}
    environment |= {name: str(found.home) for name in own}
    environment |= {name: str(found.temporary) for name in ("TMPDIR", "TEMP", "TMP")}
    environment |= {"PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"}
    words = ("run", str(sample_archive), "--out", str(found.out), "--home-zone", "Europe/Paris")
    done = subprocess.run(
        [sys.executable, "-m", "flows", *words],
        env=environment, cwd=folder / "here", capture_output=True, text=True, timeout=600,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "going on without it" not in done.stdout + done.stderr
    assert list_files(folder / "here") == []
    return found


def test_a_pattern_of_the_page_names_files_of_one_folder() -> None:
    assert is_named("charts/week.png", "charts/*.png")
    assert not is_named("charts/years/2020.png", "charts/*.png")
    assert not is_named("charts/week.png", "charts/week.pn")


def test_every_row_of_the_page_says_what_of_the_owner_is_in_the_file() -> None:
    tables = ("Written by `almanac run`", "Written when asked for", "Outside the output folder")
    rows = {name: rest for table in tables for name, rest in list_rows(table).items()}
    assert {"run.json", "report/index.html", "prefect/prefect.db", "tables/activity.parquet"} < set(rows)
    assert [name for name, rest in rows.items() if not re.search(r"\w{4}", rest)] == []


@pytest.mark.slow
def test_a_run_leaves_no_file_that_the_page_does_not_name(left: Left) -> None:
    named = list_rows("Written by `almanac run`")
    assert [path for path in list_files(left.out) if not any(is_named(path, row) for row in named)] == []


@pytest.mark.slow
def test_the_page_names_no_file_that_a_run_does_not_leave(left: Left) -> None:
    paths = list_files(left.out)
    named = list_rows("Written by `almanac run`")
    assert [row for row in named if not any(is_named(path, row) for path in paths)] == []


@pytest.mark.slow
def test_what_a_run_leaves_in_the_home_folder_is_what_the_page_says(left: Left) -> None:
    assert "matplotlib/fontlist-*.json" in list_rows("Outside the output folder")
    paths = list_files(left.home)
    assert [path for path in paths if not re.search(r"matplotlib/fontlist-[^/]*\.json$", path)] == []
    assert list_files(left.temporary) == []


@pytest.mark.slow
@pytest.mark.skipif(
    sys.platform == "win32", reason="Windows has no modes: a user's folders are private there"
)
def test_every_file_and_folder_of_a_run_is_its_owners_alone(left: Left) -> None:
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (left.out, *left.out.rglob("*"))}
    wrong = {p: oct(mode) for p, mode in modes.items() if mode != (0o700 if p.is_dir() else 0o600)}
    assert wrong == {}
