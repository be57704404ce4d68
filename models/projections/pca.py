"""The directions in which rows differ: eigenvectors, singular vectors, principal components.

With centred rows c = x − x̄ (n, d) and their singular value decomposition

    c = U S Vᵀ,   S = diag(s₁ ≥ s₂ ≥ …)
    cov = cᵀc / (n − 1) = V diag(s²/(n − 1)) Vᵀ

the rows of Vᵀ are the eigenvectors of the covariance: unit axes, at right angles, each with the largest
variance that is left. The scores c V are the rows in these axes, and U S Vᵀ with only the k largest s is
the nearest matrix of rank k. Divided by their spreads first, columns have their *correlation* as covariance.

An axis and its opposite are the same direction. Here an axis points to the side on which its numbers
sum to more than zero, or, where that sum is nothing but rounding, to where its first largest number is
positive.

Shapes: x and c (n, d), U (n, k), s (k,), Vᵀ (k, d), with k the smaller of n and d, or as many as are kept.

References: C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 12.3 to 12.6 (there over n);
K. P. Murphy 2022, *Probabilistic Machine Learning: An Introduction*, ch. 20.1; C. Eckart & G. Young 1936,
*The Approximation of One Matrix by Another of Lower Rank*.
"""

from __future__ import annotations

from typing import Any, NamedTuple, Self

import numpy as np

from models.errors import InputError
from models.estimator import Transformer, all_or_nothing
from models.rows import check_rows, find_scale
from models.types import Array

ROUNDING = 1e-9  # of the sum of an axis, beside the sum of its absolute numbers


class Eigen(NamedTuple):
    """Eigenvectors of a symmetric matrix, the largest eigenvalue first."""

    values: Array  # (k,)
    vectors: Array  # (k, d), one a row


class SVD(NamedTuple):
    """x = left · diag(lengths) · axes, the longest first."""

    left: Array  # (n, k), columns of unit length
    lengths: Array  # (k,)
    axes: Array  # (k, d), rows of unit length


def choose_sides(axes: Array) -> Array:
    """Return −1 for each axis of ``axes (k, d)`` that is to be turned round, else 1."""
    sums, sizes = axes.sum(axis=1), np.abs(axes)
    first_largest = np.take_along_axis(axes, sizes.argmax(axis=1)[:, None], axis=1)[:, 0]
    side = np.where(np.abs(sums) > ROUNDING * sizes.sum(axis=1), sums, first_largest)
    return np.where(side < 0, -1, 1).astype(axes.dtype)


def decompose_svd(x: Any, n_kept: int | None = None) -> SVD:
    """Return the ``n_kept`` longest parts of ``x (n, d)`` (None: all), as it is, with sides as above."""
    left, lengths, axes = np.linalg.svd(np.asarray(x), full_matrices=False)
    sides, kept = choose_sides(axes), slice(0, n_kept)
    return SVD((left * sides)[:, kept], lengths[kept], (axes * sides[:, None])[kept])


def compose_svd(parts: SVD) -> Array:
    """Return left · diag(lengths) · axes: the matrix again, or the nearest one of the rank that was kept."""
    return (parts.left * parts.lengths) @ parts.axes


def find_eigenvectors(x: Any, *, correlation: bool = False) -> Eigen:
    """Return the eigenvectors of the covariance of the columns of ``x (n, d)``, or of their correlation.

    A column that never varies has no correlation; it counts as 0. Raises ``InputError`` for fewer than two
    rows.
    """
    rows = check_rows(x, where="find_eigenvectors", keep_float32=True)
    if len(rows) < 2:
        raise InputError("One row does not vary", where="find_eigenvectors", remedy="Give two or more.")
    mean, scale = find_scale(rows, where="find_eigenvectors")
    centred = (rows - mean) / scale if correlation else rows - mean
    values, vectors = np.linalg.eigh(centred.T @ centred / (len(rows) - (not correlation)))
    axes = vectors.T[::-1]
    return Eigen(values[::-1], axes * choose_sides(axes)[:, None])


class PCA(Transformer):
    """Principal components: rows become their scores on the leading axes.

    Parameters
    ----------
    n_components : how many axes to keep; None keeps all that the rows can have.
    standardise : divide each column by its spread first (the axes of the correlation).

    After ``fit``: ``axes_ (k, d)``, ``variances_ (k,)`` (divisor n − 1), ``shares_ (k,)`` of all variance.
    """

    def __init__(self, n_components: int | None = None, *, standardise: bool = False) -> None:
        self.n_components, self.standardise = n_components, standardise

    @all_or_nothing
    def fit(self, x: Any, y: Any = None) -> Self:
        """Find the axes of the rows ``x (n_rows, n_features)``; ``y`` is not looked at."""
        rows = self._begin_rows(x)
        if self.n_components is not None and not 1 <= self.n_components <= min(rows.shape):
            raise InputError(
                f"n_components is {self.n_components}",
                where="PCA",
                remedy=f"Rows of the shape {rows.shape} have 1 to {min(rows.shape)}.",
            )
        self.mean_, scale = find_scale(rows, where="PCA")
        self.scale_ = scale if self.standardise else np.ones_like(scale)
        parts = decompose_svd((rows - self.mean_) / self.scale_)
        squares, kept = parts.lengths**2, slice(0, self.n_components)
        self.axes_ = parts.axes[kept]
        self.variances_ = squares[kept] / max(len(rows) - 1, 1)
        self.shares_ = squares[kept] / max(float(squares.sum()), np.finfo(squares.dtype).tiny)
        return self

    def transform(self, x: Any) -> Array:
        """Return the scores of the rows ``x``, (n_rows, k)."""
        rows = self._check_rows(x)
        scores: Array = ((rows - self.mean_) / self.scale_) @ self.axes_.T
        return scores

    def inverse_transform(self, scores: Any) -> Array:
        """Return the rows (n_rows, d) that lie at ``scores (n_rows, k)``, in the units of the columns."""
        self._check_fitted()
        rows: Array = np.asarray(scores) @ self.axes_ * self.scale_ + self.mean_
        return rows
