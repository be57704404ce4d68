"""What logistic and softmax regression share: standardised inputs, an L2 penalty, full-batch Adam.

Both losses are convex and the penalty makes the minimum unique, so that descent under a rate that
falls to zero has one place to end. The weights are penalised, the bias is not.
"""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from itertools import repeat
from typing import Any, Self

import numpy as np

from models.classifiers.scores import ScoringClassifier
from models.layers.affine import Affine, affine
from models.optimizers import Adam
from models.penalties import squared_penalty
from models.schedules import fall_by_cosine
from models.training import train
from models.tree import pack
from models.types import Array, Pullback


class LinearClassifier(ScoringClassifier):
    """A classifier whose scores are an affine map of the standardised rows.

    Parameters
    ----------
    penalty : λ of ½·λ·Σ weight², beside the *mean* loss of a row (scikit-learn's C is 1/(λ·n_rows)).
    rate : Adam's rate at the first step; it falls to zero by a cosine.
    max_steps : how many steps at most.
    tolerance : it stops when no part of the gradient is larger.
    """

    def __init__(
        self, penalty: float = 1e-2, *, rate: float = 0.1, max_steps: int = 2000, tolerance: float = 1e-8
    ) -> None:
        self.penalty, self.rate = penalty, rate
        self.max_steps, self.tolerance = max_steps, tolerance

    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their labels ``y (n_rows,)``."""
        rows, numbers = self._begin(x, y)
        self.mean_, spread = rows.mean(axis=0), rows.std(axis=0)
        self.scale_ = np.where(spread > 0, spread, 1.0)
        n_out = self._count_scores()
        flat, self.parameters_ = pack(Affine(np.zeros((rows.shape[1], n_out)), np.zeros(n_out)))
        steps = train(
            partial(self._measure, penalty=self.penalty),
            flat,
            self.parameters_,
            repeat({"x": (rows - self.mean_) / self.scale_, "numbers": numbers}, self.max_steps),
            optimizer=Adam(flat),
            schedule=fall_by_cosine(self.rate, self.max_steps),
        )
        for step in steps:
            if step.steepest < self.tolerance:
                break
        return self

    def _score_rows(self, rows: Array) -> Array:
        return affine(self.parameters_, (rows - self.mean_) / self.scale_)[0]

    @abstractmethod
    def _count_scores(self) -> int:
        """Return the number of scores a row gets."""

    @abstractmethod
    def _lose(self, scores: Array, numbers: Array) -> tuple[Array, Pullback]:
        """Return the mean loss of ``scores`` where ``numbers`` are the right classes."""

    def _measure(self, p: Affine, *, x: Array, numbers: Array, penalty: float) -> tuple[Array, Pullback]:
        scores, pull_affine = affine(p, x)
        loss, pull_loss = self._lose(scores, numbers)
        extra, pull_extra = squared_penalty(p.weight, strength=penalty)

        def pull_measure(d_value: float, out: Affine | None = None) -> tuple[Affine]:
            (d_scores,) = pull_loss(d_value)
            dp, _ = pull_affine(d_scores, out)
            np.add(dp.weight, pull_extra(d_value)[0], out=dp.weight)
            return (dp,)

        return loss + extra, pull_measure
