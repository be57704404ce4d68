"""Linear regression, one row at a time, exact: recursive least squares with forgetting and ridge.

After n rows the weights are the minimum of

    Σᵢ λⁿ⁻ⁱ (yᵢ − w·zᵢ)² + ρ·|w|²        z = (1, standardised x), λ = forgetting, ρ = ridge

which asks for (ρI + Σᵢ λⁿ⁻ⁱ zᵢzᵢᵀ) w = Σᵢ λⁿ⁻ⁱ zᵢyᵢ. Both sums are kept, forgotten a little and added
to, and each prediction solves for w. The inverse matrix is not carried along as in the textbook's form
(``recursive.py`` has it, several times as fast): there rounding adds up, with forgetting the ridge fades
where a feature stands still (wind-up), and a block of rows has other last bits than its rows one by one.
Here a learner that was stopped and went on is the same file, to the byte.
A row's memory halves in log ½ / log λ rows.

References: S. Haykin 2014, *Adaptive Filter Theory*, 5th ed., ch. 10 (exponentially weighted RLS).
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from models.online.learner import OnlineRegressor
from models.types import Array

BLOCK_ROWS = 64  # solved in one call: 64 matrices of 30 × 30 are 460 kB


class OnlineLinear(OnlineRegressor):
    """A linear regressor that predicts a row first and learns it then, to the same bits in any pieces.

    Parameters
    ----------
    n_features : columns of a row.
    forgetting : λ, in (0, 1]; 1 forgets nothing.
    ridge : ρ > 0, on the standardised columns and on the constant.
    standardise : by the running mean and spread of the rows (each row's own included: a row is known
        before its target); without it, rows are taken as they are.
    """

    SETTINGS: ClassVar = ("n_features", "forgetting", "ridge", "standardise")
    STATE: ClassVar = ("gram", "moment")

    def __init__(
        self, n_features: int, *, forgetting: float = 1.0, ridge: float = 1.0, standardise: bool = True
    ) -> None:
        super().__init__(n_features, standardise)
        if not 0 < forgetting <= 1 or not 0 < ridge < math.inf:
            raise self._refuse(
                f"forgetting is {forgetting} and ridge is {ridge}",
                "forgetting lies in (0, 1], ridge above 0.",
            )
        self.forgetting, self.ridge = forgetting, ridge
        self.gram = ridge * np.eye(n_features + 1)  # ρI + Σ λⁿ⁻ⁱ z zᵀ
        self.moment = np.zeros(n_features + 1)  # Σ λⁿ⁻ⁱ z y

    @property
    def weights(self) -> Array:
        """The constant, then a weight for each standardised column."""
        return self._solve(self.gram, self.moment)

    def _solve(self, gram: Array, moment: Array) -> Array:
        try:
            return np.linalg.solve(gram, moment)
        except np.linalg.LinAlgError as error:
            raise self._refuse(
                "Beside these rows the ridge is nothing", "Raise it, or standardise the rows."
            ) from error

    def _predict(self, z: Array) -> float:
        return float(z @ self.weights)

    def _learn(self, z: Array, y: float) -> None:
        self.gram *= self.forgetting
        self.gram += z[:, None] * z
        self.gram.flat[:: self.n_features + 2] += (1 - self.forgetting) * self.ridge  # the diagonal
        self.moment *= self.forgetting
        self.moment += z * y

    def _learn_chunk(self, z: Array, y: Array) -> Array:
        """Keep what each row is predicted with while the rows are learned, then solve for all at once."""
        size = self.n_features + 1
        grams, moments = np.empty((BLOCK_ROWS, size, size)), np.empty((BLOCK_ROWS, size, 1))
        predictions = np.empty(len(z))
        for start in range(0, len(z), BLOCK_ROWS):
            rows = z[start : start + BLOCK_ROWS]
            for k, row in enumerate(rows):
                grams[k], moments[k, :, 0] = self.gram, self.moment
                self._learn(row, y[start + k])
            weights = self._solve(grams[: len(rows)], moments[: len(rows)])[:, :, 0]
            for k, row in enumerate(rows):
                predictions[start + k] = row @ weights[k]
        return predictions
