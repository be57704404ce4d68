"""Where a row of counts changes its rate: the best split for a penalty, found exactly and fast.

The cost of a stretch is minus twice the largest log likelihood of a Poisson process of one rate, without
the terms that no split changes: −2 S ln(S / n) for S counts on n days.

Reference: Killick, Fearnhead and Eckley 2012, Optimal Detection of Changepoints with a Linear
Computational Cost, Journal of the American Statistical Association 107: equations 1 (the penalised
cost), 3 (optimal partitioning) and Theorem 3.1 (what can be pruned; K = 0 for a likelihood).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Numbers = NDArray[Any]


def find_changes(counts: Numbers, penalty: float, shortest: int, step: int = 1) -> NDArray[np.int64]:
    """Return the first places of all stretches but the first: (k,), ascending, multiples of ``step``.

    ``counts`` (n,) are not negative; ``penalty`` is what each change costs; every stretch has at least
    ``shortest`` places. The sum of costs and penalties is the smallest there is.
    """
    n = len(counts)
    if n < 2 * shortest:
        return np.zeros(0, dtype=np.int64)
    sums = np.append(0.0, np.cumsum(counts, dtype=float))
    places = np.arange(0, n, step)
    places = places[(places == 0) | (places >= shortest)]
    best = np.full(n + 1, np.inf)  # the smallest cost of the first t places, and the penalties
    best[0] = -penalty
    before = np.zeros(n + 1, dtype=np.int64)  # where the last stretch of that split begins
    starts, ends = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    n_known = 0
    for t in [*places[1:].tolist(), n]:
        n_new = int(np.searchsorted(places, t - shortest, side="right"))
        kept = ends > t
        starts = np.append(starts[kept], places[n_known:n_new])
        ends = np.append(ends[kept], np.full(n_new - n_known, n + 1))
        n_known = n_new
        costs = best[starts] + cost_of(sums[t] - sums[starts], t - starts)
        least = int(np.argmin(costs))
        best[t], before[t] = costs[least] + penalty, starts[least]
        # What already costs more than a change here can never win again, once a stretch fits between.
        ends[costs > best[t]] = np.minimum(ends[costs > best[t]], t + shortest)
    changes: list[int] = []
    at = int(before[n])
    while at > 0:
        changes.append(at)
        at = int(before[at])
    return np.array(changes[::-1], dtype=np.int64)


def cost_of(sums: Numbers, lengths: Numbers) -> Floats:
    """Return −2 S ln(S / n), 0 where S is 0; shapes as NumPy makes them one."""
    sums = np.asarray(sums, dtype=float)
    ratio = np.maximum(sums, 1e-300) / lengths
    return np.asarray(-2.0 * sums * np.log(ratio))


def measure_gains(counts: Numbers, shortest: int, step: int = 1) -> Floats:
    """Return how much one change lowers the cost of ``counts`` (…, n): (…, k), at every ``step``-th place.

    The places run from ``shortest`` to n − ``shortest``.
    """
    n = counts.shape[-1]
    places = np.arange(shortest, n - shortest + 1, step)
    sums = np.cumsum(counts, axis=-1, dtype=float)
    whole, first = sums[..., -1:], sums[..., places - 1]
    split = cost_of(first, places) + cost_of(np.maximum(whole - first, 0.0), n - places)
    return np.asarray(cost_of(whole, np.array([n])) - split)
