"""The longest pause of each night: by hand, by a plain loop, and where nothing can be said."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.quiet_nights import list_quiet_nights
from pipeline.patterns.subject import Subject, choose_subject
from pipeline.settings import ZoneSpan

COLUMNS = {
    "night": "datetime64[ms]", "start": "float64", "end": "float64", "n": "int64", "usable": "bool",
    "free": "bool",
}  # fmt: skip
EDGES = ["2024-01-01 12:00", "2024-01-05 12:00"]  # of the archive: the 2nd to the 4th are covered


def test_the_longest_pause_that_overlaps_the_night_is_found_with_its_clock_times(
    make_subject: Callable[..., Subject],
) -> None:
    times = [
        *EDGES, "2024-01-02 15:30", "2024-01-02 23:15", "2024-01-03 08:45", "2024-01-03 10:00",
        "2024-01-03 14:00", "2024-01-03 19:00", "2024-01-04 01:30", "2024-01-04 09:00", "2024-01-04 14:59",
        "2024-01-04 22:00",
    ]  # fmt: skip
    expected = pd.DataFrame(
        {
            "night": np.array(["2024-01-02", "2024-01-03"], dtype="datetime64[ms]"),
            "start": [8.25, 10.5],
            "end": [17.75, 18.0],
            "n": [5, 4],
            "usable": [True, True],
            "free": [False, False],
        }
    )
    pd.testing.assert_frame_equal(list_quiet_nights(make_subject(times)), expected)


def test_a_night_with_three_activities_says_nothing(make_subject: Callable[..., Subject]) -> None:
    times = [*EDGES, "2024-01-02 16:00", "2024-01-02 23:15", "2024-01-03 08:45"]
    frame = list_quiet_nights(make_subject(times))
    assert frame["n"].tolist() == [3, 0]
    assert not frame["usable"].any()
    assert frame[["start", "end"]].isna().all(axis=None)


def test_a_pause_may_pass_the_edges_of_its_night_by_six_hours(make_subject: Callable[..., Subject]) -> None:
    early = ["2024-01-02 13:00", "2024-01-02 23:30", *(f"2024-01-03 {hour:02d}:00" for hour in range(2, 15))]
    frame = list_quiet_nights(make_subject([*EDGES, *early]))
    assert frame.loc[0, ["start", "end"]].tolist() == [-2.0, 8.5]
    late = [f"2024-01-02 {hour}:00" for hour in range(15, 24)]
    frame = list_quiet_nights(make_subject([*EDGES, *late, "2024-01-03 05:00", "2024-01-03 16:30"]))
    assert frame.loc[0, ["start", "end"]].tolist() == [14.0, 25.5]


def test_a_silent_day_is_not_a_night(make_subject: Callable[..., Subject]) -> None:
    evening = [f"2024-01-02 {hour}:00" for hour in range(18, 23)]
    for then in ("2024-01-03 21:30", "2024-01-04 09:00"):
        frame = list_quiet_nights(make_subject([*EDGES, *evening, then]))
        assert frame["n"].tolist()[0] == 5
        assert not frame["usable"].any()


def test_a_pause_in_the_middle_of_the_day_is_no_night(make_subject: Callable[..., Subject]) -> None:
    busy = [f"2024-01-02 {hour}:{minute:02d}" for hour in range(12, 24) for minute in (0, 30)]
    morning = [f"2024-01-03 0{hour}:00" for hour in range(8)] + ["2024-01-03 12:00"]
    frame = list_quiet_nights(make_subject([*EDGES, *busy, *morning]))
    assert frame.loc[0, ["start", "end"]].tolist() == [16.0, 21.0]
    later = [*morning, *(f"2024-01-03 {hour:02d}:00" for hour in range(8, 12)), "2024-01-03 20:00"]
    frame = list_quiet_nights(make_subject([*EDGES, *busy, *later]))
    assert frame.loc[0, "end"] - frame.loc[0, "start"] == 1.0


def test_nights_beside_days_that_no_export_covers_are_left_out(make_subject: Callable[..., Subject]) -> None:
    hours = [f"2024-01-{day:02d} {hour:02d}:00" for day in range(1, 31) for hour in (8, 12, 16, 20, 23)]
    stamps = pd.to_datetime(["2024-01-01 08:00", "2024-01-10 23:00"], utc=True)
    more = pd.to_datetime(["2024-01-20 08:00", "2024-01-30 23:00"], utc=True)
    sources = pd.DataFrame(
        {
            "export": ["a", "b"], "folder": ["My Activity/Search"] * 2, "product": ["search"] * 2,
            "first": [stamps[0], more[0]], "last": [stamps[1], more[1]],
        }
    )  # fmt: skip
    nights = list_quiet_nights(make_subject(hours, sources=sources))["night"].dt.day.tolist()
    assert nights == [*range(2, 9), *range(21, 29)]


def test_the_morning_decides_whether_a_night_is_free(make_subject: Callable[..., Subject]) -> None:
    hours = [f"2024-01-{day:02d} {hour:02d}:00" for day in range(1, 17) for hour in (8, 12, 16, 20, 23)]
    frame = list_quiet_nights(make_subject(hours))
    free = frame["night"][frame["free"]]
    assert set(free.dt.day_name()) == {"Friday", "Saturday"}
    assert len(free) == 4


@pytest.mark.parametrize(("night", "length"), [("2024-03-30", 8.0), ("2024-10-26", 8.0)])
def test_the_clock_is_read_on_nights_when_it_is_changed(
    night: str, length: float, make_settings: Callable[..., object]
) -> None:
    home = ZoneInfo("Europe/Berlin")
    days = [pd.Timestamp(night) + pd.Timedelta(days=k) for k in range(-3, 4)]
    local = [day + pd.Timedelta(hours=hour) for day in days for hour in (7, 10, 13, 17, 20, 23)]
    time = pd.Series(pd.DatetimeIndex(local).tz_localize(home).tz_convert("UTC").as_unit("ms"))
    activity = pd.DataFrame({"time": time, "product": "search", "action": "searched", "mark": None})
    sources = pd.DataFrame(
        {"export": ["e"], "folder": ["f"], "product": ["search"], "first": time.min(), "last": time.max()}
    )
    made = make_settings(home_zone=(ZoneSpan(None, "Europe/Berlin"),))
    frame = list_quiet_nights(choose_subject(activity, sources, made))  # type: ignore[arg-type]
    assert (frame["end"] - frame["start"]).tolist() == [length] * len(frame)
    assert frame["start"].tolist() == [8.0] * len(frame)


@pytest.mark.parametrize(
    "times",
    [[], ["2024-01-02 12:00"], ["2024-01-02 09:00", "2024-01-02 21:00"], ["2020-01-01", "2024-01-01"]],
)
def test_an_archive_without_nights_gives_empty_or_unusable_rows(
    times: list[str], make_subject: Callable[..., Subject]
) -> None:
    frame = list_quiet_nights(make_subject(times))
    assert frame.dtypes.astype(str).to_dict() == COLUMNS
    assert not frame["usable"].any()


def _list_by_hand(moments: list[float], n_days: int) -> list[tuple[float, float] | None]:
    """Do the same night by night, pause by pause; ``moments`` are hours since midnight of the first day."""
    moments = sorted(moments)
    pauses = list(pairwise(moments))
    nights = []
    for day in range(n_days - 1):
        edge = 24 * day + 15
        rivals = [p for p in pauses if p[0] < edge + 21 and p[1] > edge + 5]
        rivals = [p for p in rivals if p[1] > edge and p[0] < edge + 24]
        n = sum(edge <= moment < edge + 24 for moment in moments)
        best = max(rivals, key=lambda p: (p[1] - p[0], -p[0]), default=None)
        known = n >= 4 and best is not None and edge <= (best[0] + best[1]) / 2 < edge + 24
        known = known and best is not None and best[0] >= edge - 6 and best[1] <= edge + 30
        nights.append((best[0] - edge, best[1] - edge) if known and best else None)
    return nights


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(24 * 4, 7 * 24 * 4 - 1), min_size=0, max_size=60, unique=True))
def test_a_plain_loop_finds_the_same_nights(
    make_subject: Callable[..., Subject], quarters: list[int]
) -> None:
    first = np.datetime64("2024-01-01T00:00", "ms")
    span = [0, 8 * 24 * 4 - 1]
    times = first + np.array([*quarters, *span]).astype("timedelta64[m]") * 15
    frame = list_quiet_nights(make_subject(times))
    found = [
        None if math.isnan(row.start) else (row.start, row.end)  # type: ignore[arg-type]
        for row in frame.itertuples()
    ]
    expected = _list_by_hand([quarter / 4 for quarter in [*quarters, *span]], 8)[1:-1]
    assert found == [pytest.approx(pair) if pair else None for pair in expected]
