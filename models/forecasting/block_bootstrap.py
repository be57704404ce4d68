"""A seasonal series drawn on: its own past, in blocks, each from its place in the period.

With yₜ the series, Lₜ the mean of the period before t and p the place of t in the period,

    rₜ = yₜ / Lₜ        sₚ = mean of rₜ at p        eₜ = rₜ − sₚ        y* = L*·max(sₚ + e*, 0)

where L* is the mean of the last period of the path itself, so that a level that came lower goes on lower, and
e* comes in blocks of neighbours from around the same place of some earlier period, so that what goes together
stays together. Residuals around a mean of n periods are too small by √((n − 1)/n), and that mean is uncertain
by 1/√n: errors are widened by √((n + 1)/(n − 1)) for both.

Shapes: a series (n,) → draws (n_draws, n_ahead).

References: H. R. Künsch 1989, *The Jackknife and the Bootstrap for General Stationary Observations*, Ann.
Stat. 17 (blocks); A. E. Dudek, J. Leśkow, E. Paparoditis & D. N. Politis 2014, *A generalized block bootstrap
for seasonal time series*, J. Time Ser. Anal. 35 (blocks that keep their place).
"""

from __future__ import annotations

import numpy as np

from models.errors import InputError
from models.forecasting.monte_carlo import N_DRAWS
from models.types import Array

YEAR = 12
BLOCK = 3
REACH = 1  # a block may begin so many places beside its own
HELD = 0.75  # of a period must be known before it has a level
LEAST = 1e-9


def draw_seasons(
    series: Array,
    n_ahead: int,
    *,
    rng: np.random.Generator,
    n_draws: int = N_DRAWS,
    period: int = YEAR,
    block: int = BLOCK,
) -> Array:
    """Draw ``(n_draws, n_ahead)`` values that follow ``series (n,)``, NaN where nothing was observed.

    Where no whole block lies near a place, one from anywhere in the period is drawn. Raises ``InputError``
    where a place to come was not seen in two periods with a level, or no block is whole.
    """
    series = _check_series(series)
    ratios = series / _measure_levels(series, period)
    place = np.arange(len(series) + n_ahead) % period
    known, n_known = np.isfinite(ratios), len(series)
    n_seen = np.bincount(place[:n_known][known], minlength=period)
    if not n_known or n_seen[place[n_known:]].min(initial=2) < 2:
        raise _refuse("Some of what is to come was not seen in two periods with one before")
    if not np.isfinite(_measure_levels(np.append(series, 0.0), period)[-1]):
        raise _refuse("The last period is mostly unknown, or empty")
    season = np.bincount(place[:n_known][known], ratios[known], minlength=period) / np.maximum(n_seen, 1)
    errors = (ratios - season[place[:n_known]]) * np.sqrt((n_seen + 1) / np.maximum(n_seen - 1, 1))[
        place[:n_known]
    ]
    errors[n_seen[place[:n_known]] < 2] = np.nan  # its own mean: no error can be told
    paths = np.concatenate([np.tile(series[-period:], (n_draws, 1)), np.empty((n_draws, n_ahead))], axis=1)
    for start in range(0, n_ahead, block):
        length = min(block, n_ahead - start)
        firsts = _list_blocks(np.isfinite(errors), n_known + start, length, period)
        chosen = errors[rng.choice(firsts, size=n_draws)[:, None] + np.arange(length)]
        for k in range(length):
            now = start + k
            level = np.nanmean(paths[:, now : now + period], axis=1)
            paths[:, period + now] = level * np.maximum(season[place[n_known + now]] + chosen[:, k], 0.0)
    return paths[:, period:]


def draw_same_places(
    series: Array, n_ahead: int, *, rng: np.random.Generator, n_draws: int = N_DRAWS, period: int = YEAR
) -> Array:
    """Draw each of ``n_ahead`` values from those that ``series`` held at its place: Octobers from Octobers.

    The plainest seasonal bootstrap: no level, and every value by itself. Raises ``InputError`` where a place
    was never seen.
    """
    series = _check_series(series)
    drawn = np.empty((n_draws, n_ahead))
    for k in range(n_ahead):
        own = series[(len(series) + k) % period :: period]
        own = own[np.isfinite(own)]
        if len(own) == 0:
            raise _refuse("Some of what is to come was never seen")
        drawn[:, k] = rng.choice(own, size=n_draws)
    return drawn


def _check_series(series: Array) -> Array:
    series = np.asarray(series, np.float64)
    if series.ndim != 1 or np.isinf(series).any():
        raise InputError(
            "The series is not a row of numbers",
            where="forecasting",
            remedy="Give finite ones, and NaN where nothing was observed.",
        )
    return series


def _measure_levels(series: Array, period: int) -> Array:
    """Return the mean of the period before each place; NaN where too little of it is known."""
    known = np.concatenate([[0.0], np.cumsum(np.isfinite(series))])
    sums = np.concatenate([[0.0], np.cumsum(np.nan_to_num(series))])
    levels = np.full(len(series), np.nan)
    n_known = known[period:-1] - known[: -period - 1]
    total = sums[period:-1] - sums[: -period - 1]
    enough = (n_known >= HELD * period) & (total > LEAST)
    levels[period:] = np.where(enough, total / np.maximum(n_known, 1), np.nan)
    return levels


def _list_blocks(known: Array, first: int, length: int, period: int) -> Array:
    """Return where a block for the place ``first`` may begin: near its place, in any period before, whole."""
    starts = np.arange(max(len(known) - length + 1, 0))
    whole = starts[[known[t : t + length].all() for t in starts]]
    if len(whole) == 0:
        raise _refuse("No stretch of the past is whole")
    apart = np.abs((whole - first + period // 2) % period - period // 2)
    near = whole[apart <= REACH]
    return near if len(near) else whole


def _refuse(what: str) -> InputError:
    return InputError(what, where="forecasting", remedy="Give more years of it.")
