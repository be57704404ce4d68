"""Whole weeks as maps of 7 × 24 hours against the year before, and the season each lies in.

The mean of the 52 whole weeks before is taken off hour by hour, so that a habit of years ago does not pass
for a season; a year holds every season once, so it favours none. The seasons are quarters of the year that
begin with December, named by their months: they hold on both halves of the globe.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.features.arrays import Column, Dates, Floats, Ints, list_names
from pipeline.features.lags import average_rows_before
from pipeline.patterns.subject import Subject
from pipeline.patterns.week_maps import list_week_maps

COLUMNS = (
    Column(
        ("log_count_over_year",),
        "The one channel of a map: the logarithm of one plus the count of the hour of the week, less its "
        "mean over the 52 whole weeks before, or those there are.",
    ),
)
NAMES = list_names(COLUMNS)
YEAR = 52  # whole weeks
SEASONS = ("December to February", "March to May", "June to August", "September to November")


class WeekMaps(NamedTuple):
    """The whole covered weeks in order. The label comes from the calendar, never from the counts."""

    weeks: Dates  # (n,) datetime64[D] their Mondays; a week runs from Monday 04:00 to Monday 04:00
    counts: NDArray[np.int64]  # (n, 7, 24) by weekday and hour, rows from 04:00 on
    x: Floats  # (n, 7, 24, 1)
    season: Ints  # (n,) place in SEASONS, by the month in which the week's Thursday lies


def make_week_maps(subject: Subject) -> WeekMaps:
    """Return the map of every ISO week whose hours from Monday 04:00 on are all covered."""
    maps = list_week_maps(subject)
    logs = np.log1p(maps.counts)
    x = logs - average_rows_before(logs, YEAR)
    return WeekMaps(
        maps.weeks,
        maps.counts.astype(np.int64).reshape(-1, 7, 24),
        x.reshape(-1, 7, 24, len(NAMES)),
        tell_season(maps.weeks + 3),
    )


def tell_season(days: Dates) -> Ints:
    """Return the place in ``SEASONS`` of each day (datetime64[D])."""
    month = days.astype("datetime64[M]").astype(np.int64) % 12  # 0 is January
    season: Ints = (month + 1) % 12 // 3
    return season
