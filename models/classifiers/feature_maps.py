"""Feature maps: columns made of columns, with which a straight border bends.

A ring about the origin is a threshold on the radius; opposite quadrants are the sign of a product; an hour
is near midnight from both sides on the circle. Each map is a layer, with its derivative under its formula,
and a transformer that applies it.

Shapes: x (n, d) → (n, d + 1) with the radius, (n, d + d(d − 1)/2) with products, (n, 2d) on circles.

References: Bishop 2006, ch. 4.3.1 (fixed basis functions).
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Any, Self

import numpy as np

from models.errors import InputError
from models.estimator import Transformer
from models.types import Array, Pullback


def append_radius(x: Array) -> tuple[Array, Pullback]:
    """Return ``x (n_rows, n)`` and r = √Σⱼ xⱼ² as one column more; its derivative at 0 is taken as 0."""
    r = np.sqrt((x * x).sum(axis=1, keepdims=True))

    def pull_radius(dy: Array, out: Array | None = None) -> tuple[Array]:
        direction = np.divide(x, r, out=np.zeros_like(x), where=r > 0)  # ∂r/∂x
        return (np.add(dy[:, :-1], dy[:, -1:] * direction, out=out),)

    return np.concatenate([x, r], axis=1), pull_radius


def append_products(x: Array) -> tuple[Array, Pullback]:
    """Return ``x (n_rows, n)`` with xᵢ·xⱼ for each pair i < j as n(n − 1)/2 columns more."""
    n = x.shape[1]
    first, second = np.triu_indices(n, 1)

    def pull_products(dy: Array, out: Array | None = None) -> tuple[Array]:
        d_pair = np.zeros((len(x), n, n), x.dtype)
        d_pair[:, first, second] = dy[:, n:]
        d_pair[:, second, first] = dy[:, n:]
        return (np.add(dy[:, :n], (d_pair @ x[:, :, None])[:, :, 0], out=out),)  # ∂(xᵢxⱼ)/∂xᵢ = xⱼ

    return np.concatenate([x, x[:, first] * x[:, second]], axis=1), pull_products


def lay_on_circle(x: Array, *, period: float) -> tuple[Array, Pullback]:
    """Return cos and sin of 2πx/``period``: ``x (n_rows, n)`` becomes (n_rows, 2n), all cosines first."""
    turn = 2 * np.pi / float(period)
    cosine, sine = np.cos(turn * x), np.sin(turn * x)

    def pull_circle(dy: Array, out: Array | None = None) -> tuple[Array]:
        d_cosine, d_sine = np.split(dy, 2, axis=1)
        return (np.multiply(turn, d_sine * cosine - d_cosine * sine, out=out),)

    return np.concatenate([cosine, sine], axis=1), pull_circle


class FeatureMap(Transformer):
    """A map that learns nothing of its rows but how wide they are."""

    def fit(self, x: Any, y: Any = None) -> Self:
        """Remember the width of the rows ``x (n_rows, n_features)``."""
        self._begin_rows(x)
        return self

    def transform(self, x: Any) -> Array:
        """Return the mapped rows."""
        return self._map(self._check_rows(x))[0]

    @abstractmethod
    def _map(self, rows: Array) -> tuple[Array, Pullback]:
        """Apply the layer."""


class RadiusMap(FeatureMap):
    """Rows with their distance from the origin as one column more."""

    def _map(self, rows: Array) -> tuple[Array, Pullback]:
        return append_radius(rows)


class ProductMap(FeatureMap):
    """Rows with the product of each pair of columns as further columns."""

    def _map(self, rows: Array) -> tuple[Array, Pullback]:
        return append_products(rows)


class CircleMap(FeatureMap):
    """Columns that come round, such as hours, as points on the circle.

    Parameters
    ----------
    period : after how much a column is back where it was; 24 for hours.
    """

    def __init__(self, period: float = 24.0) -> None:
        self.period = period

    def _map(self, rows: Array) -> tuple[Array, Pullback]:
        if not self.period > 0:
            raise InputError(f"The period is {self.period}", where="CircleMap", remedy="It lies above 0.")
        return lay_on_circle(rows, period=self.period)
