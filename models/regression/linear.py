"""Linear regression, y ≈ x·w + b: the loss, and its least by the normal equations.

    e = x w + b − y
    L(w, b) = 1/2n Σᵢ eᵢ² + ½ρ·|w|²
        dw = xᵀe / n + ρ·w
        db = Σᵢ eᵢ / n

Both derivatives are zero where (cᵀc/n + ρ) w = cᵀ(y − ȳ)/n with centred columns c = x − x̄, and
b = ȳ − x̄·w: the normal equations. ``models.regression.descent`` finds the same place step by step.

The course that the studies follow adds the regulariser to the residual, x·(e + ρ·w): what it does to a
weight then depends on the size and sign of its feature, and is the derivative of nothing. Here ρ·w is
added to the gradient, as the formula has it, and the bias is not penalised.

Shapes: x (n, n_in), w (n_in, n_out), b (n_out,), y (n, n_out).

References: C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 3.15 (normal equations), 3.19
(the bias) and 3.28 (ridge); K. P. Murphy 2022, *Probabilistic Machine Learning: An Introduction*, ch. 11.2
(least squares) and 11.3 (ridge).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from models.errors import InputError
from models.estimator import Regressor, all_or_nothing
from models.layers.affine import Affine, affine
from models.rows import find_scale
from models.types import Array, Pullback


def lose_squares(p: Affine, *, x: Array, y: Array, ridge: float = 0.0) -> tuple[Array, Pullback]:
    """Return L for rows ``x (n, n_in)`` and targets ``y (n, n_out)``; ``ridge`` is ρ."""
    error = x @ p.weight + p.bias - y
    loss = 0.5 * np.sum(error * error) / len(x) + 0.5 * ridge * np.sum(p.weight * p.weight)

    def pull_squares(d_loss: float, out: Affine | None = None) -> tuple[Affine]:
        dp = Affine(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        d_error = error * (float(d_loss) / len(x))
        np.matmul(x.T, d_error, out=dp.weight)
        np.add(dp.weight, (ridge * float(d_loss)) * p.weight, out=dp.weight)
        np.sum(d_error, axis=0, out=dp.bias)
        return (dp,)

    return loss, pull_squares


def solve_normal_equations(x: Array, y: Array, *, ridge: float = 0.0) -> Affine:
    """Return the parameters at the least of L, for rows ``x (n, n_in)`` and targets ``y (n, n_out)``.

    Where the columns leave the weights open, the shortest weights. The products square the condition of
    the columns: scale columns of very different size first, as ``LinearRegressor`` does.
    """
    x_mean, y_mean = x.mean(axis=0), y.mean(axis=0)
    centred = x - x_mean
    values, vectors = np.linalg.eigh(centred.T @ centred / len(x))  # V (a + ρ) Vᵀ w = moment
    moment = centred.T @ (y - y_mean) / len(x)
    known = values > np.finfo(values.dtype).eps * max(x.shape) * values[-1]
    inverse = np.divide(1, values + ridge, out=np.zeros_like(values), where=known)
    weight = vectors @ (inverse[:, None] * (vectors.T @ moment))
    return Affine(weight, y_mean - x_mean @ weight)


class LinearRegressor(Regressor):
    """Least squares by the normal equations, on standardised columns.

    Standardising treats all columns alike, whatever their units; ``parameters_`` are those of the columns
    as they were given.

    Parameters
    ----------
    ridge : ρ of ½ρ·|w|² beside half the *mean* squared error, w being the weights of the standardised
        columns (scikit-learn's Ridge on such columns has alpha = ρ·n_rows).
    """

    def __init__(self, ridge: float = 0.0) -> None:
        self.ridge = ridge

    @all_or_nothing
    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their targets ``y (n_rows,)``."""
        self._check_settings()
        rows, targets = self._begin(x, y)
        mean, scale = find_scale(rows, where=type(self).__name__)
        p = self._find_least((rows - mean) / scale, targets[:, None])
        weight = p.weight / scale[:, None]
        self.parameters_ = Affine(weight, p.bias - mean @ weight)
        return self

    def predict(self, x: Any) -> Array:
        """Return the prediction for each row of ``x``, (n_rows,)."""
        rows = self._check_rows(x)
        return affine(self.parameters_, rows)[0][:, 0]

    def _check_settings(self) -> None:
        if not self.ridge >= 0:
            raise InputError(f"ridge is {self.ridge}", where=type(self).__name__, remedy="Give 0 or more.")

    def _find_least(self, z: Array, y: Array) -> Affine:
        return solve_normal_equations(z, y, ridge=self.ridge)
