"""Points of two classes in the plane, in the shapes on which borders bend: anyone can make them again.

The course's own points were never published. In each shape the best possible share of right answers is
known (the Bayes rate), so that a model can be seen to reach it.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.stats import norm

from models.types import Array

TRIBES = np.array([[-1.0, -0.5], [1.0, 0.5]])  # the two means
COVARIANCE = np.array([[0.8, 0.5], [0.5, 1.2]])  # of both
RADII, WIDTH = (1.0, 2.0), 0.2  # of the disc's rim and of the ring about it; the spread of both


class Points(NamedTuple):
    """Points and their classes."""

    x: Array  # (n_points, 2)
    y: Array  # (n_points,), 0 or 1
    best: float  # the share that the best rule of all gets right, in the long run


def make_tribes(n_points: int, *, rng: np.random.Generator) -> Points:
    """Draw half of the points from each of two normal distributions with one covariance."""
    y = np.arange(n_points) % 2
    x = TRIBES[y] + rng.normal(size=(n_points, 2)) @ np.linalg.cholesky(COVARIANCE).T
    between = TRIBES[1] - TRIBES[0]
    distance = np.sqrt(between @ np.linalg.solve(COVARIANCE, between))  # Mahalanobis's
    return Points(x, y, float(norm.cdf(distance / 2)))


def make_ring(n_points: int, *, rng: np.random.Generator) -> Points:
    """Draw half of the points at a radius of about 1, the others at about 2, in all directions."""
    y = np.arange(n_points) % 2
    radius = np.take(RADII, y) + WIDTH * rng.normal(size=n_points)
    angle = rng.uniform(0, 2 * np.pi, n_points)
    x = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
    return Points(x, y, float(norm.cdf((RADII[1] - RADII[0]) / 2 / WIDTH)))


def make_quadrants(n_points: int, *, rng: np.random.Generator) -> Points:
    """Draw points over a square, of class 1 where both coordinates have one sign."""
    x = rng.uniform(-1, 1, size=(n_points, 2))
    return Points(x, (x[:, 0] * x[:, 1] > 0).astype(int), 1.0)


def make_grid(x: Array, n_side: int) -> tuple[Array, Array, Array]:
    """Return both axes of a grid over the points, (n_side,) each, and its rows, (n_side², 2), y by y."""
    low, high = x.min(axis=0), x.max(axis=0)
    across, up = (np.linspace(low[k], high[k], n_side) for k in range(2))
    return across, up, np.stack(np.meshgrid(across, up), axis=-1).reshape(-1, 2)
