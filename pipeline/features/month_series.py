"""The months one after another: what each held, how much of it is covered, and what was known before it.

A month's rate is what it held on its covered days, divided by these; with fewer than ten of them it has
none, as in the pattern of the months. A row is made of the month's own calendar and of rates before it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.features.arrays import Column, Dates, Floats, Ints, list_names
from pipeline.features.lags import average_window, delay
from pipeline.features.waves import make_waves, name_waves
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.months import ENOUGH_DAYS_A_MONTH
from pipeline.patterns.subject import Subject

YEAR = 12
HARMONICS = 2

COLUMNS = (
    Column(name_waves("year", HARMONICS), "The month on the circle of the year, and its overtone."),
    Column(("n_days",), "Days in the month."),
    Column(
        ("n_workdays",), "Days in the month that are neither of the weekend nor free days of the settings."
    ),
    Column(("root_lag_1",), "The square root of the rate, a covered day, of the month before."),
    Column(
        ("root_mean_12",), "The mean square root of the rates of the twelve months before, as far as known."
    ),
    Column(
        ("root_lag_12",),
        "The square root of the rate of this month a year before; where it is unknown, the mean of the "
        "twelve months before.",
    ),
)
NAMES = list_names(COLUMNS)


class MonthSeries(NamedTuple):
    """Every month from that of the first covered day to that of the last."""

    months: Dates  # (n,) datetime64[M]
    counts: Ints  # (n,) on covered days
    n_days: Ints  # (n,) in the calendar
    n_covered: Ints  # (n,) of them; a month is whole where both are the same
    per_day: Floats  # (n,) counts a covered day, NaN under ten of them
    x: Floats  # (n, len(NAMES)) NaN in a row that misses something


def make_month_series(subject: Subject) -> MonthSeries:
    """Return all months between the first and the last covered day, with their features."""
    table = count_covered_days(subject)
    of_day = table.days.astype("datetime64[M]")
    first = of_day[:1].astype(np.int64)
    place = of_day.astype(np.int64) - first
    n = int(place[-1]) + 1 if len(place) else 0
    months = (np.arange(n) + first).astype("datetime64[M]") if n else of_day
    counts = np.bincount(place, weights=table.totals, minlength=n).astype(np.int64)
    n_covered = np.bincount(place, minlength=n).astype(np.int64)
    enough = n_covered >= ENOUGH_DAYS_A_MONTH
    per_day = np.divide(counts, n_covered, out=np.full(n, np.nan), where=enough)
    return MonthSeries(
        months, counts, count_days_in(months), n_covered, per_day, make_features(months, per_day, subject)
    )


def make_features(months: Dates, per_day: Floats, subject: Subject) -> Floats:
    """Return a row of features for each month; ``per_day (n,)`` is regular in time, NaN where unknown.

    Months to come may stand at the end, unknown: their calendar is known.
    """
    root = np.sqrt(per_day)
    usual, year_before = average_window(root, YEAR), delay(root, YEAR)
    columns = [
        *make_waves(months.astype(np.int64) % YEAR / YEAR, HARMONICS),
        count_days_in(months).astype(float),
        count_workdays_in(months, subject).astype(float),
        delay(root, 1),
        usual,
        np.where(np.isnan(year_before), usual, year_before),
    ]
    x = np.stack(columns, axis=1)
    x[np.isnan(x).any(axis=1)] = np.nan
    return x


def count_days_in(months: Dates) -> Ints:
    """Return how many days each month (datetime64[M]) has."""
    first, end = (span.astype("datetime64[D]").astype(np.int64) for span in (months, months + 1))
    return np.asarray(end - first)


def count_workdays_in(months: Dates, subject: Subject) -> Ints:
    """Return how many days of each month are neither of the weekend nor free days of the settings."""
    starts, ends = (span.astype("datetime64[D]").astype(np.int64) for span in (months, months + 1))
    days = np.arange(starts[0], ends[-1]) if len(months) else np.zeros(0, np.int64)
    n_before = np.concatenate([[0], np.cumsum(~subject.is_free(days.astype("datetime64[D]")))])
    first = starts[0] if len(months) else 0
    return np.asarray(n_before[ends - first] - n_before[starts - first], np.int64)
