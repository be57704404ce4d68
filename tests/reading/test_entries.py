"""One file to its entries, with the account of them."""

from __future__ import annotations

import io
import zlib
from pathlib import Path
from types import ModuleType
from typing import IO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.entries import EntryReader, FileCounts
from pipeline.records import Activity, ArchiveFile, Skipped

ARCHIVES = Path(__file__).parent.parent / "archives"


def read(file: ArchiveFile, home_zone: str = "UTC") -> tuple[list[Activity | Skipped], FileCounts]:
    reader = EntryReader(file, home_zone=home_zone)
    entries = list(reader)
    counts = reader.counts
    assert counts.seen == counts.parsed + counts.skipped == len(entries)
    assert counts.parsed == sum(isinstance(entry, Activity) for entry in entries)
    assert [entry.position for entry in entries] == list(range(len(entries)))
    return entries, counts


def read_page(pages: ModuleType, name: str) -> tuple[list[str | None], FileCounts]:
    entries, counts = read(pages.as_file((ARCHIVES / name).read_bytes()))
    return [entry.text if isinstance(entry, Activity) else entry.reason for entry in entries], counts


def counted(**fields: object) -> FileCounts:
    common = {"kind": "my_activity_html", "reason": None, "language": "en", "skipped": 0, "by_soup": 0}
    common |= {"dates": fields.get("language", "en"), "note": None}
    return FileCounts(**{**common, **fields})  # type: ignore[arg-type]


def test_a_whole_page_is_read_and_accounted_for(pages: ModuleType) -> None:
    shapes = pages.write_shapes(pages.ERAS["2026"])
    page = pages.write_page("".join(shapes.values()))
    entries, counts = read(pages.as_file(page), "America/New_York")
    assert counts == counted(seen=len(shapes), parsed=len(shapes))
    assert [entry.position for entry in entries] == list(range(len(shapes)))


def test_guessed_zones_and_unknown_headers_are_counted(pages: ModuleType) -> None:
    date = "Feb 14, 2026, 7:00:00 AM"
    cells = [
        pages.write_cell("Search", f"Searched for x<br>{date} EST"),
        pages.write_cell("Neuigkeit", f"Searched for x<br>{date} EST"),
        pages.write_cell("Search", f"Searched for x<br>{date} TRT"),
    ]
    _, counts = read(pages.as_file(pages.write_page("".join(cells))), "Europe/Paris")
    assert counts == counted(seen=3, parsed=3, guessed_zones={"EST": 2}, unknown_headers={"Neuigkeit": 1})


def test_a_file_that_is_not_read_says_why(pages: ModuleType) -> None:
    nothing = {"language": None, "seen": 0, "parsed": 0}
    assert read(pages.as_file(b"[\0]\0", "My Activity/Search/MyActivity.json")) == (
        [],
        counted(kind="unread", reason="UTF-16, where Google writes UTF-8", **nothing),
    )
    assert read(pages.as_file(b"<html>", "archive_browser.html")) == (
        [],
        counted(kind="ignored", reason="the archive's own index", **nothing),
    )


def test_a_page_without_a_single_date_that_is_known_says_so(pages: ModuleType) -> None:
    klingon = pages.write_cell("Suche", "Gesucht nach x<br>10. DIS 2025 tlhIngan, 17:21")
    english = pages.write_cell("Search", "Searched for x<br>Feb 14, 2026, 7:00:00 AM UTC")
    empty = pages.write_cell("Search", "")

    def find_reason(*cells: str) -> tuple[str | None, str | None]:
        counts = read(pages.as_file(pages.write_page("".join(cells))))[1]
        return counts.language, counts.reason

    assert find_reason(klingon, klingon) == (None, "no date in a known form")
    assert find_reason(klingon, english)[1] is None
    assert find_reason(empty) == (None, None)


def test_a_photo_is_never_opened() -> None:
    def refuse() -> IO[bytes]:
        raise AssertionError

    entries, counts = read(ArchiveFile("Google Photos/a.jpg", 1, refuse))
    assert (entries, counts.kind) == ([], "ignored")


@pytest.mark.parametrize(
    ("name", "texts", "by_soup"),
    [
        ("malformed-2026.html", ["apple", "banana", "cherry"], 0),
        ("cut-off.html", ["apple", "banana", "truncated entry"], 0),
        ("second-half.html", ["truncated entry", "banana", "cherry"], 0),
        ("saved-by-a-browser.html", ["apple", "banana", "cherry"], 3),
        ("german.html", ["apfel"], 0),
        ("empty.html", [], 0),
    ],
)
def test_each_oddity_is_read_as_far_as_it_goes(
    pages: ModuleType, name: str, texts: list[str], by_soup: int
) -> None:
    found, counts = read_page(pages, name)
    assert (found, counts.by_soup) == (texts, by_soup)


def test_a_page_cut_off_in_the_first_tag_of_an_entry_says_so(pages: ModuleType) -> None:
    whole = pages.write_page(pages.write_cell("Search", "Searched for x<br>Feb 14, 2026, 7:00:00 AM UTC"))
    cut = whole[: -len(pages.TAIL)] + b'<div class="outer-c'
    entries, counts = read(pages.as_file(cut))
    assert (counts.parsed, entries[1:]) == (
        1,
        [Skipped(1, len(cut) - 31, 31, "truncated entry", b'</div></div><div class="outer-c')],
    )


def test_an_entry_without_caption_is_whole_where_the_page_is(pages: ModuleType) -> None:
    cell = pages.write_cell("Search", "Searched for x<br>Feb 14, 2026, 7:00:00 AM UTC")
    bare = pages.write_page(cell[: cell.rindex('<div class="content-cell')] + "</div></div>")
    assert read(pages.as_file(bare))[1] == counted(seen=1, parsed=1, by_soup=1)
    cut_off = bare[: -len(pages.TAIL)]
    assert read(pages.as_file(cut_off))[1].skipped == 1


@settings(deadline=None)
@given(at=st.integers(0, 10_000))
def test_of_a_truncated_file_all_whole_entries_are_read(pages: ModuleType, at: int) -> None:
    cells = list(pages.write_shapes(pages.ERAS["2026"]).values())[:6]
    page = pages.write_page("".join(cells))
    first = page.index(b'<div class="outer-cell')
    whole, _ = read(pages.as_file(page), "America/New_York")
    kept = page[: first + 30 + at]
    entries, counts = read(pages.as_file(kept), "America/New_York")
    n_closed = max(n for n in range(7) if first + len("".join(cells[:n]).encode()) <= len(kept))
    assert counts.parsed in (n_closed, n_closed + 1)  # the last closing tags carry nothing
    assert entries[: counts.parsed] == whole[: counts.parsed]
    assert [entry.reason for entry in entries[counts.parsed :] if isinstance(entry, Skipped)] in (
        [],
        ["truncated entry"],
    )
    assert entries[counts.parsed :] or len(kept) - first <= len("".join(cells).encode()) + len(pages.TAIL)


JSON_ENTRY = b'{"header": "Search", "title": "Searched for %d", "time": "2024-02-01T03:04:05Z"}'
JSON_NAME = "My Activity/Search/MyActivity.json"


def test_entries_of_json_are_accounted_for_as_those_of_html_are(pages: ModuleType) -> None:
    entries = [JSON_ENTRY % 0, b"garbage", JSON_ENTRY.replace(b'Search"', b'Neuigkeit"') % 1, b'{"time": 2}']
    found, counts = read(pages.as_file(b"[" + b",".join(entries) + b"]", JSON_NAME))
    assert [entry.text if isinstance(entry, Activity) else entry.reason for entry in found] == [
        *("0", "damaged entry", "1", "no date in a known form"),
    ]
    assert counts == counted(
        kind="activity_json", dates=None, seen=4, parsed=2, skipped=2, unknown_headers={"Neuigkeit": 1}
    )


def test_each_time_of_an_old_query_is_an_entry(pages: ModuleType) -> None:
    ids = '"id":[{"timestamp_usec":"1369000000000000"},{"timestamp_usec":"1369000001000000"}]'
    query = f'{{"query":{{{ids},"query_text":"x"}}}}'
    name = "Searches/2013-04-01 April 2013 to June 2013.json"
    found, counts = read(pages.as_file(f'{{"event":[{query},{query}]}}'.encode(), name))
    assert [(entry.time_ms, entry.text) for entry in found if isinstance(entry, Activity)] == [
        *(
            (1_369_000_000_000, "x"),
            (1_369_000_001_000, "x"),
            (1_369_000_000_000, "x"),
            (1_369_000_001_000, "x"),
        ),
    ]
    assert counts == counted(kind="activity_json", language=None, seen=4, parsed=4)


def test_a_damaged_member_of_json_gives_the_whole_entries_the_cut_one_and_its_end(
    pages: ModuleType,
) -> None:
    whole = b"[" + JSON_ENTRY % 0 + b"," + JSON_ENTRY % 1
    stream: IO[bytes] = Breaking(whole + b"," + (JSON_ENTRY % 2)[:40])  # type: ignore[assignment]
    entries, counts = read(ArchiveFile(JSON_NAME, 999, lambda: stream))
    assert counts == counted(kind="activity_json", dates=None, seen=4, parsed=2, skipped=2)
    assert entries[2:] == [
        Skipped(2, len(whole) + 1, 40, "truncated entry", (JSON_ENTRY % 2)[:40]),
        Skipped(3, len(whole) + 41, 999 - len(whole) - 41, "damaged member", b""),
    ]


def test_of_json_that_is_damaged_between_two_entries_one_record_tells(pages: ModuleType) -> None:
    whole = b"[" + JSON_ENTRY % 0 + b","
    stream: IO[bytes] = Breaking(whole)  # type: ignore[assignment]
    entries, _ = read(ArchiveFile(JSON_NAME, 999, lambda: stream))
    assert entries[1:] == [Skipped(1, len(whole), 999 - len(whole), "damaged member", b"")]


class Breaking(io.RawIOBase):
    """A member whose second half cannot be inflated."""

    def __init__(self, content: bytes) -> None:
        self.content: bytes | None = content

    def read(self, size: int = -1) -> bytes:
        if self.content is None:
            raise zlib.error("invalid block type")
        content, self.content = self.content, None
        return content


def test_a_damaged_member_gives_the_whole_entries_the_cut_one_and_its_end(
    pages: ModuleType,
) -> None:
    cells = list(pages.write_shapes(pages.ERAS["2024"]).values())[:3]
    page = pages.write_page("".join(cells))
    broken = page[: page.rindex(b"content-cell")]
    stream: IO[bytes] = Breaking(broken)  # type: ignore[assignment]
    entries, counts = read(ArchiveFile("My Activity/Search/MyActivity.html", len(page), lambda: stream))
    assert counts == counted(seen=4, parsed=2, skipped=2)
    begin = page.rindex(b'<div class="outer-cell')
    cut, end = broken[begin:], len(broken)
    assert entries[2:] == [
        Skipped(2, begin, len(cut), "truncated entry", cut),
        Skipped(3, end, len(page) - end, "damaged member", b""),
    ]


def test_a_member_that_cannot_be_opened_is_one_skipped() -> None:
    def refuse() -> IO[bytes]:
        raise NotImplementedError("That compression method is not supported")

    entries, counts = read(ArchiveFile("My Activity/Search/MyActivity.html", 7, refuse))
    assert entries == [Skipped(0, 0, 7, "damaged member", b"")]
    assert (counts.kind, counts.reason) == ("unknown", "a damaged member")
