"""A day as 24 numbers, each hour against the fortnight before, and whether it was a weekend day.

Level and shape both speak: nothing is divided by the day's total, since quiet is a mark of some days too.
Each hour is smoothed with its neighbours, since a habit does not keep to the full hour. The mean of the
fortnight before is taken off, so that a busy month, a holiday or a habit of years ago does not pass for a
kind of day; a fortnight holds every weekday twice, so it favours none.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.features.arrays import Column, Dates, Flags, Floats, list_names
from pipeline.features.lags import average_rows_before
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.subject import Subject

COLUMNS = (
    Column(
        tuple(f"log_count_{hour:02d}_over_fortnight" for hour in range(24)),
        "The logarithm of one plus the count of the clock hour, smoothed with its neighbours, less its mean "
        "over the 14 covered days before, or those there are.",
    ),
)
NAMES = list_names(COLUMNS)
KERNEL = np.array([1, 4, 6, 4, 1]) / 16  # a spread of one hour
FORTNIGHT = 14  # covered days


class DayProfile(NamedTuple):
    """The covered days in order. The label comes from the calendar, never from the counts."""

    days: Dates  # (n,) datetime64[D]
    counts: NDArray[np.int64]  # (n, 24)
    x: Floats  # (n, 24) log(1 + count), so that a frantic hour counts not much more than a busy one
    weekend: Flags  # (n,) by the owner's weekend days


def make_day_profile(subject: Subject) -> DayProfile:
    """Return the hourly profile of every covered day."""
    table = count_covered_days(subject)
    smoothed = smooth_hours(np.log1p(table.counts))
    x = smoothed - average_rows_before(smoothed, FORTNIGHT)
    return DayProfile(table.days, table.counts, x, np.isin(table.weekday, subject.weekend))


def smooth_hours(values: Floats) -> Floats:
    """Return each of the 24 columns as a weighted mean of those around it; the day's ends are repeated."""
    reach = len(KERNEL) // 2
    padded = np.pad(values, ((0, 0), (reach, reach)), mode="edge")
    smoothed: Floats = np.lib.stride_tricks.sliding_window_view(padded, len(KERNEL), axis=1) @ KERNEL
    return smoothed
