"""The multi-layer perceptron as a regressor: one number, squared error.

Targets are brought to mean 0 and spread 1 for the net, and its answers back again.

Shapes: rows (n, d) → numbers (n,).

References: Bishop 2006, eq. 5.14 and 5.18 (the identity as output with its matching loss).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from models.early_stopping import Tell
from models.estimator import Regressor, all_or_nothing, check_targets
from models.losses import squared_loss
from models.perceptron import Examples, Perceptron
from models.rows import find_scale
from models.types import Array, Pullback


class MLPRegressor(Perceptron, Regressor):
    """A number for each row by a net of dense layers; its settings are ``Perceptron``'s."""

    @all_or_nothing
    def fit(self, x: Any, y: Any, *, held: tuple[Any, Any] | None = None, tell: Tell | None = None) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their targets ``y (n_rows,)``.

        ``held``, rows and targets, are stopped by in place of a share of ``x``: later rows, where time
        plays a part. ``tell(done, of)`` is called after each epoch. ``curves_`` has both losses by epoch.
        """
        rows, targets = self._begin(x, y)
        mean, scale = find_scale(targets[:, None], where=type(self).__name__)
        self.target_mean_, self.target_scale_ = float(mean[0]), float(scale[0])
        learned = Examples(rows, self._scale_targets(targets, rows.dtype))
        return self._learn(learned, None if held is None else self._read_held(*held), tell)

    def predict(self, x: Any) -> Array:
        """Return the prediction for each row of ``x``, (n_rows,), float64 as the targets were."""
        outputs = self._put_out(self._check_rows(x))[:, 0].astype(np.float64)
        return outputs * self.target_scale_ + self.target_mean_

    def _count_outputs(self) -> int:
        return 1

    def _lose(self, outputs: Array, *, answers: Array) -> tuple[Array, Pullback]:
        return squared_loss(outputs, target=answers)

    def _scale_targets(self, targets: Array, dtype: Any) -> Array:
        return ((targets - self.target_mean_) / self.target_scale_).astype(dtype)[:, None]

    def _read_held(self, x: Any, y: Any) -> Examples:
        rows = self._check_rows(x)
        return Examples(
            rows, self._scale_targets(check_targets(y, len(rows), where=type(self).__name__), rows.dtype)
        )

    def _list_more(self) -> dict[str, Any]:
        return {"target_mean": self.target_mean_, "target_scale": self.target_scale_}

    def _take_more(self, header: dict[str, Any]) -> None:
        self.target_mean_, self.target_scale_ = header["target_mean"], header["target_scale"]
        if not (np.isfinite(self.target_mean_) and 0 < self.target_scale_ < np.inf):
            raise ValueError("no targets' mean and spread")
