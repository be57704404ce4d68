"""How sure is a slope through time? Whole blocks of time are drawn again, and the line solved for each draw.

A line y ≈ w·t + b is known from five sums: n, Σt, Σy, Σt², Σty. With those of each block,

    w = (n Σty − Σt Σy) / (n Σt² − (Σt)²)        over the blocks of a draw

so that a draw costs as much as its blocks, however many rows they have. A block has to be as long as its rows
are alike. Of 400 series of days without a trend, with a wave of the year and a level that wanders, the
interval of blocks of a quarter held 0 in 94 to 98 % (from one and a half years on), of months in 78 to 88 %,
of weeks in 46 to 64 %; where days were independent, that of quarters in 91 to 94 %. In less than a year a
wave looks like a slope, whatever the blocks.

References: B. Efron & R. Tibshirani 1993, *An Introduction to the Bootstrap*, ch. 9 (pairs) and 8.6 (blocks).
"""

from __future__ import annotations

import numpy as np

from models.comparison import N_DRAWS
from models.errors import InputError
from models.types import Array

SURE = 0.95


def bound_slope(t: Array, y: Array, blocks: Array, *, rng: np.random.Generator) -> tuple[float, float]:
    """Return the 95 % interval of the slope of ``y (n,)`` by ``t (n,)``; ``blocks (n,)`` numbers each row's.

    Raises ``InputError`` where there are fewer than two blocks: then there is nothing to draw.
    """
    names, numbers = np.unique(blocks, return_inverse=True)
    n_blocks = len(names)
    if n_blocks < 2:
        raise InputError("All rows lie in one block", where="bound_slope", remedy="Give two or more.")
    t = t - t.mean()  # which takes nothing from a slope, and keeps the difference of products exact
    parts = (np.ones_like(t), t, y, t * t, t * y)
    sums = np.stack([np.bincount(numbers, weights=part) for part in parts], axis=1)
    drawn = rng.multinomial(n_blocks, np.full(n_blocks, 1 / n_blocks), size=N_DRAWS) @ sums
    n, t_sum, y_sum, tt, ty = drawn.T
    spread = n * tt - t_sum * t_sum
    known = spread > 0  # a draw of one day alone has no slope
    slopes = (n * ty - t_sum * y_sum)[known] / spread[known]
    low, high = np.quantile(slopes, [(1 - SURE) / 2, (1 + SURE) / 2])
    return float(low), float(high)
