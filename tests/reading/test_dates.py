"""The printed clock."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.dates import ENGLISH, Printed

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
    assert ENGLISH.read(line) == expected


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
        "10.01.2025, 17:21:55 MEZ",
        "Jan 3, 0000, 9:52:12 PM",
    ],
)
def test_what_is_no_english_clock_is_refused(line: str) -> None:
    assert ENGLISH.read(line) is None


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
    assert ENGLISH.read(american) == ENGLISH.read(british) == expected
