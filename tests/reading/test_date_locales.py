"""The printed clock in every language: what CLDR prints is read back to the second."""

from __future__ import annotations

import pickle
from datetime import UTC, date, datetime, timedelta

import pytest
from babel.dates import format_datetime
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.calendars import count_days
from pipeline.reading.cldr import load_cldr
from pipeline.reading.dates import (
    ENGLISH,
    LONGEST_LINE,
    MOST_SEEN,
    NO_DATE,
    OTHER_CALENDAR,
    OTHER_ORDER,
    DateForm,
    Printed,
)

EPOCH = datetime(1970, 1, 1)
LOCALES = sorted(load_cldr()["locales"])
FORMS = {name: DateForm(name) for name in LOCALES}
DIGITS = ("0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९", "০১২৩৪৫৬৭৮৯", "၀၁၂၃၄၅၆၇၈၉")
ZONES = (None, "UTC", "CEST", "HNE", "GMT+03:00", "GMT\u22123:30", "غرينتش+3", "UTC+1", "ChST")
moments = st.datetimes(datetime(2005, 1, 1), datetime(2099, 12, 31)).map(lambda m: m.replace(microsecond=0))


def print_clock(*parts: int, zone: str | None = None) -> Printed:
    return Printed((datetime(*parts) - EPOCH) // timedelta(milliseconds=1), zone)  # type: ignore[arg-type]


@pytest.mark.parametrize("locale", LOCALES)
def test_every_month_and_hour_that_babel_prints_is_read_back(locale: str) -> None:
    for month in range(1, 13):
        for hour in (0, 3, 6, 11, 12, 15, 19, 23):
            moment = datetime(2026, month, 4 if hour < 12 else 28, hour, 4, 9)
            line = f"{format_datetime(moment, 'medium', locale=locale)} GMT+03:00"
            assert FORMS[locale].read(line) == print_clock(*moment.timetuple()[:6], zone="GMT+03:00"), line


@settings(max_examples=300)
@given(
    moment=moments,
    locale=st.sampled_from(LOCALES),
    zone=st.sampled_from(ZONES),
    digits=st.sampled_from(DIGITS),
    space=st.sampled_from((" ", "\u00a0", "\u202f", "\u2009", "  ")),
    around=st.sampled_from(("", "\n", " ", "\u200f")),
)
def test_whatever_babel_prints_is_read_back(
    moment: datetime, locale: str, zone: str | None, digits: str, space: str, around: str
) -> None:
    text = format_datetime(moment, "medium", locale=locale)
    text = text.replace("\u202f", " ").replace(" ", space)
    text = text.translate(dict(zip(map(ord, "0123456789"), digits, strict=True)))
    line = f"{around}{text}{f'{space}{zone}' if zone else ''}{around}"
    expected = Printed(int(moment.replace(tzinfo=UTC).timestamp() * 1000), zone)
    assert FORMS[locale].read(line) == expected


@pytest.mark.parametrize(
    ("locale", "line", "expected"),
    [
        # seen in real files
        ("de", "10.01.2025, 17:21:55 MEZ", print_clock(2025, 1, 10, 17, 21, 55, zone="MEZ")),
        ("de", "27.08.2026, 20:04:54 MESZ", print_clock(2026, 8, 27, 20, 4, 54, zone="MESZ")),
        ("nl", "15 jun 2026, 20:30:41 CEST", print_clock(2026, 6, 15, 20, 30, 41, zone="CEST")),
        (
            "es_AR",
            "22 sept 2026, 3:55:17\u202fp.m. GMT-03:00",
            print_clock(2026, 9, 22, 15, 55, 17, zone="GMT-03:00"),
        ),
        ("es_419", "17 jun. 2020 18:24:28 ECT", print_clock(2020, 6, 17, 18, 24, 28, zone="ECT")),
        ("fr", "11 juin 2026, 03:53:15 EDT", print_clock(2026, 6, 11, 3, 53, 15, zone="EDT")),
        ("fr", "30 avr. 2026, 20:25:45 EDT", print_clock(2026, 4, 30, 20, 25, 45, zone="EDT")),
        ("sl", "5. nov. 2025, 01:34:47 CEST", print_clock(2025, 11, 5, 1, 34, 47, zone="CEST")),
        ("sv", "4 juli 2026 09:15:00 CEST", print_clock(2026, 7, 4, 9, 15, zone="CEST")),
        ("zh", "2026年3月26日 13:08:19 HKT", print_clock(2026, 3, 26, 13, 8, 19, zone="HKT")),
        ("ko", "2026. 4. 11. 오후 6:00:59 KST", print_clock(2026, 4, 11, 18, 0, 59, zone="KST")),
        # as older CLDRs print, or their connecting words, or where the zone stands elsewhere
        ("zh", "2019年3月26日 GMT+8 下午1:08:19", print_clock(2019, 3, 26, 13, 8, 19, zone="GMT+8")),
        ("zh_Hant", "2026年9月4日 晚上11:04:09 [CST]", print_clock(2026, 9, 4, 23, 4, 9, zone="CST")),
        ("zh_Hant", "2026年9月4日 凌晨3:04:09", print_clock(2026, 9, 4, 3, 4, 9)),
        ("zh_Hant", "2026年9月4日 中午12:04:09", print_clock(2026, 9, 4, 12, 4, 9)),
        ("ko", "2026. 4. 11. PM 6:00:59", print_clock(2026, 4, 11, 18, 0, 59)),
        ("bg", "4.09.2026 г., 15:04:09 ч. EET", print_clock(2026, 9, 4, 15, 4, 9, zone="EET")),
        ("fr", "4 sept. 2018 à 15:04:09 CEST", print_clock(2018, 9, 4, 15, 4, 9, zone="CEST")),
        ("fr_CA", "4 sept. 2026, 15 h 04 min 09 s HAE", print_clock(2026, 9, 4, 15, 4, 9, zone="HAE")),
        ("fi", "4.9.2026 klo 15.04.09 UTC+3", print_clock(2026, 9, 4, 15, 4, 9, zone="UTC+3")),
        ("da", "4. sep. 2026 kl. 15.04.09 CEST", print_clock(2026, 9, 4, 15, 4, 9, zone="CEST")),
        ("de", "04.09.2017 um 15:04:09 MESZ", print_clock(2017, 9, 4, 15, 4, 9, zone="MESZ")),
        ("vi", "15:04:09 GMT+7 4 thg 9, 2026", print_clock(2026, 9, 4, 15, 4, 9, zone="GMT+7")),
        ("vi", "15:04:09, 14 thg 12, 2026 ICT", print_clock(2026, 12, 14, 15, 4, 9, zone="ICT")),
        ("eu", "2026(e)ko ira. 4(a) (15:04:09 CEST)", print_clock(2026, 9, 4, 15, 4, 9, zone="CEST")),
        ("my", "2026 စက် 4 ည 21:04:09", print_clock(2026, 9, 4, 21, 4, 9)),
        ("gl", "15:04:09, 04/09/2026 CEST", print_clock(2026, 9, 4, 15, 4, 9, zone="CEST")),
        ("mn", "2018 10-р сар 5 00:04:09", print_clock(2018, 10, 5, 0, 4, 9)),
        ("mn", "2018 оны 12-р сарын 15 00:04:09 ULAT", print_clock(2018, 12, 15, 0, 4, 9, zone="ULAT")),
        ("ru", "4 сент. 2026 г., 15:04:09 MSK", print_clock(2026, 9, 4, 15, 4, 9, zone="MSK")),
        ("ru", "4 сент. 2026, 15:04:09 MSK", print_clock(2026, 9, 4, 15, 4, 9, zone="MSK")),
        (
            "ar",
            "٠٤\u200f/٠٩\u200f/٢٠٢٦، ٣:٠٤:٠٩ م غرينتش+3",
            print_clock(2026, 9, 4, 15, 4, 9, zone="غرينتش+3"),
        ),
        # two calendars beside the Gregorian
        ("th", "4 ก.ย. 2569 15:04:09 ICT", print_clock(2026, 9, 4, 15, 4, 9, zone="ICT")),
        ("th", "4 ก.ย. 2026 15:04:09 ICT", print_clock(2026, 9, 4, 15, 4, 9, zone="ICT")),
        ("fa", "۱۳ شهریور ۱۴۰۵،\u200f ۱۵:۰۴:۰۹ (IRST)", print_clock(2026, 9, 4, 15, 4, 9, zone="IRST")),
        # numbers alone
        ("d/M/y", "04-09-2026 15:04:09", print_clock(2026, 9, 4, 15, 4, 9)),
        ("d/M/y", "4/9/2026, 3:04:09 PM UTC", print_clock(2026, 9, 4, 15, 4, 9, zone="UTC")),
        ("y/M/d", "2026/9/4, 15.04.09", print_clock(2026, 9, 4, 15, 4, 9)),
    ],
)
def test_real_and_older_forms_are_read(locale: str, line: str, expected: Printed) -> None:
    assert DateForm(locale).read(line) == expected


@pytest.mark.parametrize(
    ("locale", "line"),
    [
        ("de", "30.02.2026, 15:04:09"),
        ("de", "04.13.2026, 15:04:09"),
        ("de", "04.09.2026, 24:04:09"),
        ("de", "04.09.2026, 15:60:09"),
        ("de", "04.09.2026, 15:04:60"),
        ("de", "gesucht 04.09.2026, 15:04:09"),
        ("de", "04.09.2026, 15:04:09 MEZ und mehr"),
        ("de", "04.09.2026, 15:04:09 PM MEZ UTC"),
        ("de", "04.09.2026, 15:04"),
        ("de", "04.09.26, 15:04:09"),
        ("ko", "2026. 4. 11. 어제 6:00:59"),
        ("zh_Hant", "2026年9月4日 下午13:04:09"),
        ("fr", "4 brumaire 2026, 15:04:09"),
        ("vi", "15:04:09"),
        ("en", "Sep 4, 2026, 3:04:09 PM AM"),
        ("fa", "۳۰ اسفند ۱۴۰۴، ۱۵:۰۴:۰۹"),  # 1404 is no leap year
        ("en", "Sep 4, 2026, 3:04:09 PM \ue000"),
        ("en", f"Sep 4, 2026,{' ' * LONGEST_LINE}3:04:09 PM"),
    ],
)
def test_what_only_looks_like_a_date_is_none(locale: str, line: str) -> None:
    assert DateForm(locale).read(line) is None


@given(text=st.text(max_size=60), locale=st.sampled_from(LOCALES))
def test_no_text_around_a_date_passes_for_one(text: str, locale: str) -> None:
    date = format_datetime(datetime(2026, 9, 4, 15, 4, 9), "medium", locale=locale)
    assert FORMS[locale].read(f"asked: {text}: {date}") is None
    assert FORMS[locale].read(f"{date} UTC {text or '?'}?") is None


def test_a_form_swaps_day_and_month_where_both_are_numbers() -> None:
    swapped = DateForm("pt_PT").swap()
    assert swapped is not None
    assert (swapped.locale, swapped.reads) == ("pt_PT M/d/y", ("pt_PT",))
    assert swapped.read("09/04/2026, 15:04:09") == print_clock(2026, 9, 4, 15, 4, 9)
    assert DateForm("pt_PT").read("09/04/2026, 15:04:09") == print_clock(2026, 4, 9, 15, 4, 9)
    generic = DateForm("d/M/y").swap()
    assert generic is not None and generic.locale == "M/d/y"
    assert [DateForm(name).swap() for name in ("en", "fr", "ja", "zh", "ko")] == [None] * 5


@pytest.mark.parametrize(
    ("locale", "lines", "reason"),
    [
        ("de", ["Gesucht", "13.01.2026, 15:04:09"], NO_DATE),  # it is one; asked only of what is none
        ("de", ["01.13.2026, 15:04:09"], OTHER_ORDER),
        ("de", ["32.13.2026, 15:04:09"], NO_DATE),
        ("ar_SA", ["٢٢ ربيع الأول ١٤٤٨ هـ، ٣:٠٤:٠٩ م"], OTHER_CALENDAR),
        ("ja", ["令和8年9月4日 15:04:09"], OTHER_CALENDAR),
        ("zh_Hant", ["民國115年9月4日 下午3:04:09"], OTHER_CALENDAR),
        ("ja", ["令和の歌"], NO_DATE),
    ],
)
def test_a_failure_has_a_name(locale: str, lines: list[str], reason: str) -> None:
    form = DateForm(locale)
    failed = [line for line in lines if form.read(line) is None]
    assert form.name_failure(failed) == reason


def test_a_form_forgets_what_it_has_seen_of_a_file_without_end() -> None:
    form = DateForm("en")
    for k in range(2 * MOST_SEEN):
        form.read(f"{k} 1:02:03")
    assert len(form._seen) <= MOST_SEEN


def test_a_form_travels_to_another_process() -> None:
    copy = pickle.loads(pickle.dumps(ENGLISH))
    assert (copy.locale, copy.reads, copy.swapped) == (ENGLISH.locale, ENGLISH.reads, False)


@pytest.mark.parametrize(
    ("year", "new_year"),
    [
        # Nowruz as Iran kept it, with leap years 1395, 1399, 1403
        (1395, date(2016, 3, 20)),
        (1396, date(2017, 3, 21)),
        (1399, date(2020, 3, 20)),
        (1400, date(2021, 3, 21)),
        (1403, date(2024, 3, 20)),
        (1404, date(2025, 3, 21)),
    ],
)
def test_persian_years_begin_when_they_began(year: int, new_year: date) -> None:
    assert count_days(year, 1, 1) == (new_year - date(1970, 1, 1)).days


def test_persian_days_follow_each_other() -> None:
    lengths = [31] * 6 + [30] * 6
    days = [
        count_days(y, m, d + 1) for y in range(1380, 1430) for m, n in enumerate(lengths, 1) for d in range(n)
    ]
    known = [day for day in days if day is not None]
    assert known == list(range(known[0], known[0] + len(known)))
    assert len(days) - len(known) == sum((25 * y + 11) % 33 >= 8 for y in range(1380, 1430))
