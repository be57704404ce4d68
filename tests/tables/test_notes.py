from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline.reading.entries import FileCounts
from pipeline.records import Activity
from pipeline.settings import Settings
from pipeline.tables.intake import take_in
from pipeline.tables.notes import list_notes
from pipeline.tables.store import Store
from pipeline.tables.views import create_part_views, open_duckdb

FILE, OTHER = "My Activity/Search/MyActivity.html", "My Activity/Maps/MyActivity.html"
SILENT = {"guessed": {}, "offsets": {}, "home_notes": [], "twice": {}, "left_out": {}}


@pytest.fixture
def note(
    out: Path, put_part: Callable[..., Any], hand_entries: Any, activity: Any
) -> Callable[..., list[str]]:
    """Notes on files whose readers count as given."""

    def make(files: dict[str, dict[str, Any]], **counts: Any) -> list[str]:
        class Counting(hand_entries):  # type: ignore[misc]
            @property
            def counts(self) -> FileCounts:
                more = {"kind": "my_activity_html", "reason": None, "note": None, **files[self.file.name]}
                return FileCounts(language="en", dates=None, seen=1, parsed=1, skipped=0, by_soup=0, **more)

        part = put_part({name: Counting([activity()]) for name in files})
        with open_duckdb(out) as connection:
            create_part_views(connection, out, [part.part], {})
            return list_notes(connection, {**SILENT, **counts})

    return make


def test_where_all_is_certain_there_is_nothing_to_note(note: Callable[..., list[str]]) -> None:
    assert note({FILE: {}}) == []


def test_a_guessed_zone_is_named_with_what_it_was_taken_for(note: Callable[..., list[str]]) -> None:
    guessed = {"20210101T000000Z": {"CST": 1200}, "20220101T000000Z": {"IST": 1}}
    offsets = {"20210101T000000Z": {"CST": -360, "UTC": 0}, "20220101T000000Z": {"IST": 330}}
    share = "which several zones share and no clock at home shows: taken as"
    assert note({FILE: {}}, guessed=guessed, offsets=offsets) == [
        f"1,200 entries print CST, {share} UTC−6, its commonest meaning.",
        f"1 entry prints IST, {share} UTC+5:30, its commonest meaning.",
    ]


def test_headers_without_a_name_are_listed_up_to_eight(note: Callable[..., list[str]]) -> None:
    kept = "Products that Almanac has no name for, kept under their own:"
    files = {
        FILE: {"unknown_headers": {"Ads, and more 2": 3, "Bread": 1}},
        OTHER: {"unknown_headers": {"Bread": 4}},
    }
    assert note(files) == [f"{kept} Bread (5), Ads, and more 2 (3)."]
    many = {FILE: {"unknown_headers": {f"Thing {letter}": 20 - k for k, letter in enumerate("abcdefghij")}}}
    (line,) = note(many)
    assert line.startswith(f"{kept} Thing a (20), ") and line.endswith("Thing h (13) and 2 more.")


def test_what_was_not_certain_of_a_file_is_said_once(note: Callable[..., list[str]]) -> None:
    doubt = "day and month may be the other way round"
    assert note({FILE: {"note": doubt}, OTHER: {"note": doubt}}) == [f"{OTHER} and 1 more file: {doubt}."]


def test_an_archive_that_breaks_off_says_where(note: Callable[..., list[str]]) -> None:
    reason = (
        "the archive is not whole: it ends at byte 5,860, without a directory; whole files before that: 0"
    )
    assert note({"takeout-1.zip": {"kind": "refused", "reason": reason}}) == [f"takeout-1.zip: {reason}."]


def test_a_torn_archive_of_which_another_copy_holds_all_is_no_cause_for_worry(
    settings: Settings, put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    whole = put_archive({FILE: [activity()]})
    torn = whole.with_name("takeout-20210101T000000Z-torn.zip")
    torn.write_bytes(whole.read_bytes()[:-30])
    take_in([torn], settings, tell=lambda *_: None)
    (before,) = Store(settings.out).notes()
    take_in([whole], settings, tell=lambda *_: None)
    (after,) = Store(settings.out).notes()
    assert before.startswith("takeout-20210101T000000Z-torn.zip: the archive is not whole: it ends at byte ")
    assert after == f"{before[:-1]}; another copy holds all of it."


def test_a_file_that_breaks_off_is_named_with_its_place(
    settings: Settings, put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    whole = put_archive({FILE: [activity(), activity(1)]})
    content = bytearray(whole.read_bytes())
    content[content.index(b"</html>") - 900] ^= 1  # a byte of the second entry: the checksum does not hold
    whole.write_bytes(content)
    take_in([whole], settings, tell=lambda *_: None)
    (line,) = Store(settings.out).notes()
    assert re.fullmatch(rf"{FILE}: damaged member, not read from its byte [\d,]+ on\.", line)


def test_of_many_files_that_break_off_eight_are_named(
    settings: Settings, put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    pages = {f"My Activity/P{k}/MyActivity.html": [activity(text=str(k))] for k in range(10)}
    path = put_archive(pages)
    path.write_bytes(path.read_bytes().replace(b"</html>", b"</htmX>"))
    take_in([path], settings, tell=lambda *_: None)
    lines = Store(settings.out).notes()
    assert len(lines) == 9 and lines[-1] == "2 more files break off."


def test_what_lies_twice_and_what_only_copies_hold_is_counted(note: Callable[..., list[str]]) -> None:
    counts = {"twice": {"a": 1, "b": 1200}, "left_out": {"a": 1}, "home_notes": ["A clock."]}
    assert note({FILE: {}}, **counts) == [
        "A clock.",
        "1,201 known entries lie in two folders of one export.",
        "1 entry stands only in files left out as copies.",
    ]


def test_an_intake_keeps_the_notes_on_home(
    settings: Settings, put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    path = put_archive({FILE: [activity(zone="JST", offset_minutes=540)]})
    take_in([path], settings, tell=lambda *_: None)
    (line,) = Store(settings.out).notes()
    assert line.startswith("The export of 2021-01-01 prints JST (UTC+9:00), which no clock in Europe/Paris")
