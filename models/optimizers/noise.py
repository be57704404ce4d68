"""Noise on the gradient, which helps out of flat places; and noise in its place, which teaches nothing.

The random generator belongs to the caller, who also keeps its state where a training is to be resumed.

References: A. Neelakantan et al. 2015, *Adding Gradient Noise Improves Learning for Very Deep Networks*,
arXiv 1511.06807, eq. 1 and sec. 3 (η of 0.01, 0.3 or 1.0, γ = 0.55). Noise training is the article's own:
J. D. Seo 2018, *Only NumPy: Comparison of Optimization Algorithms*.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from models.optimizers.descent import SGD
from models.optimizers.optimizer import Optimizer, check_saved
from models.types import Array

GAMMA = 0.55


class WithNoise:
    """An optimizer whose gradients get Gaussian noise of the variance η / (1+t)^0.55, t from 0."""

    def __init__(self, optimizer: Optimizer, eta: float, rng: np.random.Generator) -> None:
        self.optimizer, self.eta, self.rng = optimizer, eta, rng  # η
        self.n_steps = 0  # t
        self._noisy = np.empty(0)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Let the optimizer move by the gradient and its noise; where η is 0, by the gradient itself."""
        if self.eta:
            deviation = math.sqrt(self.eta / (1 + self.n_steps) ** GAMMA)
            if self._noisy.shape != gradient.shape or self._noisy.dtype != gradient.dtype:
                self._noisy = np.empty_like(gradient)
            self.rng.standard_normal(out=self._noisy, dtype=gradient.dtype.type)
            np.multiply(self._noisy, deviation, out=self._noisy)
            gradient = np.add(self._noisy, gradient, out=self._noisy)
        self.n_steps += 1
        self.optimizer.step(parameters, gradient, rate)

    def list_arrays(self) -> dict[str, Array]:
        """Return what the optimizer and its noise need to go on, but for the generator's state."""
        return self.optimizer.list_arrays() | self._list_own()

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Go on from what ``list_arrays`` gave."""
        check_saved(arrays, self._list_own(), where=type(self).__name__)
        self.optimizer.restore(arrays)
        self.n_steps = int(arrays["noise.n_steps"])

    def _list_own(self) -> dict[str, Array]:
        return {"noise.n_steps": np.array(self.n_steps)}


def with_noise(optimizer: Optimizer, eta: float, rng: np.random.Generator) -> WithNoise:
    """Return ``optimizer`` with Gaussian noise on its gradients; η = 0 equals it bit for bit."""
    return WithNoise(optimizer, eta, rng)


class NoiseTraining:
    """Gumbel noise in the place of the gradient, through an optimizer of one's choice (plain descent).

    If E is drawn from the exponential distribution, −log E is from the standard Gumbel distribution.
    The loss is never asked, so this is a random walk; and because the standard Gumbel distribution has the
    mean 0.577, not 0, the walk drifts down by that much of the rate at each step. It is the control beside
    which a real optimizer is seen to learn.
    """

    def __init__(
        self, parameters: Array, *, rng: np.random.Generator, optimizer: Optimizer | None = None
    ) -> None:
        self.optimizer = SGD(parameters) if optimizer is None else optimizer
        self.rng = rng
        self._noise = np.empty_like(parameters)

    def step(self, parameters: Array, gradient: Array, rate: float) -> None:
        """Move ``parameters`` against new noise; ``gradient`` is not looked at."""
        noise = self._noise
        self.rng.standard_exponential(out=noise, dtype=noise.dtype.type)
        np.maximum(noise, np.finfo(noise.dtype).tiny, out=noise)  # for the draw of exactly 0
        np.log(noise, out=noise)
        np.negative(noise, out=noise)
        self.optimizer.step(parameters, noise, rate)

    def list_arrays(self) -> dict[str, Array]:
        """Return what the optimizer needs to go on, but for the generator's state."""
        return self.optimizer.list_arrays()

    def restore(self, arrays: Mapping[str, Array]) -> None:
        """Go on from what ``list_arrays`` gave."""
        self.optimizer.restore(arrays)
