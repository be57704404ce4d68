from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.settings import ZoneSpan
from pipeline.tables.local_time import add_local_time

PARIS = (ZoneSpan(None, "Europe/Paris"),)
MOVED = (ZoneSpan(date(2010, 1, 1), "Asia/Shanghai"), ZoneSpan(date(2015, 8, 20), "America/Chicago"))


def frame_of(*times: str) -> pd.DataFrame:
    stamps = pd.to_datetime(list(times), utc=True).astype("datetime64[ms, UTC]")
    return pd.DataFrame({"time": stamps, "text": "x"}, index=range(5, 5 + len(times)))


def test_the_home_clock_gives_every_column() -> None:
    given_frame = frame_of("2021-01-03T23:30:15.250Z")
    found = add_local_time(given_frame, PARIS)
    assert found.drop(columns=["time", "text"]).to_dict("records") == [
        {
            "local": pd.Timestamp("2021-01-04 00:30:15.250"), "date": pd.Timestamp("2021-01-04"), "hour": 0,
            "weekday": 0, "year": 2021, "month": 1, "iso_year": 2021, "iso_week": 1,
        }
    ]  # fmt: skip
    assert found.index.tolist() == [5]
    assert list(given_frame.columns) == ["time", "text"]
    kinds = {name: str(found[name].dtype) for name in ("local", "date", "hour", "iso_week")}
    assert kinds == {
        "local": "datetime64[ms]",
        "date": "datetime64[ms]",
        "hour": "int64",
        "iso_week": "int64",
    }


def test_the_iso_year_is_that_of_the_week() -> None:
    found = add_local_time(frame_of("2021-01-03T12:00:00Z", "2024-12-30T12:00:00Z"), PARIS)
    assert found[["year", "iso_year", "iso_week"]].values.tolist() == [[2021, 2020, 53], [2024, 2025, 1]]


def test_summer_time_moves_the_hour() -> None:
    found = add_local_time(frame_of("2021-03-28T00:59:59Z", "2021-03-28T01:00:00Z"), PARIS)
    assert found["hour"].tolist() == [1, 3]


def test_the_zone_is_that_of_the_day_and_the_move_is_at_its_midnight() -> None:
    found = add_local_time(
        frame_of(
            "2005-01-01T00:00:00Z", "2015-08-20T04:59:59Z", "2015-08-20T05:00:00Z", "2020-01-01T06:00:00Z"
        ),
        MOVED,
    )
    assert [str(local) for local in found["local"]] == [
        "2005-01-01 08:00:00",
        "2015-08-20 12:59:59",
        "2015-08-20 00:00:00",
        "2020-01-01 00:00:00",
    ]


def test_an_empty_table_has_the_columns_too() -> None:
    found = add_local_time(frame_of().iloc[:0], PARIS)
    assert len(found) == 0
    assert str(found["local"].dtype) == "datetime64[ms]" and str(found["hour"].dtype) == "int64"


@pytest.mark.parametrize("zone", ["Europe/Paris", "Asia/Kathmandu", "America/St_Johns", "Pacific/Apia"])
@settings(deadline=None, max_examples=40)
@given(moments=st.lists(st.integers(0, 2_000_000_000_000), min_size=1, max_size=5))
def test_the_home_clock_is_that_of_the_standard_library(zone: str, moments: list[int]) -> None:
    times = pd.to_datetime(moments, unit="ms", utc=True).astype("datetime64[ms, UTC]")
    found = add_local_time(pd.DataFrame({"time": times}), (ZoneSpan(None, zone),))
    clocks = [datetime.fromtimestamp(moment // 1000, ZoneInfo(zone)) for moment in moments]
    expected = [(c.hour, c.weekday(), c.year, c.month, *c.isocalendar()[:2]) for c in clocks]
    columns = found[["hour", "weekday", "year", "month", "iso_year", "iso_week"]]
    assert [tuple(row) for row in columns.values.tolist()] == expected
