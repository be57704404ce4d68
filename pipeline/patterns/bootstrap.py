"""How sure a number is: stretches of days are drawn again, and it is computed each of 1,000 times.

Stretches of 14 days, not single ones, because a busy week comes with a busy next one: days drawn singly
make every interval too narrow. Blocks overlap (Künsch 1989, The Jackknife and the Bootstrap for General
Stationary Observations) and run on from the end to the start (Politis and Romano 1992, A Circular
Block-Resampling Procedure for Stationary Data), so that every day is as likely as any other; two whole
weeks keep the weekdays in balance. Where blocks are few, what was drawn is widened as Student’s t is.
"""

from __future__ import annotations

from math import sqrt
from statistics import NormalDist
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.wording import say_share

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

N_RESAMPLES = 1000
CLEAR, LIKELY = 0.99, 0.975  # chance of being the highest that lets a headline say so, or "most likely"
BLOCK_DAYS = (14, 7)  # the longer one of which the archive holds six; else single days
ENOUGH_BLOCKS = 6
HOW_DRAWN = (
    "stretches of two weeks (shorter ones where there are less than twelve weeks) are drawn again, with "
    "replacement, 1,000 times"
)


def choose_block_days(n_days: int) -> int:
    """Return how many days are drawn together: 14, under twelve weeks 7, under six weeks 1."""
    return next((length for length in BLOCK_DAYS if n_days >= ENOUGH_BLOCKS * length), 1)


def draw_weights(days: Days, rng: np.random.Generator, n_resamples: int = N_RESAMPLES) -> Floats:
    """Return (n_resamples, n_days): how often each day was drawn; ``days`` (datetime64[D]) are sorted.

    Blocks are of the calendar: days that are missing between others keep their place and draw nothing.
    """
    if len(days) == 0:
        return np.zeros((n_resamples, 0))
    length = choose_block_days(len(days))
    place = (days - days[0]).astype(np.int64)
    if length == 1:
        place = np.arange(len(days))
    n_blocks = -(-(int(place[-1]) + 1) // length)
    n_places = n_blocks * length  # whole weeks, so that the end joins the start on the right weekday
    starts = (
        rng.integers(0, n_places, size=(n_resamples, n_blocks)) + n_places * np.arange(n_resamples)[:, None]
    )
    begun = np.bincount(starts.ravel(), minlength=n_resamples * n_places).reshape(n_resamples, n_places)
    sums = np.cumsum(np.concatenate([begun[:, n_places - length :], begun], axis=1), axis=1)
    return np.asarray((sums[:, length:] - sums[:, :-length])[:, place], dtype=float)


def widen(drawn: Floats, value: Floats | float, n_blocks: float) -> Floats:
    """Move what was drawn away from ``value`` by as much as Student’s t exceeds the normal distribution.

    Drawn from n blocks, the variance is also (n − 1)/n of what it should be. The quantile of t is by
    the expansion of Cornish and Fisher, within 1 % of it from six blocks on.
    """
    n = max(n_blocks, 3.0)
    z, free = NormalDist().inv_cdf(0.975), n - 1
    t = z + (z**3 + z) / (4 * free) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * free**2)
    return np.asarray(value + (drawn - value) * (t / z * sqrt(n / free)))


def count_blocks(n_days: int) -> float:
    """Return how many blocks so many days hold."""
    return n_days / choose_block_days(n_days)


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
    """Which of several rates is the highest, and in what share of the resamples that hold it it is so."""

    place: int
    chance: float


def find_top(rates: Floats, resamples: Floats) -> Top:
    """Return the highest of ``rates`` (k,) and how often it is the highest of ``resamples`` (n, k).

    Resamples in which none of its days was drawn say nothing of it and are left out.
    """
    place = int(np.nanargmax(rates))
    held = resamples[np.isfinite(resamples[:, place])]
    highest = np.argmax(np.nan_to_num(held, nan=-1.0), axis=1)
    return Top(place, float(np.mean(highest == place)) if len(held) else 0.0)
