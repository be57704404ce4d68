from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError
from pipeline.reading import READER
from pipeline.reading.archive import open_archive
from pipeline.records import Activity
from pipeline.tables.journal import Input, Journal
from pipeline.tables.known import find_at_a_glance, find_known, measure_archive

FILE = "My Activity/Search/MyActivity.html"


def enter(path: Path) -> Input:
    return Input(str(path), *measure_archive(path), open_archive(path).digest(), "e", "p", reader=READER)


def test_an_archive_in_its_place_is_known_at_a_glance(
    put_archive: Callable[..., Path], activity: Callable[..., Activity], tmp_path: Path
) -> None:
    path = put_archive({FILE: [activity()]})
    known = enter(path)
    journal = Journal(inputs=(known,))
    assert find_at_a_glance(journal, path) == known
    moved = path.rename(tmp_path / "moved.zip")
    assert (find_at_a_glance(journal, moved), find_known(journal, moved)) == (None, known)


def test_an_archive_that_was_only_touched_is_known_by_its_content(
    put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    path = put_archive({FILE: [activity()]})
    known = enter(path)
    os.utime(path, (0, 0))
    assert find_at_a_glance(Journal(inputs=(known,)), path) is None
    assert find_known(Journal(inputs=(known,)), path) == known


def test_another_content_in_the_same_place_is_new(
    put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    known = enter(put_archive({FILE: [activity()]}))
    changed = put_archive({FILE: [activity(text="a longer other text")]})
    os.utime(changed, ns=(known.mtime_ns, known.mtime_ns))  # as a copying tool may leave it
    assert find_known(Journal(inputs=(known,)), changed) is None


def test_an_archive_that_an_older_reader_read_is_new_to_this_one(
    put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    path = put_archive({FILE: [activity()]})
    journal = Journal(inputs=(replace(enter(path), reader=READER - 1),))
    assert (find_at_a_glance(journal, path), find_known(journal, path)) == (None, None)


def test_a_folder_measures_as_all_that_is_in_it(tmp_path: Path) -> None:
    folder = tmp_path / "Takeout"
    (folder / "a").mkdir(parents=True)
    page = folder / "a" / "b.html"
    page.write_bytes(b"12345")
    os.utime(page, ns=(7, 9_000_000_000_000_000_000))
    before = measure_archive(folder)
    assert before[1] == 9_000_000_000_000_000_000
    page.write_bytes(b"123456")
    os.utime(page, ns=(7, 9_000_000_000_000_000_000))
    assert measure_archive(folder) == (before[0] + 1, before[1])


def test_an_archive_that_is_not_there_is_said_to_be_so(tmp_path: Path) -> None:
    assert measure_archive(tmp_path / "no.zip") == (-1, -1)
    with pytest.raises(ArchiveError, match="There is no such archive"):
        find_known(Journal(), tmp_path / "no.zip")
