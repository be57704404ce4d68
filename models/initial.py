"""How parameters begin: draws whose spread keeps values, or gradients, of one size from layer to layer.

Each is called as ``(rng, shape, dtype) -> array``. A weight's last two axes are (n_in, n_out); axes before
them are a convolution's window, whose places count as further inputs and outputs. Numbers are drawn in
float64 and then rounded: one seed gives the same net in either type.

References: X. Glorot & Y. Bengio 2010, *Understanding the Difficulty of Training Deep Feedforward Neural
Networks*, eq. 16; K. He et al. 2015, *Delving Deep into Rectifiers*, arXiv 1502.01852, eq. 10.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from models.types import Array

Initial: TypeAlias = Callable[[np.random.Generator, tuple[int, ...], Any], Array]


def count_fans(shape: tuple[int, ...]) -> tuple[int, int]:
    """Return how many inputs one output of a weight has, and how many outputs one input."""
    window = math.prod(shape[:-2])
    return window * shape[-2], window * shape[-1]


def zeros(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return zeros, for biases; nothing is drawn."""
    return np.zeros(shape, dtype)


def draw_uniform(low: float, high: float) -> Initial:
    """Return a draw from the numbers between ``low`` and ``high``."""
    return lambda rng, shape, dtype: rng.uniform(low, high, shape).astype(dtype)


def draw_normal(deviation: float, mean: float = 0.0) -> Initial:
    """Return a draw from the normal distribution of this standard deviation and mean."""
    return lambda rng, shape, dtype: rng.normal(mean, deviation, shape).astype(dtype)


def glorot_uniform(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return draws of the variance 2 / (n_in + n_out), for tanh and logistic units (also called Xavier)."""
    return _draw_uniform(rng, shape, dtype, 2 / sum(count_fans(shape)))


def he_uniform(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return draws of the variance 2 / n_in, for ReLU, which loses half of its input's variance."""
    return _draw_uniform(rng, shape, dtype, 2 / count_fans(shape)[0])


def he_normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any) -> Array:
    """Return normal draws of the variance 2 / n_in."""
    return _draw_normal(rng, shape, dtype, 2 / count_fans(shape)[0])


def _draw_uniform(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any, variance: float) -> Array:
    limit = math.sqrt(3 * variance)  # the numbers from −a to a have the variance a²/3
    return rng.uniform(-limit, limit, shape).astype(dtype)


def _draw_normal(rng: np.random.Generator, shape: tuple[int, ...], dtype: Any, variance: float) -> Array:
    return rng.normal(0.0, math.sqrt(variance), shape).astype(dtype)
