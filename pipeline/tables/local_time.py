"""UTC → the owner's own clock: hour, weekday, ISO week, by the home zone of that day."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pipeline.settings import ZoneSpan

if TYPE_CHECKING:
    import pandas as pd


def add_local_time(frame: pd.DataFrame, home_zone: tuple[ZoneSpan, ...]) -> pd.DataFrame:
    """Return a copy of ``frame`` with the home clock's columns added.

    ``time`` must be aware. Adds ``local`` (naive datetime64[ms]), ``date`` (its midnight), ``hour``
    (0–23), ``weekday`` (0 = Monday), ``year``, ``month``, ``iso_year`` and ``iso_week`` (int64).
    A span of ``home_zone`` begins at its zone's midnight; rows before all spans take the first one's
    zone. Where clocks go back, the hour that comes twice is counted twice.
    """
    local = _convert(frame["time"], home_zone)
    iso = local.dt.isocalendar()
    return frame.assign(
        local=local,
        date=local.dt.normalize(),
        hour=local.dt.hour.astype("int64"),
        weekday=local.dt.day_of_week.astype("int64"),
        year=local.dt.year.astype("int64"),
        month=local.dt.month.astype("int64"),
        iso_year=iso["year"].astype("int64"),
        iso_week=iso["week"].astype("int64"),
    )


def _convert(times: pd.Series[pd.Timestamp], home_zone: tuple[ZoneSpan, ...]) -> pd.Series[pd.Timestamp]:
    spans = sorted(home_zone, key=lambda span: span.since.toordinal() if span.since else 0)
    local = _read_clock(times, spans[0].zone)
    for span in spans[1:]:
        assert span.since is not None
        since = datetime.combine(span.since, time(), ZoneInfo(span.zone)).astimezone(UTC)
        local = local.where(times < since, _read_clock(times, span.zone))
    return local


def _read_clock(times: pd.Series[pd.Timestamp], zone: str) -> pd.Series[pd.Timestamp]:
    return times.dt.tz_convert(ZoneInfo(zone)).dt.tz_localize(None).astype("datetime64[ms]")
