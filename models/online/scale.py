"""Mean and spread of columns, one row at a time.

References: B. P. Welford 1962, *Note on a Method for Calculating Corrected Sums of Squares and Products*.
"""

from __future__ import annotations

import numpy as np

from models.types import Array


class RunningScale:
    """The mean and the standard deviation of all rows so far."""

    def __init__(self, n_features: int) -> None:
        self.n_rows = 0
        self.mean = np.zeros(n_features)
        self.squares = np.zeros(n_features)  # Σ (x − mean)²

    def learn_one(self, x: Array) -> Array:
        """Take in the row ``x (n_features,)`` and return it by the new mean and spread."""
        self.n_rows, self.mean, self.squares = self._include(x)
        return _standardise(x, self.n_rows, self.mean, self.squares)

    def standardise_one(self, x: Array) -> Array:
        """Return ``x`` by the mean and spread of all rows so far *and* of ``x``; nothing is learned.

        A column that has never varied becomes 0.
        """
        return _standardise(x, *self._include(x))

    def _include(self, x: Array) -> tuple[int, Array, Array]:
        n_rows = self.n_rows + 1
        mean = self.mean + (x - self.mean) / n_rows
        return n_rows, mean, self.squares + (x - self.mean) * (x - mean)


def _standardise(x: Array, n_rows: int, mean: Array, squares: Array) -> Array:
    spread = np.sqrt(squares / n_rows)
    result: Array = (x - mean) / np.where(spread > 0, spread, 1.0)
    return result
