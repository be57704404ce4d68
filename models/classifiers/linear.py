"""What logistic and softmax regression share: standardised inputs, an L2 penalty, full-batch Adam.

With z = (x − mean) / spread and the scores s = z W + b, what is made small over n rows is

    L(W, b) = 1/n Σᵢ ℓ(sᵢ, yᵢ) + ½·λ·Σ W²
        ∂L/∂W = 1/n zᵀ D + λ·W,  ∂L/∂b = 1/n Σᵢ Dᵢ,  where row i of D is ∂ℓ/∂sᵢ = pᵢ − tᵢ

pᵢ are the probabilities, tᵢ is 1 for the right class and 0 for others (see ``logistic`` and ``softmax``).
Both losses are convex, and a penalty above 0 makes the weights and probabilities at the minimum unique:
descent under a rate that falls to zero ends there, given steps enough. Under a weak penalty, where columns
nearly follow from one another, ``max_steps`` may end before; ``steepest_`` says what slope was left. The
weights are penalised, the bias is not.

Shapes: z (n, d), W (d, k), b (k,) → s (n, k), with k the number of classes, or 1 for two of them.

References: K. P. Murphy 2022, *Probabilistic Machine Learning: An Introduction*, ch. 10.2.7 (the penalty).
"""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from itertools import repeat
from typing import Any, Self

import numpy as np

from models.classifiers.scores import ScoringClassifier
from models.errors import InputError
from models.estimator import all_or_nothing
from models.layers.affine import Affine, affine
from models.net import dense
from models.objective import make_objective
from models.optimizers import Adam
from models.penalties import squared_penalty
from models.rows import find_scale
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

    parameters_: Affine

    def __init__(
        self, penalty: float = 1e-2, *, rate: float = 0.1, max_steps: int = 2000, tolerance: float = 1e-8
    ) -> None:
        self.penalty, self.rate = penalty, rate
        self.max_steps, self.tolerance = max_steps, tolerance

    @all_or_nothing
    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their labels ``y (n_rows,)``."""
        self._check_settings()
        rows, numbers = self._begin(x, y)
        self.mean_, self.scale_ = find_scale(rows, where=type(self).__name__)
        n_out = self._count_scores()
        flat, self.parameters_ = pack(Affine(np.zeros((rows.shape[1], n_out)), np.zeros(n_out)))
        penalty = partial(squared_penalty, strength=self.penalty)
        steps = train(
            make_objective(dense(n_out), self._lose, penalty=penalty),
            flat,
            self.parameters_,
            repeat({"x": (rows - self.mean_) / self.scale_, "numbers": numbers}, self.max_steps),
            optimizer=Adam(flat),
            schedule=fall_by_cosine(self.rate, self.max_steps),
        )
        for step in steps:
            self.steepest_ = float(step.steepest)  # the largest part of the gradient
            if self.steepest_ < self.tolerance:
                break
        return self

    def _score_rows(self, rows: Array) -> Array:
        return affine(self.parameters_, (rows - self.mean_) / self.scale_)[0]

    def _check_settings(self) -> None:
        if not (0 <= self.penalty < np.inf and 0 < self.rate < np.inf and self.max_steps >= 1):
            raise InputError(
                f"penalty is {self.penalty}, rate is {self.rate}, max_steps is {self.max_steps}",
                where=type(self).__name__,
                remedy="Give a penalty of 0 or more, a finite rate above 0 and at least one step.",
            )

    @abstractmethod
    def _count_scores(self) -> int:
        """Return the number of scores a row gets."""

    @abstractmethod
    def _lose(self, scores: Array, *, numbers: Array) -> tuple[Array, Pullback]:
        """Return the mean loss of ``scores`` where ``numbers`` are the right classes."""
