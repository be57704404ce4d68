"""How much may be set aside before an ingest does not end well, or takes nothing in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import ArchiveError
from pipeline.records import Activity
from pipeline.settings import Settings
from pipeline.tables.intake import Intake, take_in
from pipeline.tables.journal import read_journal
from pipeline.tables.limits import Account, describe_excess, list_accounts, refuse_any

SECOND = 1_600_000_000_000
FILE, OTHER = "My Activity/Search/MyActivity.html", "My Activity/Maps/MyActivity.html"
OLD, NEW = "takeout-20210101T000000Z-001.zip", "takeout-20220101T000000Z-001.zip"
NO_ZONE = "unknown time zone"
KEPT = "Their bytes are kept: after an update of Almanac, run almanac ingest --retry-skipped."
PutArchive = Callable[..., Path]


def take(settings: Settings, *paths: Path) -> Intake:
    return take_in(paths, settings, tell=lambda what, done, total: None)


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
    assert told.startswith(f"1 of 3 entries of a was set aside ({NO_ZONE}).")


def test_a_single_entry_is_told_in_the_singular() -> None:
    assert describe_excess([Account("a", 28, {NO_ZONE: 1})], 0.02) == (
        f"1 of 28 entries of a was set aside ({NO_ZONE}). That is more than the limit of 2 % (skip_limit). "
        f"{KEPT.replace('Their', 'Its')}"
    )
    only = str(describe_excess([Account("a", 1, {NO_ZONE: 1})], 0.02))
    assert only.startswith(f"1 of 1 entry of a was set aside ({NO_ZONE}).")


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


def test_strictly_an_archive_must_be_whole(
    settings: Settings, put_archive: PutArchive, days: list[Activity]
) -> None:
    path = put_archive({FILE: days, OTHER: days}, OLD)
    path.write_bytes(path.read_bytes()[:-20])
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
