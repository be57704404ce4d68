"""How sure a number is: days are drawn again with replacement, 1,000 times, and it is computed each time.

Days, not single activities, are drawn, because activities of one day come together.
Efron and Tibshirani, An Introduction to the Bootstrap, 1993.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.wording import say_share

Floats = NDArray[np.float64]

N_RESAMPLES = 1000
CLEAR, LIKELY = 0.99, 0.975  # chance of being the highest that lets a headline say so, or "most likely"


def draw_weights(n_days: int, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> Floats:
    """Return (n_resamples, n_days): how often each day was drawn."""
    if n_days == 0:
        return np.zeros((n_resamples, 0))
    drawn = rng.integers(0, n_days, size=(n_resamples, n_days)) + n_days * np.arange(n_resamples)[:, None]
    return (
        np.bincount(drawn.ravel(), minlength=n_resamples * n_days).reshape(n_resamples, n_days).astype(float)
    )


def resample_rates(
    totals: NDArray[np.int64], groups: NDArray[np.int64], n_groups: int, weights: Floats
) -> Floats:
    """Return (n_resamples, n_groups): the mean of ``totals`` over a group's days, NaN for one not drawn."""
    members = np.zeros((len(groups), n_groups))
    members[np.arange(len(groups)), groups] = 1.0
    sums = weights @ (members * totals[:, None])
    with np.errstate(invalid="ignore"):
        return np.asarray(sums / (weights @ members))


def find_interval(resamples: Floats, level: float = 0.95) -> tuple[float, float]:
    """Return the central interval; NaN where less than 95 in 100 resamples gave a number."""
    known = resamples[np.isfinite(resamples)]
    if len(known) < 0.95 * max(len(resamples), 1) or len(known) == 0:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def say_chance(chance: float) -> str:
    """Write the share of resamples in which something held: 'in every resample', 'in 97 % of resamples'."""
    if chance == 1:
        return "in every resample"
    return f"in {'over 99' if chance > 0.99 else say_share(chance)}\u00a0% of resamples"


class Top(NamedTuple):
    """Which of several rates is the highest, and in what share of the resamples it is so."""

    place: int
    chance: float


def find_top(rates: Floats, resamples: Floats) -> Top:
    """Return the highest of ``rates`` (k,) and how often it is the highest of ``resamples`` (n, k)."""
    place = int(np.nanargmax(rates))
    highest = np.argmax(np.nan_to_num(resamples, nan=-1.0), axis=1)
    return Top(place, float(np.mean(highest == place)))
