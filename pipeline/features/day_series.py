"""The days one after another, what was known before each, and what then came: that day, and its week.

Everything is as on the evening before: a row is made of the day's own calendar, which anybody can look up
beforehand, and of counts of the days before it. Counts enter as square roots, so that one frantic day does
not drown the rest; the mean of this weekday stands beside them as a plain count, since that is what a simple
guess would say. Days that no source covers are NaN, and so is a row of features that needs one of them;
means leave them out.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.features.arrays import Column, Dates, Floats, list_names
from pipeline.features.lags import average_lags, average_window, delay
from pipeline.features.waves import YEAR_DAYS, make_waves, name_waves
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.subject import Subject

WEEK = 7
HARMONICS = {"weekday": 3, "year": 2}
LAGS = (1, 2, WEEK)  # days before
WINDOWS = (WEEK, 4 * WEEK, 13 * WEEK)  # days in a rolling mean
N_WEEKS = 8  # the same weekday in the last weeks
AROUND = 13  # days to either side of the day 52 weeks before

COLUMNS = (
    Column(
        name_waves("weekday", HARMONICS["weekday"]), "The day on the circle of the week, and its overtones."
    ),
    Column(name_waves("year", HARMONICS["year"]), "The day on the circle of the year, and its overtone."),
    Column(("weekend",), "1 on a weekend day, else 0."),
    Column(("free_day",), "1 on a free day of the settings, else 0."),
    Column(
        tuple(f"root_lag_{lag}" for lag in LAGS),
        "The square root of the count so many days before: the last two days, and this weekday last week.",
    ),
    Column(
        tuple(f"root_mean_{window}" for window in WINDOWS),
        "The mean square root of the counts of so many days before: a week, four weeks, a quarter.",
    ),
    Column(
        (f"root_same_weekday_{N_WEEKS}_weeks",),
        "The mean square root of the counts of this weekday in the eight weeks before.",
    ),
    Column((f"same_weekday_{N_WEEKS}_weeks",), "The mean count of this weekday in the eight weeks before."),
    Column(
        ("root_year_before",),
        "The mean square root of the counts of the 27 days around the day 52 weeks before; where none of "
        "them is known, that of the quarter before.",
    ),
)
NAMES = list_names(COLUMNS)


class DaySeries(NamedTuple):
    """Every day from the first covered one to the last."""

    days: Dates  # (n,) datetime64[D]
    counts: Floats  # (n,) NaN where the day is not covered
    week_counts: Floats  # (n,) of the seven days that begin with this one; NaN where one is not covered
    x: Floats  # (n, len(NAMES)) NaN in a row that misses something


def make_day_series(subject: Subject) -> DaySeries:
    """Return all days between the first and the last covered one, with their features and targets."""
    table = count_covered_days(subject)
    if len(table.days) == 0:
        return DaySeries(table.days, np.zeros(0), np.zeros(0), np.empty((0, len(NAMES))))
    place = (table.days - table.days[0]).astype(np.int64)
    counts = np.full(int(place[-1]) + 1, np.nan)
    counts[place] = table.totals
    days = table.days[0] + np.arange(len(counts))
    return DaySeries(days, counts, sum_weeks(counts), make_features(days, counts, subject))


def make_features(days: Dates, counts: Floats, subject: Subject) -> Floats:
    """Return a row of features for each day; ``counts (n,)`` are regular in time, NaN where unknown."""
    root = np.sqrt(counts)
    number = days.astype(np.int64)
    weekday = (number + 3) % WEEK  # 1 January 1970 was a Thursday
    quarter = average_window(root, WINDOWS[-1])
    year_before = delay(average_window(root, 2 * AROUND + 1), 52 * WEEK - AROUND - 1)
    columns = [
        *make_waves(weekday / WEEK, HARMONICS["weekday"]),
        *make_waves(number / YEAR_DAYS % 1, HARMONICS["year"]),
        np.isin(weekday, subject.weekend).astype(float),
        subject.is_given_free(days).astype(float),
        *(delay(root, lag) for lag in LAGS),
        *(average_window(root, window) for window in WINDOWS),
        average_lags(root, WEEK, N_WEEKS),
        average_lags(counts, WEEK, N_WEEKS),
        np.where(np.isnan(year_before), quarter, year_before),
    ]
    x = np.stack(columns, axis=1)
    x[np.isnan(x).any(axis=1)] = np.nan
    return x


def sum_weeks(counts: Floats) -> Floats:
    """Return the sum of each day and the six after it; NaN where one is unknown or not yet there."""
    sums = np.full(len(counts), np.nan)
    if len(counts) >= WEEK:
        sums[: len(counts) - WEEK + 1] = np.lib.stride_tricks.sliding_window_view(counts, WEEK).sum(axis=1)
    return sums
