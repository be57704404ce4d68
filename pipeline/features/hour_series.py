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

from pipeline.features.arrays import Dates, Floats
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.subject import Subject

DAY, WEEK = 24, 168
YEAR_DAYS = 365.2425
LAGS = (1, 2, DAY, WEEK)  # hours before
WINDOWS = (DAY, WEEK, 4 * WEEK)  # hours in a rolling mean
N_DAYS, N_WEEKS = 7, 8  # the same hour on the last days, the same hour of the last weeks
HARMONICS = {"hour": 3, "weekday": 2, "year": 1}

NAMES = [
    *(
        f"{cycle}_{wave}_{k}"
        for cycle, n in HARMONICS.items()
        for k in range(1, n + 1)
        for wave in ("sin", "cos")
    ),
    *(f"root_lag_{lag}" for lag in LAGS),
    *(f"root_mean_{window}" for window in WINDOWS),
    f"root_same_hour_{N_DAYS}_days",
    f"root_same_hour_{N_WEEKS}_weeks",
    f"same_hour_{N_WEEKS}_weeks",
]


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
        *(_delay(root, lag) for lag in LAGS),
        *(_mean_window(root, window) for window in WINDOWS),
        _mean_of_lags(root, DAY, N_DAYS),
        _mean_of_lags(root, WEEK, N_WEEKS),
        _mean_of_lags(counts, WEEK, N_WEEKS),
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
    waves = []
    for cycle, n_harmonics in HARMONICS.items():
        for k in range(1, n_harmonics + 1):
            angle = 2 * np.pi * k * phases[cycle]
            waves += [np.sin(angle), np.cos(angle)]
    return waves


def _delay(values: Floats, n_hours: int) -> Floats:
    delayed = np.full(len(values), np.nan)
    delayed[n_hours:] = values[: max(len(values) - n_hours, 0)]
    return delayed


def _mean_window(values: Floats, n_hours: int) -> Floats:
    """Return the mean of the known values among the ``n_hours`` before each hour."""
    known = ~np.isnan(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    sizes = np.concatenate([[0], np.cumsum(known)])
    ends = np.arange(len(values))
    starts = np.maximum(ends - n_hours, 0)
    return _divide(sums[ends] - sums[starts], sizes[ends] - sizes[starts])


def _mean_of_lags(values: Floats, step: int, n_steps: int) -> Floats:
    """Return the mean of the known values 1, 2 … ``n_steps`` steps before each hour."""
    total, n_known = np.zeros(len(values)), np.zeros(len(values))
    for k in range(1, n_steps + 1):
        earlier = _delay(values, k * step)
        total += np.nan_to_num(earlier)
        n_known += ~np.isnan(earlier)
    return _divide(total, n_known)


def _divide(total: Floats, n_known: Floats) -> Floats:
    mean: Floats = np.divide(total, n_known, out=np.full(len(total), np.nan), where=n_known > 0)
    return mean
