"""Polynomial regression: linear regression on the products of powers of the columns.

    prediction(x) = b + Σⱼ cⱼ·Πₖ xₖ^eⱼₖ,  over all exponents with 1 ≤ Σₖ eⱼₖ ≤ degree

Of columns a, b and degree 2 the products are a, b, a², ab, b². What is made small is the mean of the squared
errors, with the slope 2/n Σᵢ errorᵢ·productᵢⱼ for cⱼ (see ``linear``). The curve bends in x, the
fit does not: it is still one least-squares problem. High powers of far-away numbers are all but parallel,
so the estimator standardises the columns before their powers, and the powers again.

Shapes: x (n, d), exponents (n_products, d) → products (n, n_products).

References: K. P. Murphy 2022, *Probabilistic Machine Learning: An Introduction*, ch. 1.2.2.2, eq. 1.33.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement
from typing import Any, Self

import numpy as np

from models.errors import InputError
from models.estimator import Regressor, all_or_nothing
from models.regression.linear import LinearRegressor
from models.rows import find_scale
from models.types import Array


def list_exponents(n_features: int, degree: int) -> Array:
    """Return the exponents (n_products, n_features) of all products of degree 1 to ``degree``, in order."""

    def iter_exponents() -> Iterator[Array]:
        for total in range(1, degree + 1):
            for chosen in combinations_with_replacement(range(n_features), total):
                yield np.bincount(chosen, minlength=n_features)

    return np.array(list(iter_exponents()))


def expand_powers(x: Array, exponents: Array) -> Array:
    """Return the product of the powers of each row of ``x (n, n_features)``: (n, n_products)."""
    return np.stack([np.prod(x**powers, axis=1) for powers in exponents], axis=1)


class PolynomialRegressor(Regressor):
    """A polynomial of the columns by least squares.

    Parameters
    ----------
    degree : of the polynomial, from 1; with n columns it has (n + degree)! / (n! degree!) coefficients.
    ridge : as in ``LinearRegressor``, on the standardised powers.
    """

    def __init__(self, degree: int = 2, *, ridge: float = 0.0) -> None:
        self.degree, self.ridge = degree, ridge

    @all_or_nothing
    def fit(self, x: Any, y: Any) -> Self:
        """Learn from rows ``x (n_rows, n_features)`` and their targets ``y (n_rows,)``."""
        if self.degree < 1:
            raise InputError(
                f"The degree is {self.degree}", where="PolynomialRegressor", remedy="Give 1 or more."
            )
        rows, targets = self._begin(x, y)
        self.mean_, self.scale_ = find_scale(rows, where="PolynomialRegressor")
        self.exponents_ = list_exponents(rows.shape[1], self.degree)
        self.regressor_ = LinearRegressor(self.ridge).fit(self._expand(rows), targets)
        return self

    def predict(self, x: Any) -> Array:
        """Return the prediction for each row of ``x``, (n_rows,)."""
        rows = self._check_rows(x)
        return self.regressor_.predict(self._expand(rows))

    def _expand(self, rows: Array) -> Array:
        return expand_powers((rows - self.mean_) / self.scale_, self.exponents_)
