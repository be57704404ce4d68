"""What most classifiers share: a score for each class, and probabilities that are their softmax.

Shapes: rows (n, d) → scores and probabilities (n, n_classes).

Reference: C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 4.62.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any

from models.estimator import Classifier
from models.layers.activations import softmax
from models.types import Array


class ScoringClassifier(Classifier):
    """A classifier that gives each class a score: its log-probability, but for one number a row."""

    def decision_function(self, x: Any) -> Array:
        """Return each row's scores, (n_rows, n_classes); of two classes their log-odds alone, (n_rows,)."""
        scores = self._score_rows(self._check_rows(x))
        return scores[:, 1] - scores[:, 0] if scores.shape[1] == 2 else scores

    def predict_proba(self, x: Any) -> Array:
        """Return the probability of each class, (n_rows, n_classes)."""
        return softmax(self._score_rows(self._check_rows(x)))[0]

    @abstractmethod
    def _score_rows(self, rows: Array) -> Array:
        """Return a score of each class for each checked row, (n_rows, n_classes)."""
