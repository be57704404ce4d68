"""Mean and spread of columns, one row at a time, or many rows at once to the same bits.

With o the first row, the mean after n rows is o + Σ(xᵢ − o)/n, and Welford's sum of squares grows by
(xₙ − meanₙ₋₁)(xₙ − meanₙ). Both sums are added up in the order of the rows, also where many come at
once, so that a column's bits do not depend on how its rows were cut into pieces; a column that never
varied has the sum 0 exactly.

Shapes: a row (d,), many (n, d); mean and spread (d,).

References: B. P. Welford 1962, *Note on a Method for Calculating Corrected Sums of Squares and Products*; D.
E. Knuth 1998, *The Art of Computer Programming*, vol. 2, 3rd ed., sec. 4.2.2, eq. 15 and 16.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.types import Array

LARGEST = 1e140  # squares of such, summed up over any life, are still numbers


class Sums(NamedTuple):
    """All that is known of the rows so far."""

    n_rows: int
    origin: Array  # o, (n_features,)
    total: Array  # Σ (x − o)
    squares: Array  # Σ (x − mean)²


class RunningScale:
    """The mean and the standard deviation of all rows so far."""

    def __init__(self, n_features: int) -> None:
        self.sums = Sums(0, *np.zeros((3, n_features)))

    @property
    def n_rows(self) -> int:
        """How many rows were learned."""
        return self.sums.n_rows

    @property
    def mean(self) -> Array:
        """The mean of each column, 0 before the first row."""
        return _find_mean(self.sums)

    @property
    def spread(self) -> Array:
        """The standard deviation of each column (divided by n), 0 before the first row."""
        return np.sqrt(self.sums.squares / max(self.n_rows, 1))

    def copy(self) -> RunningScale:
        """Return a scale that has learned the same; each goes its own way."""
        other = RunningScale(len(self.sums.origin))
        other.sums = self.sums  # arrays that are replaced, never changed
        return other

    def learn_one(self, x: Array) -> Array:
        """Take in the row ``x (n_features,)`` and return it by the new mean and spread."""
        z, self.sums = self.include(x)
        return z

    def learn_many(self, x: Array) -> Array:
        """Take in the rows ``x (n_rows, n_features)``; return each by the mean and spread up to itself.

        The same bits as ``learn_one`` row by row.
        """
        if len(x) == 0:
            return np.empty(x.shape)
        n, origin, total, squares = self.sums if self.n_rows else self.sums._replace(origin=np.array(x[0]))
        numbers = np.arange(n, n + len(x) + 1.0)[:, None]
        totals = np.add.accumulate(np.concatenate([total[None], x - origin]))
        means = totals / np.maximum(numbers, 1)
        means += origin
        grown = (x - means[:-1]) * (x - means[1:])
        sums = np.add.accumulate(np.concatenate([squares[None], grown]))[1:]
        self.sums = Sums(n + len(x), origin, totals[-1].copy(), sums[-1].copy())
        return _standardise(x, means[1:], sums / numbers[1:])

    def standardise_one(self, x: Array) -> Array:
        """Return ``x`` by the mean and spread of all rows so far *and* of ``x``; nothing is learned.

        A column that has never varied becomes 0.
        """
        return self.include(x)[0]

    def include(self, x: Array) -> tuple[Array, Sums]:
        """Return ``x (n_features,)`` standardised with itself included, and the sums that then hold."""
        before = self.sums if self.n_rows else self.sums._replace(origin=np.array(x))
        n = before.n_rows + 1
        after = before._replace(n_rows=n, total=before.total + (x - before.origin))
        mean = _find_mean(after)
        squares = before.squares + (x - _find_mean(before)) * (x - mean)
        return _standardise(x, mean, squares / n), after._replace(squares=squares)


def _find_mean(sums: Sums) -> Array:
    mean: Array = sums.total / max(sums.n_rows, 1) + sums.origin
    return mean


def _standardise(x: Array, mean: Array, variance: Array) -> Array:
    spread = np.sqrt(variance)
    spread[spread == 0] = 1.0  # such a column is its mean in every row
    result: Array = (x - mean) / spread
    return result
