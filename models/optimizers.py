"""The optimizers, over one flat vector of parameters: each step a few operations on whole vectors.

``step(parameters, gradient, rate)`` changes ``parameters`` in place and leaves ``gradient`` as it was.
Work arrays belong to the optimizer, so that a step makes no new ones.

References: D. P. Kingma & J. Ba 2015, *Adam: A Method for Stochastic Optimization*, arXiv 1412.6980,
algorithm 1 (ε is added after the bias correction, as PyTorch does).
"""

from __future__ import annotations

import math
from typing import Protocol

import numpy as np

from models.types import Array


class Optimizer(Protocol):
    """What the training loop asks of an optimizer."""

    def step(self, parameters: Array, gradient: Array, rate: float) -> None: ...


class SGD:
    """Plain (stochastic) gradient descent: p ← p − rate · g."""

    def __init__(self, parameters: Array) -> None:
        self._work = np.empty_like(parameters)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` against ``gradient``."""
        np.multiply(gradient, rate, out=self._work)
        np.subtract(parameters, self._work, out=parameters)


class Adam:
    """Descent by the mean of past gradients, each over the root of its mean square."""

    def __init__(
        self, parameters: Array, *, keep_mean: float = 0.9, keep_square: float = 0.999, epsilon: float = 1e-8
    ) -> None:
        self.keep_mean, self.keep_square, self.epsilon = keep_mean, keep_square, epsilon  # β₁, β₂, ε
        self.n_steps = 0
        self.mean = np.zeros_like(parameters)  # m
        self.square = np.zeros_like(parameters)  # v
        self._work = np.empty_like(parameters)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` by m̂ / (√v̂ + ε)."""
        self.n_steps += 1
        mean_share = 1 - self.keep_mean**self.n_steps
        square_share = 1 - self.keep_square**self.n_steps
        m, v, work = self.mean, self.square, self._work
        np.multiply(m, self.keep_mean, out=m)
        np.multiply(gradient, 1 - self.keep_mean, out=work)
        np.add(m, work, out=m)
        np.multiply(v, self.keep_square, out=v)
        np.multiply(gradient, gradient, out=work)
        np.multiply(work, 1 - self.keep_square, out=work)
        np.add(v, work, out=v)
        np.sqrt(v, out=work)
        np.multiply(work, 1 / math.sqrt(square_share), out=work)
        np.add(work, self.epsilon, out=work)
        np.divide(m, work, out=work)
        np.multiply(work, rate / mean_share, out=work)
        np.subtract(parameters, work, out=parameters)
