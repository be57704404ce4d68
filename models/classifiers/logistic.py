"""Logistic regression: two classes, y = 0 or 1, and one affine score s = z·w + b.

    p = P(y = 1) = 1 / (1 + e⁻ˢ)
    ℓ(s, y) = −y·log p − (1 − y)·log(1 − p) = log(1 + eˢ) − y·s
        dℓ/ds = eˢ / (1 + eˢ) − y = p − y

Shapes: those of ``models.classifiers.linear``, with k = 1.

References: D. R. Cox 1958, *The Regression Analysis of Binary Sequences*; C. M. Bishop 2006, *Pattern
Recognition and Machine Learning*, eq. 4.87, 4.90 and 4.91; Murphy 2022, ch. 10.2.
"""

from __future__ import annotations

import numpy as np

from models.classifiers.linear import LinearClassifier
from models.losses import logistic_loss
from models.types import Array, Pullback


class LogisticClassifier(LinearClassifier):
    """Two classes by one affine score; the score is the log-odds of the second class."""

    only_two_classes = True

    def _count_scores(self) -> int:
        return 1

    def _lose(self, scores: Array, *, numbers: Array) -> tuple[Array, Pullback]:
        return logistic_loss(scores, target=numbers[:, None])

    def _score_rows(self, rows: Array) -> Array:
        score = super()._score_rows(rows)
        return np.concatenate([np.zeros_like(score), score], axis=1)  # softmax (0, s) = 1 / (1 + e⁻ˢ)
