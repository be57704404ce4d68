"""The multi-layer perceptron as a classifier: a score for each class, softmax, cross-entropy.

Shapes: rows (n, d) → scores (n, n_classes).

References: Bishop 2006, eq. 5.18, 5.24 and 5.25 (the softmax output with its matching loss).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from models.classifiers.scores import ScoringClassifier
from models.early_stopping import Tell
from models.errors import InputError
from models.estimator import all_or_nothing
from models.losses import cross_entropy
from models.perceptron import Examples, Perceptron
from models.types import Array, Pullback


class MLPClassifier(Perceptron, ScoringClassifier):
    """Two or more classes by a net of dense layers; its settings are ``Perceptron``'s."""

    @all_or_nothing
    def fit(self, x: Any, y: Any, *, held: tuple[Any, Any] | None = None, tell: Tell | None = None) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their labels ``y (n_rows,)``.

        ``held``, rows and labels, are stopped by in place of a share of ``x``: later rows, where time
        plays a part. ``tell(done, of)`` is called after each epoch. ``curves_`` has both losses by epoch.
        """
        learned = Examples(*self._begin(x, y))
        return self._learn(learned, None if held is None else self._read_held(*held), tell)

    def _count_outputs(self) -> int:
        return len(self.classes_)

    def _lose(self, outputs: Array, *, answers: Array) -> tuple[Array, Pullback]:
        return cross_entropy(outputs, label=answers)

    def _score_rows(self, rows: Array) -> Array:
        return self._put_out(rows)

    def _read_held(self, x: Any, y: Any) -> Examples:
        rows, labels = self._check_rows(x), np.asarray(y)
        if labels.shape != (len(rows),) or not np.isin(labels, self.classes_).all():
            raise InputError(
                "The rows to stop by have other labels than those to learn from",
                where=type(self).__name__,
                remedy="Give one a row, each of a class that is learned.",
            )
        return Examples(rows, np.searchsorted(self.classes_, labels))

    def _list_more(self) -> dict[str, Any]:
        return {"classes": self.classes_.tolist()}

    def _take_more(self, header: dict[str, Any]) -> None:
        classes = header["classes"]
        self.classes_ = np.array(classes)
        is_mixed = len({type(one) for one in classes}) != 1  # NumPy would make words of the numbers
        if is_mixed or len(classes) < 2 or not np.array_equal(np.unique(self.classes_), self.classes_):
            raise ValueError("not the classes of a model")
