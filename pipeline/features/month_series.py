"""The months one after another: what each held, on how many covered days, and its rate a covered day.

A month's rate is what it held on its covered days, divided by these; with fewer than ten of them it has
none, as in the pattern of the months. Months have no columns: a forecast draws whole months from past ones.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.features.arrays import Dates, Floats, Ints
from pipeline.patterns.months import ENOUGH_DAYS_A_MONTH


class MonthSeries(NamedTuple):
    """Every month from that of the first covered day to that of the last."""

    months: Dates  # (n,) datetime64[M]
    counts: Floats  # (n,) on covered days
    n_covered: Ints  # (n,) days
    per_day: Floats  # (n,) counts a covered day, NaN under ten of them


def make_month_series(days: Dates, counts: Floats) -> MonthSeries:
    """Count by month; ``days`` (n,) are the covered days (datetime64[D]), sorted, with a count each."""
    of_day = days.astype("datetime64[M]")
    first = of_day[:1].astype(np.int64)
    place = of_day.astype(np.int64) - first
    n = int(place[-1]) + 1 if len(place) else 0
    months = (np.arange(n) + first).astype("datetime64[M]") if n else of_day
    totals = np.bincount(place, weights=counts, minlength=n).astype(np.float64)
    n_covered = np.bincount(place, minlength=n).astype(np.int64)
    enough = n_covered >= ENOUGH_DAYS_A_MONTH
    per_day = np.divide(totals, n_covered, out=np.full(n, np.nan), where=enough)
    return MonthSeries(months, totals, n_covered, per_day)
