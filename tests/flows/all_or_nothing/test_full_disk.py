"""A full disk, or a folder that may not be written: a clear word, old or new tables, and all is mended."""

from __future__ import annotations

import errno
import os
import random
import shutil
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

TAKES_ROOM = ("open", "fsync", "os.mkdir", "os.link")
STEPS = ("start", "ingest", "ingest", "patterns", "learn", "charts", "report")


def check_words(said: str, out: Path, reason: str, remedy: str) -> None:
    line = said.splitlines()[-1]
    assert line.startswith("almanac ") and f": Nothing can be written here: {reason} ({out}" in line
    assert line.endswith(f"). {remedy}, or use another --out.")
    assert "Traceback" not in said


@pytest.mark.parametrize(("k", "step"), list(enumerate(STEPS)))
def test_a_disk_that_is_full_from_a_seeded_moment_on(
    k: int, step: str, mortal: Any, states: Any, checks: Any, tmp_path: Path
) -> None:
    moments = states.find("new")[1]
    places = [n for n, (at, event, *_) in enumerate(moments) if at == step and event in TAKES_ROOM]
    at = random.Random(f"full {k}").choice(places)
    out = states.copy("old", tmp_path / "out")
    failed = mortal.run(out, states.word("new"), at=at, errno=errno.ENOSPC, full=True)
    assert failed.status == 2, failed.said
    check_words(failed.said, out, os.strerror(errno.ENOSPC), "Make room for it")
    checks.old_or_new(out, [states.before("new"), states.find("new")[0]])
    ended = mortal.run(out, states.word("new"))
    assert ended.status == 0, ended.said
    checks.mended(out, states.find("new")[0])
    shutil.rmtree(out)


@pytest.mark.parametrize("size", [3_000, 20_000, 150_000, 300_000])
def test_a_system_that_lets_no_file_grow_beyond_a_size(
    size: int, mortal: Any, states: Any, checks: Any, tmp_path: Path
) -> None:
    out = states.copy("old", tmp_path / "out")
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}))"
    failed = mortal.run(out, states.word("new"), prepare=limit)
    assert failed.status == 2, failed.said
    check_words(failed.said, out, os.strerror(errno.EFBIG), "Make room for it")
    checks.old_or_new(out, [states.before("new"), states.find("new")[0]])
    assert mortal.run(out, states.word("new")).status == 0
    checks.mended(out, states.find("new")[0])


@pytest.mark.parametrize(
    ("place", "number"),
    [
        ("", errno.EROFS),
        ("tables", errno.EROFS),
        ("report", errno.EROFS),
        ("charts", errno.EACCES),
        ("models", errno.EACCES),
    ],
)
def test_a_folder_that_may_not_be_written_is_named_and_nothing_is_lost(
    place: str, number: int, mortal: Any, states: Any, checks: Any, tmp_path: Path
) -> None:
    out = states.copy("old", tmp_path / "out")
    failed = mortal.run(out, states.word("new"), place=place, errno=number)
    assert failed.status == 2, failed.said
    check_words(failed.said, out / place, os.strerror(number), "Allow writing there")
    checks.old_or_new(out, [states.before("new"), states.find("new")[0]])
    assert mortal.run(out, states.word("new")).status == 0
    checks.mended(out, states.find("new")[0])


def test_with_nothing_new_a_read_only_folder_is_no_hindrance(
    mortal: Any, states: Any, tmp_path: Path
) -> None:
    out = states.copy("new", tmp_path / "out")
    ended = mortal.run(out, states.word("new"), place="", errno=errno.EROFS)
    assert (ended.status, ended.said.split(".")[0]) == (0, "Nothing new")


def test_archives_in_a_folder_that_may_not_be_written_are_read_all_the_same(
    mortal: Any, states: Any, checks: Any, tmp_path: Path
) -> None:
    folder = tmp_path / "archives"
    folder.mkdir()
    archive = Path(shutil.copy(states.word("new"), folder))
    out = states.copy("old", tmp_path / "out")
    closed = (
        "import sys\n"
        "def refuse(event, arguments):\n"
        f"    path, _, flags = arguments if event == 'open' else (None, None, 0)\n"
        f"    if str(path).startswith({str(folder)!r}) and flags & 3:\n"
        "        raise PermissionError(13, 'closed', path)\n"
        "sys.addaudithook(refuse)\n"
    )
    archive.chmod(0o400)
    folder.chmod(0o500)
    ended = mortal.run(out, archive, prepare=closed)
    folder.chmod(0o700)
    assert ended.status == 0, ended.said
    checks.mended(out, states.find("new")[0])
