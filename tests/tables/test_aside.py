from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError
from pipeline.records import Activity
from pipeline.settings import Settings
from pipeline.tables.aside import Account, describe_excess, find_made_good, list_accounts, refuse_any
from pipeline.tables.intake import Intake, take_in
from pipeline.tables.journal import Input, list_damaged, read_journal
from pipeline.tables.store import Store

SECOND = 1_600_000_000_000
FILE, OTHER = "My Activity/Search/MyActivity.html", "My Activity/Maps/MyActivity.html"
OLD, NEW = "takeout-20210101T000000Z-001.zip", "takeout-20220101T000000Z-001.zip"
NO_ZONE = "unknown time zone"
KEPT = "Their bytes are kept: after an update of Almanac, run almanac ingest --retry-skipped."
PutArchive = Callable[..., Path]


def take(settings: Settings, *paths: Path) -> Intake:
    return take_in(paths, settings, tell=lambda what, done, total: None)


@pytest.fixture
def days(activity: Callable[..., Activity]) -> list[Activity]:
    return [
        activity(k, SECOND + 86_400_000 * k, text=f"word {k}", url=f"https://www.google.com/search?q=w{k}")
        for k in range(6)
    ]


def test_no_limit_is_passed_where_nothing_or_little_is_set_aside() -> None:
    assert describe_excess([], 0) is None
    assert describe_excess([Account("a", 0, {}), Account("b", 100, {NO_ZONE: 2})], 0.02) is None


def test_one_file_with_too_much_is_named_with_its_commonest_reason() -> None:
    accounts = [Account("a", 1000, {"no date": 9, NO_ZONE: 12}), Account("b", 90_000, {NO_ZONE: 100})]
    assert describe_excess(accounts, 0.02) == (
        f"21 of 1,000 entries of a were set aside ({NO_ZONE}). That is more than the limit of 2 % "
        f"(skip_limit). {KEPT}"
    )


def test_of_several_files_with_too_much_the_one_with_most_is_named() -> None:
    accounts = [Account("a", 10, {NO_ZONE: 1}), Account("b", 10, {NO_ZONE: 2}), Account("c", 1, {NO_ZONE: 1})]
    assert describe_excess(accounts, 0.02) == (
        f"2 of 10 entries of b were set aside ({NO_ZONE}), and too many of 2 more files. "
        f"That is more than the limit of 2 % (skip_limit). {KEPT}"
    )


def test_a_share_over_all_files_passes_the_limit_only_where_one_of_them_does() -> None:
    accounts = [Account("a", 100, {NO_ZONE: 2}), Account("b", 100, {NO_ZONE: 2})]
    assert describe_excess(accounts, 0.02) is None
    assert "2 of 100 entries of b" in str(describe_excess(accounts, 0.0199))


def test_a_damaged_member_is_told_apart_and_counts_for_no_limit() -> None:
    assert describe_excess([Account("a", 3, {"damaged member": 1})], 0.02) is None
    told = str(describe_excess([Account("a", 3, {"damaged member": 2, NO_ZONE: 1})], 0.02))
    assert told.startswith(f"1 of 3 entries of a were set aside ({NO_ZONE}).")


def test_the_accounts_are_those_of_the_archives_given(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    strange = days[5]._replace(zone="XYZ")
    take(settings, put_archive({FILE: days[:2]}, OLD), put_archive({FILE: [*days[2:5], strange]}, NEW))
    journal = read_journal(settings.out)
    old, new = (archive.part for archive in journal.inputs)
    assert list_accounts(settings.out, journal.parts, [old]) == [Account(FILE, 2, {})]
    assert list_accounts(settings.out, journal.parts, [new]) == [Account(FILE, 4, {NO_ZONE: 1})]


def test_strictly_nothing_may_be_set_aside(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    take(settings, put_archive({FILE: days[:2]}, OLD))
    before = {path: path.read_bytes() for path in settings.out.rglob("*") if path.is_file()}
    strange = [entry._replace(zone="XYZ") for entry in days[3:]]
    path = put_archive({FILE: [*days[:3], *strange[:2]], OTHER: [*days[:2], strange[2]]}, NEW)
    with pytest.raises(ArchiveError) as error:
        take(replace(settings, strict=True), path)
    assert str(error.value) == (
        f"Not everything could be read: 2 × {NO_ZONE} in {FILE}, and 1 more ({path}). "
        "Nothing was taken in. Without --strict the rest is read, and these are kept."
    )
    assert {path: path.read_bytes() for path in settings.out.rglob("*") if path.is_file()} == before


def test_strictly_an_archive_that_was_taken_in_before_is_judged_like_a_new_one(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    good = put_archive({FILE: days[:2]}, OLD)
    bad = put_archive({FILE: [*days[:3], days[4]._replace(zone="XYZ")]}, NEW)
    take(settings, good, bad)
    strict = replace(settings, strict=True)
    assert take(strict, good).rows == 3
    with pytest.raises(ArchiveError, match=f"1 × {NO_ZONE}"):
        take(strict, bad)


def cut(path: Path, share: float = 0.6) -> Path:
    """Break a zip off, as a download may."""
    content = path.read_bytes()
    copy = path.with_name(path.name.replace("-001", "-cut-001"))
    copy.write_bytes(content[: int(len(content) * share)])
    return copy


def test_strictly_an_archive_must_be_whole(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = cut(put_archive({FILE: days, OTHER: days}, OLD), 0.95)
    with pytest.raises(ArchiveError, match="Not everything could be read: 1 × the archive is not whole"):
        take(replace(settings, strict=True), path)


@pytest.mark.parametrize(("name", "allowed"), [("a/MyActivity.html", False), ("a/b.jpg", True)])
def test_strictly_a_file_that_may_hold_activity_must_be_opened(name: str, allowed: bool) -> None:
    account = Account(name, 0, {}, "a link, which is not followed")
    if allowed:
        refuse_any([account], where="a.zip")
    else:
        with pytest.raises(ArchiveError, match=f"1 × a link, which is not followed in {name}"):
            refuse_any([account], where="a.zip")


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
