"""A damaged archive needs no second look once another copy holds all of it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.records import Activity
from pipeline.settings import Settings
from pipeline.tables.intake import Intake, take_in
from pipeline.tables.journal import Input, list_damaged, read_journal
from pipeline.tables.made_good import find_made_good
from pipeline.tables.store import Store

FILE, OTHER = "My Activity/Search/MyActivity.html", "My Activity/Maps/MyActivity.html"
OLD, NEW = "takeout-20210101T000000Z-001.zip", "takeout-20220101T000000Z-001.zip"
PutArchive = Callable[..., Path]


def take(settings: Settings, *paths: Path) -> Intake:
    return take_in(paths, settings, tell=lambda what, done, total: None)


def cut(path: Path, share: float = 0.6) -> Path:
    """Break a zip off, as a download may."""
    content = path.read_bytes()
    copy = path.with_name(path.name.replace("-001", "-cut-001"))
    copy.write_bytes(content[: int(len(content) * share)])
    return copy


def test_a_whole_archive_makes_good_what_one_that_broke_off_lacks(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({FILE: days, OTHER: days[:3]}, OLD)
    torn = cut(path)
    first = take(settings, torn)
    assert (first.n_damaged, [Path(line.path) for line in list_damaged(read_journal(settings.out))]) == (
        1,
        [torn],
    )
    assert take(settings, put_archive({FILE: days}, NEW)).n_damaged == 1  # another export says nothing
    mended = take(settings, path)
    assert (mended.n_damaged, mended.rows) == (0, 6)
    assert take(settings, torn).n_damaged == 0


def test_a_part_without_the_files_of_the_broken_one_makes_nothing_good(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    torn = cut(put_archive({FILE: days, OTHER: days[:3]}, OLD))
    take(settings, torn)
    other = put_archive({OTHER: days[:3]}, OLD.replace("001", "002"))
    assert take(settings, other).n_damaged == 1


def test_another_part_that_has_the_same_files_cannot_know_what_the_broken_one_lost(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    torn = cut(put_archive({OTHER: days[:3], FILE: days}, OLD), 0.25)
    torn = torn.rename(torn.with_name(OLD.replace("001.zip", "001 (1).zip")))
    take(settings, torn)
    content = {OTHER: days[:3], FILE: days}
    assert take(settings, put_archive(content, OLD.replace("001", "002"))).n_damaged == 1
    assert take(settings, put_archive(content, OLD)).n_damaged == 0


def test_a_copy_with_less_makes_nothing_good_and_neither_does_another_that_broke_off(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({FILE: days, OTHER: days[:3]}, OLD)
    torn = cut(path, 0.7)
    take(settings, torn)
    assert take(settings, cut(path, 0.8).rename(path.with_name(OLD.replace("001", "003")))).n_damaged == 2
    less = put_archive({FILE: days[:1], OTHER: days[:3]}, OLD.replace("001", "002"))
    assert take(settings, less).n_damaged == 2


def test_an_archive_that_lacks_its_directory_alone_is_damaged_too(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({FILE: days}, OLD)
    path.write_bytes(path.read_bytes().partition(b"PK\1\2")[0])
    assert (take(settings, path).n_damaged, len(Store(settings.out).activity())) == (1, 6)


def test_of_an_archive_that_broke_off_before_its_first_file_a_larger_one_speaks_for_all(
    settings: Settings, put_part: Callable[..., object], days: list[Activity]
) -> None:
    put_part({}, digest="a" * 64)
    put_part({FILE: days}, digest="b" * 64)

    def enter(digest: str, size: int, damaged: int) -> Input:
        return Input("", size, 0, digest * 64, "20210101T000000Z", f"20210101T000000Z-{digest * 12}", damaged)

    torn = enter("a", 10, 1)
    assert find_made_good(settings.out, [torn]) == set()
    assert find_made_good(settings.out, [torn, enter("b", 9, 0)]) == set()
    assert find_made_good(settings.out, [torn, enter("b", 10, 0)]) == {torn.part}
