"""The hours one after another, and what was known before each: clock, calendar, and earlier counts.

Counts enter as square roots, so that one frantic hour does not drown the rest; the mean of this hour of
the week stands beside them as a plain count, since that is what a simple guess would say. A day has 24
clock hours (the doubled autumn hour is summed, the missing spring hour is zero). Hours of days that no
source covers are NaN, and so is a row of features that needs one of them; means leave them out. Nothing
looks ahead: a row is made of its own clock and of counts before it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.features.arrays import Column, Dates, Floats, list_names
from pipeline.features.lags import average_lags, average_window, delay
from pipeline.features.waves import YEAR_DAYS, make_waves, name_waves
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.subject import Subject

DAY, WEEK = 24, 168
LAGS = (1, 2, DAY, WEEK)  # hours before
WINDOWS = (DAY, WEEK, 4 * WEEK)  # hours in a rolling mean
N_DAYS, N_WEEKS = 7, 8  # the same hour on the last days, the same hour of the last weeks
HARMONICS = {"hour": 3, "weekday": 2, "year": 1}

COLUMNS = (
    Column(name_waves("hour", HARMONICS["hour"]), "The hour on the circle of the day, and its overtones."),
    Column(name_waves("weekday", HARMONICS["weekday"]), "The hour on the circle of the week."),
    Column(name_waves("year", HARMONICS["year"]), "The hour on the circle of the year."),
    Column(
        tuple(f"root_lag_{lag}" for lag in LAGS),
        "The square root of the count so many hours before: the last two, yesterday's and last week's.",
    ),
    Column(
        tuple(f"root_mean_{window}" for window in WINDOWS),
        "The mean square root of the counts of so many hours before: a day, a week, four weeks.",
    ),
    Column(
        (f"root_same_hour_{N_DAYS}_days",),
        "The mean square root of the counts of this clock hour on the seven days before.",
    ),
    Column(
        (f"root_same_hour_{N_WEEKS}_weeks",),
        "The mean square root of the counts of this hour of the week in the eight weeks before.",
    ),
    Column(
        (f"same_hour_{N_WEEKS}_weeks",),
        "The mean count of this hour of the week in the eight weeks before.",
    ),
)
NAMES = list_names(COLUMNS)


class HourSeries(NamedTuple):
    """Every hour from the first covered day to the last."""

    hours: Dates  # (n,) datetime64[h], home clock
    counts: Floats  # (n,) NaN where the day is not covered
    x: Floats  # (n, len(NAMES)) NaN in a row that misses something


def make_hour_series(subject: Subject) -> HourSeries:
    """Return all hours between the first and the last covered day, with their features."""
    table = count_covered_days(subject)
    if len(table.days) == 0:
        return HourSeries(np.array([], "datetime64[h]"), np.array([]), np.empty((0, len(NAMES))))
    place = (table.days - table.days[0]).astype(np.int64)
    counts = np.full((int(place[-1]) + 1, DAY), np.nan)
    counts[place] = table.counts
    hours = table.days[0].astype("datetime64[h]") + np.arange(counts.size)
    return HourSeries(hours, counts.ravel(), make_features(hours, counts.ravel()))


def make_features(hours: Dates, counts: Floats) -> Floats:
    """Return a row of features for each hour; ``counts (n,)`` are regular in time, NaN where unknown."""
    root = np.sqrt(counts)
    columns = [
        *_turn_clock(hours),
        *(delay(root, lag) for lag in LAGS),
        *(average_window(root, window) for window in WINDOWS),
        average_lags(root, DAY, N_DAYS),
        average_lags(root, WEEK, N_WEEKS),
        average_lags(counts, WEEK, N_WEEKS),
    ]
    x = np.stack(columns, axis=1)
    x[np.isnan(x).any(axis=1)] = np.nan
    return x


def _turn_clock(hours: Dates) -> list[Floats]:
    """Return sine and cosine of the hour in its day, its week and its year, with their overtones."""
    number = hours.astype("datetime64[h]").astype(np.int64)
    phases = {
        "hour": number % DAY / DAY,
        "weekday": (number + 3 * DAY) % WEEK / WEEK,  # 1 January 1970 was a Thursday
        "year": number / DAY % YEAR_DAYS / YEAR_DAYS,
    }
    return [wave for cycle, n in HARMONICS.items() for wave in make_waves(phases[cycle], n)]
