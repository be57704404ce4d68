"""Is a model better than its baseline? The share of the baseline's errors avoided, with an interval.

Errors of one day or week are alike, so whole blocks of time are drawn again, not rows. The interval
is the central part of 4,000 draws; for m models tried it is taken at 1 − 0.05/m (Bonferroni), so that
all m together hold with 95 %.

References: B. Efron & R. Tibshirani 1993, *An Introduction to the Bootstrap*, ch. 13 (percentiles)
and 8.6 (blocks).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.types import Array

N_DRAWS = 4000


class Avoided(NamedTuple):
    """1 − (the model's errors) / (the baseline's errors), and its interval."""

    share: float
    low: float
    high: float


def compare_errors(
    model: Array, baseline: Array, blocks: Array, *, rng: np.random.Generator, n_tried: int = 1
) -> Avoided:
    """Compare errors row by row; ``blocks (n_rows,)`` numbers the block of time of each row.

    A baseline without errors cannot be beaten: the share and its interval are then 0.
    """
    _, numbers = np.unique(blocks, return_inverse=True)
    sums = np.stack([np.bincount(numbers, weights=errors) for errors in (model, baseline)], axis=1)
    if not sums[:, 1].sum() > 0:
        return Avoided(0.0, 0.0, 0.0)
    n_blocks = len(sums)
    drawn = rng.multinomial(n_blocks, np.full(n_blocks, 1 / n_blocks), size=N_DRAWS) @ sums
    ratios = 1 - drawn[drawn[:, 1] > 0, 0] / drawn[drawn[:, 1] > 0, 1]
    tail = 0.05 / n_tried / 2
    low, high = np.quantile(ratios, [tail, 1 - tail])
    return Avoided(float(1 - sums[:, 0].sum() / sums[:, 1].sum()), float(low), float(high))
