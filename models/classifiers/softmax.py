"""Softmax regression: a score a class, p = eˢₖ / Σ eˢⱼ.

Adding one number to all scores changes no probability; the penalty picks the weights that sum to zero
over the classes, so that the minimum is unique.

References: Murphy 2022, ch. 10.3.
"""

from __future__ import annotations

from typing import Any

from models.classifiers.linear import LinearClassifier
from models.layers.activations import softmax
from models.losses import cross_entropy
from models.types import Array, Pullback


class SoftmaxClassifier(LinearClassifier):
    """Two or more classes by an affine score each."""

    def predict_proba(self, x: Any) -> Array:
        """Return the probability of each class, (n_rows, n_classes)."""
        return softmax(self.decision_function(x))[0]

    def _count_scores(self) -> int:
        return len(self.classes_)

    def _lose(self, scores: Array, numbers: Array) -> tuple[Array, Pullback]:
        return cross_entropy(scores, label=numbers)
