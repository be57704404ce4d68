"""A file's manner: language, form of dates and order of day and month, told by its first entries."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import ModuleType

import pytest
from babel.dates import format_datetime

from pipeline.reading import settle
from pipeline.reading.cldr import load_cldr
from pipeline.reading.dates import OTHER_CALENDAR, OTHER_ORDER
from pipeline.reading.entries import EntryReader, FileCounts
from pipeline.reading.manner import Manner
from pipeline.reading.settle import EITHER_ORDER, FROM_NEW_TO_OLD, settle_manner, settle_order, take_first
from pipeline.reading.timestamps import Offset
from pipeline.records import Activity, Cell, Skipped

EPOCH = datetime(1970, 1, 1)
NEWEST = datetime(2026, 9, 24, 15, 4, 9)
LINK = '<a href="https://www.google.com/search?q=apple">apple</a>'
WriteDates = Callable[..., list[Cell]]


@pytest.fixture
def write_dates(pages: ModuleType) -> WriteDates:
    """Write one entry a date, in nobody's words unless ``before`` and ``after`` say some."""

    def write(*dates: str, before: str = "", after: str = "") -> list[Cell]:
        markup = (pages.write_cell("", f"{before}{LINK}{after}<br>{date}<br>", "") for date in dates)
        return [Cell(k, 0, cell.encode()) for k, cell in enumerate(markup)]

    return write


def settle_cells(cells: list[Cell], name: str = "x.html") -> Manner:
    return settle_manner(cells, name=name, home_zone="Europe/Paris")


def say(manner: Manner) -> tuple[str | None, str, str | None, bool]:
    return manner.language, manner.dates.locale, manner.note, manner.certain


@pytest.mark.parametrize("locale", sorted(load_cldr()["locales"]))
def test_a_file_in_any_locale_is_settled_to_a_form_that_reads_it(
    locale: str, write_dates: WriteDates
) -> None:
    moments = [NEWEST - timedelta(hours=7 * k) for k in range(40)]
    lines = [f"{format_datetime(moment, 'medium', locale=locale)} GMT+01:00" for moment in moments]
    manner = settle_cells(write_dates(*lines))
    assert locale in manner.dates.locale.split() or manner.dates.locale == "en"
    assert manner.language in (None, settle.find_table(locale) or locale.split("_")[0])
    for moment, line in zip(moments, lines, strict=True):
        assert manner.dates.read(line) == ((moment - EPOCH) // timedelta(milliseconds=1), "GMT+01:00")


@pytest.mark.parametrize(
    ("words", "dates", "expected"),
    [
        (("Searched for\xa0", ""), ["Sep 24, 2026, 3:04:09\u202fPM EST"], ("en", "en", None, True)),
        (("Gesucht nach:\xa0", ""), ["24.09.2026, 15:04:09 MESZ"], ("de", "de de_AT de_CH", None, True)),
        # Danish and Norwegian print the same; the words tell
        (("Du søkte etter\xa0", ""), ["24. sep. 2025, 15.04.09"], ("nb", "nb", None, True)),
        # so do these, and nothing tells
        (("", ""), ["24. 9. 2026 15:04:09"], (None, "cs sk", None, True)),
        # names of months tell the language where the words are in no table
        (("Leitað að\xa0", ""), ["24. júl. 2026, 15:04:09"], ("is", "is", None, True)),
        # and where the words are another's
        (("Gesucht nach:\xa0", ""), ["24. júl. 2026, 15:04:09"], ("is", "is", None, True)),
    ],
)
def test_words_and_dates_tell_the_language_together(
    words: tuple[str, str], dates: list[str], expected: tuple[object, ...], write_dates: WriteDates
) -> None:
    before, after = words
    manner = settle_cells(write_dates(*dates, before=before, after=after))
    assert (manner.language, manner.note, manner.certain) == (expected[0], expected[2], expected[3])
    assert set(str(expected[1]).split()) >= set(manner.dates.locale.split())


def test_an_hour_above_twelve_is_no_clock_of_half_days(write_dates: WriteDates) -> None:
    dates = [f"{day} Nov 2025, 23:10:48 CET" for day in range(28, 10, -1)]
    british = settle_cells(write_dates(*dates, before="Searched for\xa0"))
    assert british.dates.locale == "en_GB en_IE en_ZA"


def test_a_day_above_twelve_settles_the_order(write_dates: WriteDates) -> None:
    day_first = settle_cells(write_dates("13/10/2026, 15:04:09", "02/10/2026, 15:04:09"))
    month_first = settle_cells(write_dates("10/13/2026, 15:04:09", "10/02/2026, 15:04:09"))
    assert (day_first.dates.swapped, day_first.note) == (False, None)
    assert (month_first.dates.swapped, month_first.note) == (True, None)
    assert month_first.dates.read("10/02/2026, 15:04:09") == day_first.dates.read("02/10/2026, 15:04:09")


def test_entries_that_run_from_new_to_old_settle_the_order_else(write_dates: WriteDates) -> None:
    day_first = settle_cells(
        write_dates("02/10/2026, 15:04:09", "01/10/2026, 9:04:09", "05/09/2026, 8:00:00")
    )
    month_first = settle_cells(
        write_dates("10/02/2026, 15:04:09", "10/01/2026, 9:04:09", "09/05/2026, 8:00:00")
    )
    assert (day_first.dates.swapped, day_first.note) == (
        False,
        f"{EITHER_ORDER}; read as day/month{FROM_NEW_TO_OLD}",
    )
    assert month_first.dates.swapped
    assert month_first.note == f"{EITHER_ORDER}; read as month/day{FROM_NEW_TO_OLD}"
    assert day_first.certain and month_first.certain  # there are no more entries


def test_the_custom_of_languages_settles_the_order_at_last(write_dates: WriteDates) -> None:
    manner = settle_cells(write_dates("02/02/2026, 15:04:09", "01/01/2026, 15:04:09"))
    assert (manner.dates.swapped, manner.note) == (False, f"{EITHER_ORDER}; read as day/month")


def test_english_numbers_leave_the_order_open_as_others_do(write_dates: WriteDates) -> None:
    def settle_english(*dates: str) -> tuple[bool, str | None]:
        manner = settle_cells(write_dates(*dates, before="Searched for\xa0"))
        assert manner.language == "en"
        return manner.dates.swapped, manner.note

    assert settle_english("6/3/2025, 9:52:12 PM", "5/2/2025, 9:52:12 PM") == (
        False,
        f"{EITHER_ORDER}; read as day/month",
    )
    assert settle_english("6/3/2025, 9:52:12 PM", "5/9/2025, 9:52:12 PM", "5/2/2025, 9:52:12 PM") == (
        True,
        f"{EITHER_ORDER}; read as month/day{FROM_NEW_TO_OLD}",
    )
    assert settle_english("13/06/2025, 9:52:12 PM", "2/05/2025, 9:52:12 PM") == (False, None)
    assert settle_english("6/13/2025, 9:52:12 PM", "5/2/2025, 9:52:12 PM") == (True, None)


def test_numbers_that_no_locale_prints_are_read_all_the_same(write_dates: WriteDates) -> None:
    manner = settle_cells(write_dates("24-9-2026 15:04:09", "3-9-2026 15:04:09"))
    assert say(manner) == (None, "d/M/y", None, True)
    manner = settle_cells(write_dates("9-24-2026 15:04:09", "9-3-2026 15:04:09"))
    assert say(manner) == (None, "M/d/y", None, True)


def test_what_the_first_entries_leave_open_the_whole_file_settles(
    write_dates: WriteDates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "SETTLE_CELLS", 3)
    same = ["02/02/2026, 15:04:09"] * 3
    manner = settle_cells(write_dates(*same))
    assert (manner.certain, manner.note) == (False, f"{EITHER_ORDER}; read as day/month")
    by_day = settle_order(write_dates(*same, "31/01/2026, 15:04:09"), manner)
    by_month = settle_order(write_dates(*same, "01/31/2026, 15:04:09", "01/30/2026, 15:04:09"), manner)
    open_still = settle_order(write_dates(*same), manner)
    assert [(each.dates.swapped, each.note, each.certain) for each in (by_day, by_month, open_still)] == [
        (False, None, True),
        (True, None, True),
        (False, f"{EITHER_ORDER}; read as day/month", True),
    ]
    # one entry that only looks so does not turn a file
    stray = settle_order(
        write_dates("01/31/2026, 15:04:09", "31/01/2026, 15:04:09", "30/01/2026, 15:04:09"), manner
    )
    assert not stray.dates.swapped


def read_page(pages: ModuleType, *dates: str) -> tuple[list[Activity | Skipped], FileCounts]:
    cells = "".join(pages.write_cell("", f"{LINK}<br>{date}<br>", "") for date in dates)
    reader = EntryReader(pages.as_file(pages.write_page(cells), "x.html"), home_zone="UTC")
    return list(reader), reader.counts


def test_a_file_is_read_twice_only_where_its_first_entries_leave_the_order_open(
    pages: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settle, "SETTLE_CELLS", 3)
    entries, counts = read_page(pages, *["02/02/2026, 15:04:09"] * 3, "01/31/2026, 15:04:09")
    days = [datetime(2026, 2, 2, 15, 4, 9)] * 3 + [datetime(2026, 1, 31, 15, 4, 9)]
    assert [entry.time_ms for entry in entries if isinstance(entry, Activity)] == [
        (day - EPOCH) // timedelta(milliseconds=1) for day in days
    ]
    assert counts.note is None


def test_a_date_that_contradicts_the_order_of_its_file_is_skipped_by_name(pages: ModuleType) -> None:
    entries, counts = read_page(pages, "31.01.2026, 15:04:09", "30.01.2026, 15:04:09", "01.29.2026, 15:04:09")
    assert [entry.reason for entry in entries if isinstance(entry, Skipped)] == [OTHER_ORDER]
    assert (counts.parsed, counts.skipped) == (2, 1)


@pytest.mark.parametrize(
    "date",
    [
        "٢٢ ربيع الأول ١٤٤٨ هـ، ٣:٠٤:٠٩ م",
        "٢٢/٠٣/١٤٤٨، ٣:٠٤:٠٩ م GMT+3",  # lunar: in Iran's calendar it would be the year 2069
        "令和8年9月4日 15:04:09",
    ],
)
def test_a_calendar_that_is_not_read_is_named(pages: ModuleType, date: str) -> None:
    entries, counts = read_page(pages, date)
    assert [entry.reason for entry in entries if isinstance(entry, Skipped)] == [OTHER_CALENDAR]
    assert (counts.seen, counts.language) == (1, None)


def test_a_zone_of_two_meanings_is_settled_by_the_form_of_the_dates(write_dates: WriteDates) -> None:
    indian = settle_cells(write_dates("24 Sept 2026, 3:04:09 pm IST", before="Searched for\xa0"))
    american = settle_cells(write_dates("Sep 24, 2026, 3:04:09 PM IST", before="Searched for\xa0"))
    assert indian.clock.find_offset("IST") == Offset(330, False)
    assert american.clock.find_offset("IST") == Offset(330, True)


def test_half_a_day_in_words_is_not_taken_for_a_zone(write_dates: WriteDates) -> None:
    """Forms that read ``م`` as a zone nobody knows read as many lines as those that know the word."""
    afternoon = settle_cells(write_dates("04/09/2026، 3:04:09 م", before="Searched for\xa0"))
    in_hindi = settle_cells(write_dates("14/09/2026, 3:04:09 अपर"))
    assert (afternoon.dates.locale, in_hindi.dates.locale) == ("ar ar_EG ar_SA", "hi")


def test_a_detail_that_looks_like_a_date_has_no_say(pages: ModuleType) -> None:
    def write(date: str, detail: str) -> Cell:
        caption = f"<b>Produkte:</b><br>&emsp;Suche<br><b>Details:</b><br>&emsp;{detail}<br>"
        return pages.as_cell(pages.write_cell("Suche", f"x<br>{date} MEZ", caption))  # type: ignore[no-any-return]

    cells = [write("02.01.2026, 00:00:02", "x"), write("02.01.2026, 00:00:01", "27.08.2026, 20:04:54")]
    assert settle_cells(cells).dates.swapped is False


def test_a_page_without_dates_is_settled_to_english(write_dates: WriteDates) -> None:
    assert say(settle_cells([])) == ("en", "en", None, True)
    assert say(settle_cells(write_dates("yesterday"))) == ("en", "en", None, True)


def test_lines_without_end_in_an_entry_cost_no_more_than_a_few(pages: ModuleType) -> None:
    lines = "<br>".join(f"{k % 28 + 1:02}.09.2026, 15:04:09" for k in range(5_000))
    assert len(settle._list_lines(pages.write_cell("", lines, ""))) == 2 * settle.MOST_LINES


def test_no_more_is_taken_than_settles_a_file(
    write_dates: WriteDates, monkeypatch: pytest.MonkeyPatch
) -> None:
    cells = write_dates(*"abcdef")
    monkeypatch.setattr(settle, "SETTLE_CELLS", 2)
    first, pieces = take_first(iter(cells))
    assert (first, list(pieces)) == (cells[:2], cells)
    monkeypatch.setattr(settle, "SETTLE_BYTES", 1)
    first, pieces = take_first([Skipped(0, 0, 5, "truncated entry", b"xy"), *cells])
    assert (first, len(list(pieces))) == ([], 7)


def test_english_names_of_products_say_nothing_of_the_language(pages: ModuleType) -> None:
    cell = pages.write_cell("YouTube", f"Nuqneh\xa0{LINK}<br>24.09.2026, 15:04:09<br>", "")
    assert settle_cells([Cell(0, 0, cell.encode())]).language is None
