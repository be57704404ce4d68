"""Linear regression by stochastic gradient descent: row by row exactly, and in blocks as exactly.

A row of the loss ½(w·z − y)² + ½ρ|w|² (the constant's weight is not in |w|²) moves the weights, before
the next row is predicted, by

    eₖ = zₖ·wₖ₋₁ − yₖ
    wₖ = cₖ ⊙ wₖ₋₁ − ηₖ eₖ zₖ        cₖ = 1 − ηₖρ, for the constant 1;  ηₖ = rate / k^decay

The ridge shrinks the weights and never enters the residual, and a row's step is the rate times *that
row's* gradient. (A course that this project follows adds the regulariser to the residual, and divides
the step of a new row by the size of the old batch, so that 97 rows would have to say what one says.)

**Blocks.** With C the products of the c so far in a block, bₖ = Cₖ₋₁ ⊙ zₖ and dₖ = ηₖ zₖ / Cₖ, both rows
of matrices B and D, the errors of a block follow from the weights w₀ before it:

    eₖ = bₖ·w₀ − yₖ − Σ_{j<k} (bₖ·dⱼ) eⱼ    so    (I + strict lower part of B Dᵀ) e = B w₀ − y
    w  = C ⊙ (w₀ − Dᵀe)                      with C of the block's last row

The triangle holds no weights and is made for many blocks in one product; each block then costs four
small calls, however many rows it has. Predictions and weights are those of the loop, to rounding.
An absolute penalty, clipping or rates that depend on the errors do not fit this algebra.

References: H. Robbins & S. Monro 1951, *A Stochastic Approximation Method*; G. H. Golub & C. F. Van Loan
2013, *Matrix Computations*, 4th ed., algorithm 3.1.1 (forward substitution).
"""

from __future__ import annotations

import math
from typing import Any, ClassVar

import numpy as np
from scipy.linalg.blas import dtrsv

from models.online.learner import OnlineRegressor, extend
from models.types import Array

BLOCK_ROWS = 64
LEAST_PRODUCT = 1e-100  # of the c in a block, whose inverse is a factor of its rows


class OnlineDescent(OnlineRegressor):
    """A linear regressor that moves by the gradient of each row's squared error.

    Parameters
    ----------
    n_features : columns of a row.
    rate : η of the first row, of the loss ½(prediction − y)².
    decay : the k-th row's rate is ``rate / k**decay``; 0 keeps it constant.
    ridge : ρ ≥ 0, on all weights but the constant's; rate · ridge is below 1.
    standardise : by the running mean and spread; without it, rows are taken as they are.
    """

    SETTINGS: ClassVar = ("n_features", "rate", "decay", "ridge", "standardise")
    STATE: ClassVar = ("n_learned", "weights")

    def __init__(
        self,
        n_features: int,
        *,
        rate: float = 0.01,
        decay: float = 0.0,
        ridge: float = 0.0,
        standardise: bool = True,
    ) -> None:
        super().__init__(n_features, standardise)
        self.rate, self.decay, self.ridge = rate, decay, ridge
        if not (0 < rate < math.inf and 0 <= decay < math.inf and 0 <= ridge * rate < 1):
            raise self._refuse(
                f"rate is {rate}, decay {decay} and ridge {ridge}",
                "rate lies above 0, decay and ridge do not lie below, and rate · ridge is below 1.",
            )
        self.n_learned = 0
        self.weights = np.zeros(n_features + 1)  # the constant, then one a column

    def learn_batch(self, x: Any, y: Any) -> Array:
        """Take one step by the mean gradient of the rows ``x (n_rows, n_features)``; return the predictions.

        All rows are predicted, and standardised, before the step; ``learn_many`` steps once a row.
        """
        rows, targets = self._check_many(x, y)
        if len(rows) == 0:
            return np.empty(0)
        with self._all_or_nothing():
            z = extend(self.scale.learn_many(rows) if self.standardise else rows)
            predictions: Array = z @ self.weights
            self._step((predictions - targets) @ z / len(z))
        return predictions

    def _predict(self, z: Array) -> float:
        return float(z.dot(self.weights))

    def _learn(self, z: Array, y: float) -> None:
        self._step((self._predict(z) - y) * z)

    def _step(self, gradient: Array) -> None:
        """Move against the gradient of the squared error, and shrink."""
        self.n_learned += 1
        rate = self.rate / self.n_learned**self.decay
        self.weights[1:] *= 1 - rate * self.ridge
        self.weights -= rate * gradient

    def _learn_chunk(self, z: Array, y: Array) -> Array:
        n_rows = self._count_block_rows()
        n_whole = len(z) - len(z) % n_rows
        parts = [(slice(0, n_whole), n_rows)] if n_whole else []
        parts += [(slice(n_whole, len(z)), len(z) - n_whole)] if n_whole < len(z) else []
        return np.concatenate([self._learn_blocks(z[part], y[part], size) for part, size in parts])

    def _count_block_rows(self) -> int:
        if self.rate * self.ridge == 0:
            return BLOCK_ROWS
        return math.floor(min(BLOCK_ROWS, math.log(LEAST_PRODUCT) / math.log1p(-self.rate * self.ridge)))

    def _learn_blocks(self, z: Array, y: Array, n_rows: int) -> Array:
        """Predict and learn rows in blocks of ``n_rows``, as the module's docstring has it."""
        numbers = np.arange(self.n_learned + 1, self.n_learned + len(z) + 1.0)
        rates = (self.rate / numbers**self.decay).reshape(-1, n_rows, 1)
        rows, targets = z.reshape(len(rates), n_rows, -1), y.reshape(-1, n_rows)
        b, d = rows, rows * rates
        kept = np.ones((len(rates), z.shape[1]))
        if self.ridge:
            products = np.cumprod(1 - rates * self.ridge, axis=1)  # C, but for the constant
            b, kept[:, 1:] = rows.copy(), products[:, -1]
            b[:, 1:, 1:] *= products[:, :-1]
            d[:, :, 1:] /= products
        triangles = b @ d.transpose(0, 2, 1)
        errors, w = np.empty_like(targets), self.weights
        for bk, dk, ck, yk, triangle, e in zip(b, d, kept, targets, triangles, errors, strict=True):
            bk.dot(w, out=e)
            e -= yk
            e[:] = dtrsv(triangle.T, e, lower=0, trans=1, diag=1, overwrite_x=1)  # its lower part, and I
            w -= e.dot(dk)
            if self.ridge:
                w *= ck
        self.n_learned += len(z)
        return (errors + targets).ravel()
