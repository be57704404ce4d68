"""Linear regression, one row at a time, exact: recursive least squares with forgetting and ridge.

After n rows the weights are the minimum of

    Σᵢ λⁿ⁻ⁱ (yᵢ − w·zᵢ)² + ρ·|w|²        z = (1, standardised x), λ = forgetting, ρ = ridge

which asks for (ρI + Σᵢ λⁿ⁻ⁱ zᵢzᵢᵀ) w = Σᵢ λⁿ⁻ⁱ zᵢyᵢ. Both sums are kept, forgotten a little and added
to, and each prediction solves for w. The inverse matrix is not carried along as in the textbook's form:
there rounding adds up, and with forgetting the ridge fades where a feature stands still (wind-up).
A row's memory halves in log ½ / log λ rows.

References: S. Haykin 2014, *Adaptive Filter Theory*, 5th ed., ch. 10 (exponentially weighted RLS).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from models.errors import InputError, SavedModelError
from models.online.scale import RunningScale
from models.types import Array

BLOCK_ROWS = 64  # solved in one call: 64 matrices of 30 × 30 are 460 kB
ONE = np.ones(1)


class OnlineLinear:
    """A linear regressor that predicts a row first and learns it then.

    Parameters
    ----------
    n_features : columns of a row.
    forgetting : λ, in (0, 1]; 1 forgets nothing.
    ridge : ρ > 0, on the standardised columns and on the constant.
    standardise : by the running mean and spread of the rows (each row's own included: a row is known
        before its target); without it, rows are taken as they are.
    """

    def __init__(
        self, n_features: int, *, forgetting: float = 1.0, ridge: float = 1.0, standardise: bool = True
    ) -> None:
        if not 0 < forgetting <= 1 or not ridge > 0:
            raise InputError(
                f"forgetting is {forgetting} and ridge is {ridge}",
                where="OnlineLinear",
                remedy="forgetting lies in (0, 1], ridge above 0.",
            )
        self.n_features, self.forgetting, self.ridge = n_features, forgetting, ridge
        self.standardise = standardise
        self.scale = RunningScale(n_features)
        self.gram = ridge * np.eye(n_features + 1)  # ρI + Σ λⁿ⁻ⁱ z zᵀ
        self.moment = np.zeros(n_features + 1)  # Σ λⁿ⁻ⁱ z y

    @property
    def weights(self) -> Array:
        """The constant, then a weight for each standardised column."""
        return np.linalg.solve(self.gram, self.moment)

    def predict_one(self, x: Any) -> float:
        """Return the prediction for the row ``x (n_features,)``; nothing changes."""
        row = self._check(x)
        z = self.scale.standardise_one(row) if self.standardise else row
        return float(np.concatenate([ONE, z]) @ self.weights)

    def learn_one(self, x: Any, y: float) -> None:
        """Learn that the row ``x (n_features,)`` had the target ``y``."""
        self._learn(self._take_in(self._check(x)), float(_check_targets(y)))

    def learn_many(self, x: Any, y: Any) -> Array:
        """Predict each row of ``x (n_rows, n_features)``, then learn it; return the predictions.

        The same numbers as ``predict_one`` and ``learn_one`` row by row, to the last bit.
        """
        rows, targets = np.asarray(x, np.float64), _check_targets(y)
        if rows.ndim != 2 or targets.shape != rows.shape[:1]:
            raise InputError(
                f"Rows of the shape {rows.shape} have targets of the shape {targets.shape}",
                where="OnlineLinear",
                remedy="Give (n_rows, n_features) and (n_rows,).",
            )
        for row in rows:
            self._check(row)
        predictions = np.empty(len(rows))
        for start in range(0, len(rows), BLOCK_ROWS):
            block = slice(start, start + BLOCK_ROWS)
            predictions[block] = self._learn_block(rows[block], targets[block])
        return predictions

    def _learn_block(self, rows: Array, targets: Array) -> Array:
        """Keep what each row is predicted with while the rows are learned, then solve for all at once."""
        n_rows, size = len(rows), self.n_features + 1
        z, grams, moments = np.empty((n_rows, size)), np.empty((n_rows, size, size)), np.empty((n_rows, size))
        for k in range(n_rows):
            z[k], grams[k], moments[k] = self._take_in(rows[k]), self.gram, self.moment
            self._learn(z[k], targets[k])
        weights = np.linalg.solve(grams, moments[:, :, None])[:, :, 0]
        return np.array([row @ w for row, w in zip(z, weights, strict=True)])

    def _learn(self, z: Array, y: float) -> None:
        self.gram *= self.forgetting
        self.gram += z[:, None] * z
        self.gram.flat[:: self.n_features + 2] += (1 - self.forgetting) * self.ridge  # the diagonal
        self.moment *= self.forgetting
        self.moment += z * y

    def _take_in(self, row: Array) -> Array:
        """Add the row to the running scale and return z: the constant 1, then the row, standardised."""
        learned = self.scale.learn_one(row)
        return np.concatenate([ONE, learned if self.standardise else row])

    def _check(self, x: Any) -> Array:
        row = np.asarray(x, np.float64)
        if row.shape != (self.n_features,) or not np.isfinite(row).all():
            raise InputError(
                f"A row of the shape {row.shape}, or not finite",
                where="OnlineLinear",
                remedy=f"Give {self.n_features} finite numbers.",
            )
        return row

    def list_settings(self) -> dict[str, Any]:
        """Return the settings by name, for the header of a saved file."""
        names = ("n_features", "forgetting", "ridge", "standardise")
        return {name: getattr(self, name) for name in names}

    def list_arrays(self) -> dict[str, Array]:
        """Return all that was learned, by name; copies."""
        return {
            "gram": self.gram.copy(),
            "moment": self.moment.copy(),
            "n_rows": np.array(self.scale.n_rows),
            "mean": self.scale.mean.copy(),
            "squares": self.scale.squares.copy(),
        }

    @classmethod
    def restore(cls, settings: Mapping[str, Any], arrays: Mapping[str, Array]) -> OnlineLinear:
        """Make the learner again that had these settings and arrays."""
        learner = cls(**settings)
        own = learner.list_arrays()
        if any(name not in arrays or arrays[name].shape != own[name].shape for name in own):
            raise SavedModelError(
                "The arrays are not those of this learner", where="OnlineLinear", remedy="Train it again."
            )
        learner.gram, learner.moment = arrays["gram"].copy(), arrays["moment"].copy()
        learner.scale.n_rows = int(arrays["n_rows"])
        learner.scale.mean, learner.scale.squares = arrays["mean"].copy(), arrays["squares"].copy()
        return learner


def _check_targets(y: Any) -> Array:
    targets = np.asarray(y, np.float64)
    if not np.isfinite(targets).all():
        raise InputError("The target is NaN or infinite", where="OnlineLinear", remedy="Leave such rows out.")
    return targets
