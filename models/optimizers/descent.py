"""Descent along the gradient, without and with the memory of the way.

References: B. Polyak 1964, *Some Methods of Speeding up the Convergence of Iteration Methods*; Y. Nesterov
1983, *A Method of Solving a Convex Programming Problem with Convergence Rate O(1/k²)*; I. Sutskever,
J. Martens, G. Dahl & G. Hinton 2013, *On the Importance of Initialization and Momentum in Deep Learning*,
eq. 1–4. PyTorch's form: the rate multiplies the velocity, not what is added to it.
"""

from __future__ import annotations

import numpy as np

from models.optimizers.optimizer import FlatOptimizer
from models.types import Array


class SGD(FlatOptimizer):
    """Plain (stochastic) gradient descent: p ← p − rate · g."""

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` against ``gradient``."""
        self.n_steps += 1
        np.multiply(gradient, rate, out=self._work)
        np.subtract(parameters, self._work, out=parameters)


class Momentum(FlatOptimizer):
    """Descent with a velocity: v ← μ·v + g, p ← p − rate · v."""

    kept = ("velocity",)
    velocity: Array

    def __init__(self, parameters: Array, *, keep: float = 0.9) -> None:
        super().__init__(parameters)
        self.keep = keep  # μ

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` along the velocity."""
        self.n_steps += 1
        v, work = self.velocity, self._work
        np.multiply(v, self.keep, out=v)
        np.add(v, gradient, out=v)
        np.multiply(v, rate, out=work)
        np.subtract(parameters, work, out=parameters)


class Nesterov(Momentum):
    """Descent with a look ahead: v ← μ·v + g, p ← p − rate · (g + μ·v).

    ``parameters`` are the place looked ahead to, at which the gradient is taken; so no second gradient is
    needed. That is Nesterov's method after a change of variables, which is exact under a constant rate.
    """

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` along the gradient and the velocity to come."""
        self.n_steps += 1
        v, work = self.velocity, self._work
        np.multiply(v, self.keep, out=v)
        np.add(v, gradient, out=v)
        np.multiply(v, self.keep, out=work)
        np.add(work, gradient, out=work)
        np.multiply(work, rate, out=work)
        np.subtract(parameters, work, out=parameters)
