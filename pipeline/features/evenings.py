"""A day as its evening knows it: its hours, and the days of its week, with nothing of the calendar.

Which weekday the day is, and what the next one brings, are asked of the same row; so neither the weekday nor
the day of the year may stand in it. Totals are measured against the mean of the four weeks that end with the
day, which is also the unit of the count to come. Days that no source covers are unknown, and so is a row
that needs one of them.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.features import day_profile
from pipeline.features.arrays import Column, Dates, Floats, Ints, list_names
from pipeline.features.lags import average_window, delay
from pipeline.patterns.subject import Subject

WEEK = 7
MONTH, QUARTER = 4 * WEEK, 13 * WEEK
LEAST = 0.5  # a day: a level below it is no unit to measure by

COLUMNS = (
    *day_profile.COLUMNS,
    Column(
        tuple(f"log_total_{k}_before_over_{MONTH}" for k in range(WEEK)),
        "The logarithm of one plus the count of the day so many days before (0: the day itself), less that "
        "of the mean of the 28 days that end with it, as far as known.",
    ),
    Column(
        (f"log_mean_{QUARTER}_over_{MONTH}",),
        "The logarithm of one plus the mean count of the 91 days that end with the day, less that of the 28 "
        "days.",
    ),
)
NAMES = list_names(COLUMNS)


class Evenings(NamedTuple):
    """The covered days in order. The weekday comes from the calendar, never from the counts."""

    days: Dates  # (n,) datetime64[D]
    hours: Floats  # (n, 24)
    totals: Floats  # (n, 8) NaN in a row that misses a day of the week
    level: Floats  # (n,) the mean count of the 28 days that end with the day, at least ½
    weekday: Ints  # (n,) 0 is Monday
    to_come: Floats  # (n,) the count of the day after; NaN where it is not covered


def make_evenings(subject: Subject) -> Evenings:
    """Return every covered day, as its evening knows it, and what the day after it brought."""
    profile = day_profile.make_day_profile(subject)
    days = profile.days
    if len(days) == 0:
        nothing = np.zeros(0)
        return Evenings(days, profile.x, np.zeros((0, WEEK + 1)), nothing, np.zeros(0, np.int64), nothing)
    place = (days - days[0]).astype(np.int64)
    counts = np.full(int(place[-1]) + 2, np.nan)  # and the day after the last
    counts[place] = profile.counts.sum(axis=1)
    month, quarter = (average_window(counts, n)[place + 1] for n in (MONTH, QUARTER))
    back = np.stack([delay(counts, k)[place] for k in range(WEEK)], axis=1)
    totals = np.log1p(np.column_stack([back, quarter])) - np.log1p(month)[:, None]
    totals[np.isnan(totals).any(axis=1)] = np.nan
    weekday = (days.astype(np.int64) + 3) % WEEK  # 1 January 1970 was a Thursday
    return Evenings(days, profile.x, totals, np.maximum(month, LEAST), weekday, counts[place + 1])
