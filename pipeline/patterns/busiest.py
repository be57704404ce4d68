"""Which year is the busiest, two years compared only by the fortnights of the calendar that both cover.

A year of which the archive holds only some months would else be judged by its seasons. The same
fortnights are drawn again for both, so that neither a season nor a busy fortnight makes a busy year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import N_RESAMPLES, Floats, find_interval, widen
from pipeline.patterns.days import DayTable

FORTNIGHT, N_FORTNIGHTS = 14, 26  # the last one holds the year's last day or two as well
TOGETHER = 2  # fortnights are drawn in pairs: one busy fortnight comes with a busy next one
ENOUGH_DAYS_A_FORTNIGHT = 10
ENOUGH_FORTNIGHTS = 4  # that two years share, before they are compared
TINY = 1e-9


class Lead(NamedTuple):
    """The year that exceeds every other, and the one that comes nearest to it."""

    year: int
    chance: float  # share of resamples in which it exceeds every other
    next_year: int
    ratio: float  # its rate over the next year's, over the fortnights that both cover
    low: float
    high: float


def find_lead(days: DayTable, years: list[int], rng: np.random.Generator) -> Lead | None:
    """Return the busiest of at least two years.

    ``None`` where no year exceeds all others, or where the one that would shares less than four
    fortnights with some other year.
    """
    rates = rate_fortnights(days, years)
    for best, year in enumerate(years):
        others = [k for k in range(len(years)) if k != best]
        if any(len(_find_common(rates[best], rates[k])) < ENOUGH_FORTNIGHTS for k in others):
            continue
        compared = [_compare(rates[best], rates[k], rng) for k in others]
        logs = np.array([found for found, _ in compared])
        if (logs <= 0).any():
            continue
        drawn = np.column_stack([resamples for _, resamples in compared])
        nearest = int(np.argmin(logs))
        low, high = find_interval(np.exp(drawn[:, nearest]))
        chance = float(np.mean((drawn > 0).all(axis=1)))
        return Lead(year, chance, years[others[nearest]], float(np.exp(logs[nearest])), low, high)
    return None


def draw_fortnights(n: int, rng: np.random.Generator) -> Floats:
    """Return (n_resamples, n): how often each of n fortnights was drawn, two in a row at a time."""
    firsts = rng.multinomial(-(-n // TOGETHER), np.full(n, 1 / n), N_RESAMPLES)
    return np.asarray(firsts + np.roll(firsts, 1, axis=1), dtype=float)


def rate_fortnights(days: DayTable, years: list[int]) -> Floats:
    """Return (n_years, 26): the rate a covered day, NaN under ten covered days of a fortnight."""
    opening = (days.year - 1970).astype("datetime64[Y]").astype("datetime64[D]")
    fortnight = np.minimum((days.days - opening).astype(np.int64) // FORTNIGHT, N_FORTNIGHTS - 1)
    cell = np.searchsorted(years, days.year) * N_FORTNIGHTS + fortnight
    n_cells = len(years) * N_FORTNIGHTS
    n_days = np.bincount(cell, minlength=n_cells)
    sums = np.bincount(cell, weights=days.totals, minlength=n_cells)
    rates = np.where(n_days >= ENOUGH_DAYS_A_FORTNIGHT, sums / np.maximum(n_days, 1), np.nan)
    return rates.reshape(len(years), N_FORTNIGHTS)


def _find_common(first: Floats, second: Floats) -> NDArray[np.int64]:
    return np.flatnonzero(np.isfinite(first + second))


def _compare(first: Floats, second: Floats, rng: np.random.Generator) -> tuple[float, Floats]:
    """Return the log of one year's mean over another's in common fortnights: as found, and as drawn (n,)."""
    common = _find_common(first, second)
    weights = np.concatenate([np.ones((1, len(common))), draw_fortnights(len(common), rng)])
    sums = [weights @ year[common] + TINY for year in (first, second)]
    logs = np.log(sums[0]) - np.log(sums[1])
    return float(logs[0]), widen(logs[1:], float(logs[0]), len(common) / TOGETHER)
