"""Follow the regularised leader, proximal: linear regression with a rate a column and weights that are 0.

The weights are the minimum over all gradients so far, kept near where they were (σ) and near zero,

    wₜ₊₁ = argmin_w  g₁…ₜ·w + ½ Σₛ σₛ ⊙ |w − wₛ|² + λ₁|w|₁ + ½λ₂|w|²

which every column solves for itself from two sums. For the loss ½(w·z − y)² a row does

    g = (w·z − y) z            σ = (√(n + g²) − √n) / α
    q ← q + g − σ ⊙ w          n ← n + g²
    w = −(q − clip(q, ±λ₁)) / ((β + √n) / α + λ₂)

so that a column's rate α / (β + √n) falls by what it has seen itself, and a weight whose q stays within
λ₁ is exactly 0. The constant is a column like any other, but has no penalty. The rates depend on the
errors, so that rows cannot be learned in blocks: a loop, with its work arrays kept.

A library whose squared loss has the gradient 2(w·z − y) does the same with twice the β, λ₁ and λ₂ that it
has here, and the same α: doubled gradients double √n, σ and q.

References: H. B. McMahan et al. 2013, *Ad Click Prediction: a View from the Trenches*, algorithm 1; H. B.
McMahan 2011, *Follow-the-Regularized-Leader and Mirror Descent*.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from models.online.learner import OnlineRegressor
from models.types import Array


class FollowTheLeader(OnlineRegressor):
    """A sparse linear regressor for rows of columns that are seldom there, or on unlike scales.

    Parameters
    ----------
    n_features : columns of a row.
    rate : α > 0, each column's rate before it has seen anything is α / β.
    damping : β > 0.
    sparsity : λ₁ ≥ 0.
    ridge : λ₂ ≥ 0.
    standardise : by the running mean and spread; without it (rows that are mostly 0), as they are.
    """

    SETTINGS: ClassVar = ("n_features", "rate", "damping", "sparsity", "ridge", "standardise")
    STATE: ClassVar = ("sums", "squares", "weights")

    def __init__(
        self,
        n_features: int,
        *,
        rate: float = 0.1,
        damping: float = 1.0,
        sparsity: float = 0.0,
        ridge: float = 0.0,
        standardise: bool = True,
    ) -> None:
        super().__init__(n_features, standardise)
        if not (
            0 < rate < math.inf
            and 0 < damping < math.inf
            and 0 <= sparsity < math.inf
            and 0 <= ridge < math.inf
        ):
            raise self._refuse(
                f"rate is {rate}, damping {damping}, sparsity {sparsity} and ridge {ridge}",
                "rate and damping lie above 0, sparsity and ridge do not lie below.",
            )
        self.rate, self.damping, self.sparsity, self.ridge = rate, damping, sparsity, ridge
        size = n_features + 1  # the constant, then one a column
        self.sums, self.squares, self.weights = np.zeros((3, size))  # q, n, w
        self._most, self._pull = np.full(size, sparsity), np.full(size, damping / rate + ridge)
        self._most[0], self._pull[0] = 0.0, damping / rate
        self._least = -self._most
        self._g, self._root, self._work = np.empty((3, size))

    def _predict(self, z: Array) -> float:
        return float(z.dot(self.weights))

    def _learn(self, z: Array, y: float) -> None:
        error = float(z.dot(self.weights)) - y
        w, q, n, g, root, work = self.weights, self.sums, self.squares, self._g, self._root, self._work
        np.multiply(z, error, g)
        q += g
        np.sqrt(n, root)
        g *= g
        n += g
        np.sqrt(n, work)
        np.subtract(work, root, g)
        g /= self.rate  # σ
        g *= w
        q -= g
        work /= self.rate
        work += self._pull  # (β + √n) / α + λ₂
        if self.sparsity:
            np.maximum(q, self._least, out=w)
            np.minimum(w, self._most, out=w)  # clip(q, ±λ₁)
            w -= q
        else:
            np.negative(q, w)
        w /= work
