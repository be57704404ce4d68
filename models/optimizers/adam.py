"""Descent by the fading mean of past gradients, each over the root of its fading mean square.

With m ← β₁·m + (1−β₁)·g and v ← β₂·v + (1−β₂)·g², both zero at first, the means are m̂ = m/(1−β₁ᵗ) and
v̂ = v/(1−β₂ᵗ) at step t, and Adam moves p ← p − rate · m̂ / (√v̂ + ε). What is kept are the fading *sums*
M = m/(1−β₁) and V = v/(1−β₂): M ← β₁·M + g saves a pass over the vector, and the factors that are left
are numbers. With a = (1−β₁)/(1−β₁ᵗ) and b = √((1−β₂)/(1−β₂ᵗ)),

    m̂ / (√v̂ + ε) = a·M / (b·√V + ε) = (a/b) · M / (√V + ε/b).

References: D. P. Kingma & J. Ba 2015, *Adam: A Method for Stochastic Optimization*, arXiv 1412.6980,
algorithm 1 (ε is added after the bias correction, as PyTorch does); T. Dozat 2016, *Incorporating Nesterov
Momentum into Adam*, algorithm 2 (μ rises by steps, as in PyTorch; Keras has the same).
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from models.optimizers.optimizer import FlatOptimizer
from models.types import Array


class Adam(FlatOptimizer):
    """Descent by the mean of past gradients, each over the root of its mean square."""

    kept: ClassVar[tuple[str, ...]] = ("sum", "square_sum")
    sum: Array  # M
    square_sum: Array  # V

    def __init__(
        self, parameters: Array, *, keep_mean: float = 0.9, keep_square: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        super().__init__(parameters)
        self.keep_mean, self.keep_square, self.epsilon = keep_mean, keep_square, epsilon  # β₁, β₂, ε

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` by m̂ / (√v̂ + ε)."""
        work, b = self._sum_up(gradient)
        a = (1 - self.keep_mean) / (1 - self.keep_mean**self.n_steps)
        np.divide(self.sum, work, out=work)
        np.multiply(work, rate * a / b, out=work)
        np.subtract(parameters, work, out=parameters)

    def _sum_up(self, gradient: Array) -> tuple[Array, float]:
        """Add a gradient to both sums; return √V + ε/b (in the work array) and b."""
        self.n_steps += 1
        m, v, work = self.sum, self.square_sum, self._work
        np.multiply(m, self.keep_mean, out=m)
        np.add(m, gradient, out=m)
        np.multiply(v, self.keep_square, out=v)
        np.multiply(gradient, gradient, out=work)
        np.add(v, work, out=v)
        np.sqrt(v, out=work)
        b = math.sqrt((1 - self.keep_square) / (1 - self.keep_square**self.n_steps))
        np.add(work, self.epsilon / b, out=work)
        return work, b


class Nadam(Adam):
    """Adam with Nesterov's look ahead: the next step's momentum already acts on the mean.

    The momentum is μₜ = β₁·(1 − ½·0.96^(ψt)), and Πₜ = μ₁·μ₂ ⋯ μₜ.
    """

    def __init__(
        self,
        parameters: Array,
        *,
        keep_mean: float = 0.9,
        keep_square: float = 0.999,
        epsilon: float = 1e-8,
        rise: float = 4e-3,
    ) -> None:
        super().__init__(parameters, keep_mean=keep_mean, keep_square=keep_square, epsilon=epsilon)
        self.rise = rise  # ψ
        self.product = np.array(1.0)  # Π
        self._ahead = np.empty_like(parameters)

    kept = (*Adam.kept, "product")

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move by (μₜ₊₁·m/(1−Πₜ₊₁) + (1−μₜ)·g/(1−Πₜ)) / (√v̂ + ε)."""
        work, b = self._sum_up(gradient)
        now, after = self._find_momentum(self.n_steps), self._find_momentum(self.n_steps + 1)
        self.product *= now
        product = float(self.product)
        of_sum, of_gradient = after * (1 - self.keep_mean) / (1 - product * after), (1 - now) / (1 - product)
        ahead = np.multiply(self.sum, of_sum / of_gradient, out=self._ahead)
        np.add(ahead, gradient, out=ahead)
        np.divide(ahead, work, out=ahead)
        np.multiply(ahead, rate / b * of_gradient, out=ahead)
        np.subtract(parameters, ahead, out=parameters)

    def _find_momentum(self, t: int) -> float:
        return self.keep_mean * (1 - 0.5 * math.pow(0.96, t * self.rise))
