"""Logistic regression: two classes, one score, p = 1 / (1 + e⁻ˢ).

References: D. R. Cox 1958, *The Regression Analysis of Binary Sequences*; Murphy 2022, ch. 10.2.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from models.classifiers.linear import LinearClassifier
from models.errors import InputError
from models.layers.activations import compute_logistic
from models.losses import logistic_loss
from models.types import Array, Pullback


class LogisticClassifier(LinearClassifier):
    """Two classes by one affine score; the score is the log-odds of the second class."""

    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their labels ``y (n_rows,)``, of two classes."""
        n_classes = len(np.unique(np.asarray(y)))
        if n_classes > 2:
            raise InputError(
                f"The labels are {n_classes} classes",
                where=type(self).__name__,
                remedy="Use SoftmaxClassifier.",
            )
        return super().fit(x, y)

    def predict_proba(self, x: Any) -> Array:
        """Return the probability of each class, (n_rows, 2)."""
        second = compute_logistic(self.decision_function(x))
        return np.concatenate([1 - second, second], axis=1)

    def _count_scores(self) -> int:
        return 1

    def _lose(self, scores: Array, numbers: Array) -> tuple[Array, Pullback]:
        return logistic_loss(scores, target=numbers[:, None])
