"""Which year is the busiest, two years compared only by the fortnights of the calendar that both cover.

A year of which the archive holds only some months would else be judged by its seasons. The same
fortnights are drawn again for both, so that neither a season nor a busy fortnight makes a busy year.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

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
    weights = draw_fortnights(rng)
    for best, year in enumerate(years):
        others = [k for k in range(len(years)) if k != best]
        if not all(_share_enough(rates[best], rates[k]) for k in others):
            continue
        logs = np.array([_compare(rates[best], rates[k], np.ones((1, N_FORTNIGHTS)))[0] for k in others])
        if (logs <= 0).any():
            continue
        drawn = np.column_stack([_resample(rates[best], rates[k], weights) for k in others])
        nearest = int(np.argmin(logs))
        low, high = find_interval(np.exp(drawn[:, nearest]))
        chance = float(np.mean((drawn > 0).all(axis=1)))
        return Lead(year, chance, years[others[nearest]], float(np.exp(logs[nearest])), low, high)
    return None


def draw_fortnights(rng: np.random.Generator) -> Floats:
    """Return (n_resamples, 26): how often each fortnight was drawn, two that follow each other at a time."""
    n_pairs = N_FORTNIGHTS // TOGETHER
    firsts = rng.multinomial(n_pairs, np.full(N_FORTNIGHTS, 1 / N_FORTNIGHTS), N_RESAMPLES)
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


def _share_enough(first: Floats, second: Floats) -> bool:
    return int(np.isfinite(first + second).sum()) >= ENOUGH_FORTNIGHTS


def _compare(first: Floats, second: Floats, weights: Floats) -> Floats:
    """Return (n,): the logarithm of the first year's mean over the second's, over their common fortnights."""
    common = np.isfinite(first + second)
    sums = [weights[:, common] @ year[common] for year in (first, second)]
    return np.asarray(np.log(sums[0] + TINY) - np.log(sums[1] + TINY))


def _resample(first: Floats, second: Floats, weights: Floats) -> Floats:
    found = _compare(first, second, np.ones((1, N_FORTNIGHTS)))[0]
    return widen(_compare(first, second, weights), found, np.isfinite(first + second).sum() / TOGETHER)
