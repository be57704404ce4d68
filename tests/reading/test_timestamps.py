"""The printed clock and its zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading import timestamps
from pipeline.reading.timestamps import AMBIGUOUS_ZONES, FIXED_ZONES, Clock, Offset, Printed, read_printed

EPOCH = datetime(1970, 1, 1)


def clock_ms(*parts: int) -> int:
    return (datetime(*parts) - EPOCH) // timedelta(milliseconds=1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("Feb 8, 2017, 12:32:36 AM", Printed(clock_ms(2017, 2, 8, 0, 32, 36), None)),
        ("Sep 18, 2018, 5:48:23 AM UTC", Printed(clock_ms(2018, 9, 18, 5, 48, 23), "UTC")),
        ("29 Nov 2021, 18:06:16 AEDT", Printed(clock_ms(2021, 11, 29, 18, 6, 16), "AEDT")),
        ("Jan 3, 2023, 9:52:12\u202fPM TRT", Printed(clock_ms(2023, 1, 3, 21, 52, 12), "TRT")),
        ("9 Sept 2024, 21:04:05 GMT+03:00", Printed(clock_ms(2024, 9, 9, 21, 4, 5), "GMT+03:00")),
        ("Feb 24, 2025, 10:12:13\u202fAM EST\n", Printed(clock_ms(2025, 2, 24, 10, 12, 13), "EST")),
        ("Mar 1, 2020, 12:00:00 PM PST", Printed(clock_ms(2020, 3, 1, 12, 0, 0), "PST")),
        ("9 Sept 2024, 3:04:05 pm AEST", Printed(clock_ms(2024, 9, 9, 15, 4, 5), "AEST")),
        ("Nov. 29, 2021, 6:06:16 p.m. EST", Printed(clock_ms(2021, 11, 29, 18, 6, 16), "EST")),
        ("Feb\u00a08, 2017, 12:32:36\u2009AM", Printed(clock_ms(2017, 2, 8, 0, 32, 36), None)),
    ],
)
def test_every_english_clock_is_read(line: str, expected: Printed) -> None:
    assert read_printed(line) == expected


@pytest.mark.parametrize(
    "line",
    [
        "",
        "yesterday",
        "Watched at 11:39 AM",
        "on Jan 3, 2023, 9:52:12 PM EST",
        "Jan 3, 2023, 9:52:12 PM EST and more",
        "Feb 30, 2023, 9:52:12 PM EST",
        "Feb 8, 2017, 13:32:36 AM",
        "Feb 8, 2017, 0:32:36 AM",
        "8 Feb 2017, 24:00:00",
        "8 Feb 2017, 23:60:00",
        "8 Feb 2017, 23:00:61",
        "Foo 8, 2017, 1:32:36 AM",
        "4 Mar 2026 15:04:09",  # Turkish: English has a comma before the time
        "10.01.2025, 17:21:55 MEZ",
        "Jan 3, 0000, 9:52:12 PM",
    ],
)
def test_what_is_no_english_clock_is_refused(line: str) -> None:
    assert read_printed(line) is None


@given(
    moment=st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31)).map(lambda m: m.replace(microsecond=0))
)
def test_whatever_google_prints_is_read_back(moment: datetime) -> None:
    month = "JanFebMarAprMayJunJulAugSepOctNovDec"[3 * moment.month - 3 : 3 * moment.month]
    hour = moment.hour % 12 or 12
    half = "PM" if moment.hour >= 12 else "AM"
    american = f"{month} {moment.day}, {moment.year}, {hour}:{moment:%M:%S}\u202f{half} UTC"
    british = f"{moment.day} {month} {moment.year}, {moment:%H:%M:%S} UTC"
    expected = Printed(int(moment.replace(tzinfo=UTC).timestamp() * 1000), "UTC")
    assert read_printed(american) == read_printed(british) == expected


@pytest.mark.parametrize(
    ("zone", "home_zone", "expected"),
    [
        (None, "Asia/Tokyo", Offset(0, False)),
        ("UTC", "Asia/Tokyo", Offset(0, False)),
        ("TRT", "Europe/Paris", Offset(180, False)),
        ("MESZ", "Europe/Paris", Offset(120, False)),
        ("PST", "Asia/Manila", Offset(-480, False)),
        ("GMT+03:00", "Europe/Paris", Offset(180, False)),
        ("GMT-3", "Europe/Paris", Offset(-180, False)),
        ("GMT−03:30", "Europe/Paris", Offset(-210, False)),
        ("GMT+5:45", "Europe/Paris", Offset(345, False)),
        ("UTC+0530", "Europe/Paris", Offset(330, False)),
        ("GMT+99", "Europe/Paris", None),
        ("XYZ", "Europe/Paris", None),
        # ambiguous: by the home zone, which makes them certain
        ("IST", "Asia/Kolkata", Offset(330, False)),
        ("IST", "Europe/Dublin", Offset(60, False)),
        ("IST", "Asia/Jerusalem", Offset(120, False)),
        ("CST", "America/Chicago", Offset(-360, False)),
        ("CST", "Asia/Shanghai", Offset(480, False)),
        ("CST", "America/Havana", Offset(-300, False)),
        ("CDT", "America/Havana", Offset(-240, False)),
        ("BST", "Europe/London", Offset(60, False)),
        ("BST", "Asia/Dhaka", Offset(360, False)),
        ("AST", "America/Halifax", Offset(-240, False)),
        ("AST", "Asia/Riyadh", Offset(180, False)),
        ("EST", "America/New_York", Offset(-300, False)),
        ("EST", "Australia/Sydney", Offset(600, False)),
        # else the commonest meaning, and that is said
        ("IST", "Europe/Paris", Offset(330, True)),
        ("CST", "Europe/Paris", Offset(-360, True)),
        ("CDT", "Europe/Paris", Offset(-300, True)),
        ("BST", "Europe/Paris", Offset(60, True)),
        ("AST", "Europe/Paris", Offset(-240, True)),
        ("EST", "Europe/Paris", Offset(-300, True)),
    ],
)
def test_a_zone_is_a_fixed_offset_and_a_guess_says_so(
    zone: str | None, home_zone: str, expected: Offset | None
) -> None:
    clock = Clock(home_zone)
    assert clock.find_offset(zone) == expected
    assert clock.find_offset(zone) == expected


def test_what_a_zone_means_does_not_hang_on_the_day_of_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    class LongAgo(datetime):
        @classmethod
        def now(cls, tz: object = None) -> LongAgo:
            return cls(2001, 1, 1)

    monkeypatch.setattr(timestamps, "datetime", LongAgo)
    timestamps._names_at_home.cache_clear()
    assert Clock("Asia/Kolkata").find_offset("IST") == Offset(330, False)


def test_no_abbreviation_is_both_fixed_and_ambiguous() -> None:
    assert not FIXED_ZONES.keys() & AMBIGUOUS_ZONES.keys()
