"""Level and season of a count, apart: what a week holds is level × season × (1 + error).

The level follows what came by exponential smoothing with one source of error: each week's relative error
moves the level by a share of it, the gain. A gain near 0 is a steady level with chance around it, a larger
one a level that wanders; which it is, the one-step errors of all weeks say, by their likelihood. In week n
the gain is at least 1/n, so that a young level is as uncertain as a mean of few weeks.

References: R. J. Hyndman, A. B. Koehler, J. K. Ord & R. D. Snyder 2008, *Forecasting with Exponential
Smoothing: The State Space Approach*, ch. 4.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

WEEK = 7
ENOUGH_DAYS_A_WEEK = 4  # covered days before a week has a mean
N_BINS = 52  # of the season
KERNEL = np.array([1, 2, 3, 2, 1]) / 9  # weeks over which a season is smoothed
N_ROUNDS = 4  # level and season are each found with the other taken out
GAINS = np.array([0.0, 0.02, 0.04, 0.07, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5])
WARM_UP = 8  # weeks before errors count
LOWEST = 0.05  # of the mean: a level is not taken to be below


class Weeks(NamedTuple):
    """The weeks of seven days that end with the last day, oldest first; a gap is NaN, a silence zero."""

    means: Floats  # (n,) a covered day; NaN under four covered days
    shapes: Floats  # (n, 7) each day as a multiple of its week's mean; 1 where it is not covered
    season: NDArray[np.int64]  # (n,) which of the 52 parts of the year


class Levels(NamedTuple):
    """The level and the errors for each gain of ``GAINS``, and how likely each gain is."""

    likely: Floats  # (k,) sums to 1
    last: Floats  # (k,) the level after the last week
    ratios: Floats  # (k, n) what came as a multiple of what was expected; NaN in gaps and the warm-up
    n_known: int  # weeks with a mean


def count_weeks(days: Days, counts: Floats, last: np.datetime64) -> Weeks:
    """Gather covered ``days`` (datetime64[D], sorted) into the weeks that end with ``last``."""
    n = max(0, int((last - days[0]).astype(np.int64)) // WEEK + 1) if len(days) else 0
    whole = np.full(n * WEEK, np.nan)
    place = n * WEEK - 1 - (last - days).astype(np.int64)
    whole[place] = counts
    table = whole.reshape(n, WEEK)
    known = np.isfinite(table)
    enough = known.sum(axis=1) >= ENOUGH_DAYS_A_WEEK
    sums = np.where(known, table, 0.0).sum(axis=1)
    means = np.where(enough, sums / np.maximum(known.sum(axis=1), 1), np.nan)
    shapes = np.where(known & (means > 0)[:, None], table / np.where(means > 0, means, 1.0)[:, None], 1.0)
    middles = last - WEEK * np.arange(n)[::-1] - 3
    return Weeks(means, shapes, place_in_year(middles))


def place_in_year(days: Days) -> NDArray[np.int64]:
    """Return which of the 52 equal parts of the year each day lies in."""
    days = days.astype("datetime64[D]")
    of_year = (days - days.astype("datetime64[Y]")).astype(np.int64)
    return np.asarray(of_year * N_BINS // 366)


def find_season(weeks: Weeks) -> Floats:
    """Return the season (52,), mean 1: each part of the year relative to the level of its own time.

    What the years share is kept; what differs from one to the next is chance, and the season is drawn
    towards 1 by its share of the variance. Parts of the year that no week fell into are 1.
    """
    season = np.ones(N_BINS)
    if not np.isfinite(weeks.means).any():
        return season
    floor = LOWEST * float(np.nanmean(weeks.means)) + 1e-12
    for _ in range(N_ROUNDS):
        level = _average_around(weeks.means / np.maximum(season[weeks.season], LOWEST))
        by_year = _table_years(weeks, _smooth(weeks.means / np.maximum(level, floor)))
        n_each = np.isfinite(by_year).sum(axis=0)
        raw = np.where(n_each > 0, np.nansum(by_year, axis=0) / np.maximum(n_each, 1), 1.0)
        raw -= raw.mean() - 1
        season = np.maximum(1 + (raw - 1) * _find_share(by_year, raw, n_each), LOWEST)
    return season


def _table_years(weeks: Weeks, values: Floats) -> Floats:
    """Return (n_years, 52): the values by year and part of the year, NaN where there are none."""
    begins = np.concatenate([[False], np.diff(weeks.season) < 0])
    year, known = np.cumsum(begins), np.isfinite(values)
    place = (year * N_BINS + weeks.season)[known]
    n = np.bincount(place, minlength=(int(year[-1]) + 1) * N_BINS)
    sums = np.bincount(place, weights=values[known], minlength=len(n))
    return np.where(n > 0, sums / np.maximum(n, 1), np.nan).reshape(-1, N_BINS)


def _find_share(by_year: Floats, raw: Floats, n_each: NDArray[np.int64]) -> float:
    """Return which share of the season's variance the years agree on; 1 where there is only one year."""
    shared = n_each >= 2
    spread = float(np.var(raw))
    if spread <= 0 or not shared.any():
        return 1.0
    apart = np.nansum((by_year[:, shared] - np.nanmean(by_year[:, shared], axis=0)) ** 2, axis=0)
    chance = float(np.mean(apart / (n_each[shared] - 1) / n_each[shared]))
    return max(0.0, 1 - chance / spread)


def follow_level(weeks: Weeks, season: Floats) -> Levels:
    """Follow the level through all weeks with each gain; gaps leave it where it was."""
    expected = season[weeks.season]
    known = np.flatnonzero(np.isfinite(weeks.means))
    ratios = np.full((len(GAINS), len(weeks.means)), np.nan)
    if len(known) == 0:
        return Levels(np.full(len(GAINS), 1 / len(GAINS)), np.zeros(len(GAINS)), ratios, 0)
    floor = LOWEST * float(np.nanmean(weeks.means)) + 1e-12
    level = np.full(len(GAINS), weeks.means[known[0]] / expected[known[0]])
    squares, n = np.zeros(len(GAINS)), 0
    for k, t in enumerate(known):
        usual = np.maximum(level, floor) * expected[t]
        ratio = weeks.means[t] / usual
        if k >= min(WARM_UP, len(known) // 2):
            ratios[:, t] = ratio
            squares += (ratio - 1) ** 2
            n += 1
        level = np.maximum(level, floor) * (1 + np.maximum(GAINS, 1 / (k + 1)) * (ratio - 1))
    best = squares.min()
    likely = np.exp(-0.5 * n * np.log(squares / best)) if best > 0 else (squares <= 0).astype(float)
    return Levels(likely / likely.sum(), level, ratios, len(known))


def _average_around(values: Floats) -> Floats:
    """Return each week's mean over the 53 weeks around it, or those that there are."""
    reach, n = N_BINS // 2, len(values)
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(values))])
    known = np.concatenate([[0], np.cumsum(np.isfinite(values))])
    low, high = np.maximum(np.arange(n) - reach, 0), np.minimum(np.arange(n) + reach + 1, n)
    return np.asarray((sums[high] - sums[low]) / np.maximum(known[high] - known[low], 1))


def _smooth(values: Floats) -> Floats:
    """Smooth along time; gaps stay gaps and weigh nothing."""
    known = np.isfinite(values)
    sums = np.convolve(np.where(known, values, 0.0), KERNEL, mode="same")
    weights = np.convolve(known.astype(float), KERNEL, mode="same")
    return np.where(known, sums / np.maximum(weights, 1e-12), np.nan)
