"""Is a model better than its baseline? The share of the baseline's errors avoided, with an interval.

Errors of one day or week are alike, so whole blocks of time are drawn again, not rows. The interval
is the central part of 4,000 draws; for m models tried it is taken at 1 − 0.05/m (Bonferroni), so that
all m together hold with 95 %.

A handful of blocks has few different draws, and an interval of them is far too narrow. For these it is taken
from how the blocks differ, with Student's t. With mᵢ and bᵢ the sums of the two errors in block i, r = Σm/Σb
and dᵢ = mᵢ − r·bᵢ, whose sum is 0,

    ln r ± t · √(n/(n − 1) Σ dᵢ²) / Σ mᵢ

The logarithm treats both alike: changing them about changes its sign alone. (Around r itself, two guesses of
equal skill were called different about twice as often as t says; so, as often.)

References: B. Efron & R. Tibshirani 1993, *An Introduction to the Bootstrap*, ch. 13 (percentiles) and 8.6
(blocks); W. G. Cochran 1977, *Sampling Techniques*, 3rd ed., eq. 6.13 (the error of a ratio).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from models.errors import InputError
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
    sums = _sum_blocks(model, baseline, blocks)
    if not sums[:, 1].sum() > 0:
        return Avoided(0.0, 0.0, 0.0)
    n_blocks = len(sums)
    drawn = rng.multinomial(n_blocks, np.full(n_blocks, 1 / n_blocks), size=N_DRAWS) @ sums
    ratios = 1 - drawn[drawn[:, 1] > 0, 0] / drawn[drawn[:, 1] > 0, 1]
    tail = 0.05 / n_tried / 2
    low, high = np.quantile(ratios, [tail, 1 - tail])
    return Avoided(float(1 - sums[:, 0].sum() / sums[:, 1].sum()), float(low), float(high))


def compare_few_blocks(model: Array, baseline: Array, blocks: Array, *, n_tried: int = 1) -> Avoided:
    """Compare errors row by row where there are few ``blocks``, by how these differ; two at least."""
    sums = _sum_blocks(model, baseline, blocks)
    n_blocks, (errors, other) = len(sums), sums.sum(axis=0)
    if n_blocks < 2:
        raise InputError("All rows lie in one block", where="compare_few_blocks", remedy="Give two or more.")
    if not other > 0:
        return Avoided(0.0, 0.0, 0.0)
    ratio = errors / other
    if ratio == 0:
        return Avoided(1.0, 1.0, 1.0)
    differences = sums[:, 0] - ratio * sums[:, 1]  # d
    error = np.sqrt(n_blocks / (n_blocks - 1) * (differences**2).sum()) / errors
    reach = stdtrit(n_blocks - 1, 1 - 0.05 / n_tried / 2) * error
    with np.errstate(over="ignore"):
        return Avoided(*(float(1 - ratio * np.exp(power)) for power in (0.0, reach, -reach)))


def _sum_blocks(model: Array, baseline: Array, blocks: Array) -> Array:
    """Return both sums of each block, (n_blocks, 2)."""
    _, numbers = np.unique(blocks, return_inverse=True)
    return np.stack([np.bincount(numbers, weights=errors) for errors in (model, baseline)], axis=1)
