"""Descent with a rate of its own for each parameter, from the squares of its past gradients.

References: J. Duchi, E. Hazan & Y. Singer 2011, *Adaptive Subgradient Methods*, JMLR 12, sec. 1.1 (the
diagonal form); M. Zeiler 2012, *ADADELTA*, arXiv 1212.5701, algorithm 1; T. Tieleman & G. Hinton 2012,
*Neural Networks for Machine Learning*, lecture 6.5 (RMSprop). Defaults are PyTorch's.
"""

from __future__ import annotations

import numpy as np

from models.optimizers.optimizer import FlatOptimizer
from models.types import Array


class Adagrad(FlatOptimizer):
    """Descent by g / (√Σg² + ε), the sum over all steps: every rate falls for ever."""

    kept = ("square",)
    square: Array

    def __init__(self, parameters: Array, *, epsilon: float = 1e-10) -> None:
        super().__init__(parameters)
        self.epsilon = epsilon  # ε

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` by s ← s + g², p ← p − rate · g / (√s + ε)."""
        self.n_steps += 1
        s, work = self.square, self._work
        np.multiply(gradient, gradient, out=work)
        np.add(s, work, out=s)
        np.sqrt(s, out=work)
        np.add(work, self.epsilon, out=work)
        np.divide(gradient, work, out=work)
        np.multiply(work, rate, out=work)
        np.subtract(parameters, work, out=parameters)


class RMSprop(FlatOptimizer):
    """Descent by g / (√s + ε), where s is the fading mean of g²."""

    kept = ("square",)
    square: Array

    def __init__(self, parameters: Array, *, keep: float = 0.99, epsilon: float = 1e-8) -> None:
        super().__init__(parameters)
        self.keep, self.epsilon = keep, epsilon  # α, ε

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` by s ← α·s + (1−α)·g², p ← p − rate · g / (√s + ε)."""
        self.n_steps += 1
        s, work = self.square, self._work
        np.multiply(gradient, gradient, out=work)
        np.multiply(work, 1 - self.keep, out=work)
        np.multiply(s, self.keep, out=s)
        np.add(s, work, out=s)
        np.sqrt(s, out=work)
        np.add(work, self.epsilon, out=work)
        np.divide(gradient, work, out=work)
        np.multiply(work, rate, out=work)
        np.subtract(parameters, work, out=parameters)


class Adadelta(FlatOptimizer):
    """Descent whose steps have the parameters' own unit: the root of past moves over that of gradients.

    The paper's rate is 1; ε = 10⁻⁶ is also the size that lets the first moves grow from nothing.
    """

    kept = ("square", "moved")
    square: Array
    moved: Array

    def __init__(self, parameters: Array, *, keep: float = 0.9, epsilon: float = 1e-6) -> None:
        super().__init__(parameters)
        self.keep, self.epsilon = keep, epsilon  # ρ, ε
        self._move = np.empty_like(parameters)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move by s ← ρ·s + (1−ρ)·g², δ = g·√(u+ε)/√(s+ε), p ← p − rate·δ, u ← ρ·u + (1−ρ)·δ²."""
        self.n_steps += 1
        s, u, work, delta = self.square, self.moved, self._work, self._move
        np.multiply(gradient, gradient, out=work)
        np.multiply(work, 1 - self.keep, out=work)
        np.multiply(s, self.keep, out=s)
        np.add(s, work, out=s)
        np.add(u, self.epsilon, out=delta)
        np.add(s, self.epsilon, out=work)
        np.divide(delta, work, out=delta)
        np.sqrt(delta, out=delta)
        np.multiply(delta, gradient, out=delta)
        np.multiply(delta, rate, out=work)
        np.subtract(parameters, work, out=parameters)
        np.multiply(delta, delta, out=work)
        np.multiply(work, 1 - self.keep, out=work)
        np.multiply(u, self.keep, out=u)
        np.add(u, work, out=u)
