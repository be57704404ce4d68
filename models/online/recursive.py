"""Recursive least squares with forgetting, in blocks: the fast form, which carries the inverse along.

After n rows the weights are the minimum of

    Σᵢ λⁿ⁻ⁱ (yᵢ − w·zᵢ)² + λⁿ ρ |w|²        λ = forgetting, ρ = ridge

One row at a time, with P the inverse of λⁿρI + Σᵢ λⁿ⁻ⁱ zᵢzᵢᵀ,

    g = P z / (λ + zᵀP z)        w ← w + g (y − w·z)        P ← (P − g zᵀP) / λ

**Blocks.** Divided by λᵏ, forgetting becomes a weight: the k-th row of a block counts λ⁻ᵏ, as rows
A = λ^(−k/2) zₖ and targets t = λ^(−k/2) yₖ that nothing forgets. Their innovations have the covariance

    S = I + A P Aᵀ = L Lᵀ        h = L⁻¹ (t − A w)        V = L⁻¹ A P
    t − (what was predicted before each) = diag(L) ⊙ h        w ← w + Vᵀh        P ← (P − VᵀV) / λᴷ

since a Cholesky factor takes its rows in order. A block is as long as λ⁻ᴷ stays below 4, at most 48.
Rows far from 0 of which little is known, zᵀP z in the thousands, are learned one by one: S would have no
digits left for what tells them apart.

``OnlineLinear`` minimises the same sum but never lets the ridge fade, solves afresh for each row (d³ a
row, not d²) and gives the same bits however its rows come. Here the ridge fades with the rows: where a
column stands still for long, P grows as λ⁻ⁿ (wind-up) until the learner refuses, at 10¹² times I/ρ. Use
this one for speed, and that one for a learner that lives for years.

References: S. Haykin 2014, *Adaptive Filter Theory*, 5th ed., ch. 10 (RLS, eqs. 10.16 to 10.25); B. D. O.
Anderson & J. B. Moore 1979, *Optimal Filtering*, ch. 5 (innovations).
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from scipy.linalg.blas import dtrsm, dtrsv

from models.errors import InputError
from models.online.learner import OnlineRegressor
from models.types import Array

BLOCK_ROWS = 48
MOST_UNSEEN = 1e3  # zᵀP z of a row in a block, which keeps sixteen digits less those of this
MOST_WEIGHT = 4.0  # of a block's last row against its first
MOST_UNKNOWN = (
    1e12  # P's trace against that of I/ρ: beyond, and for large rows before, rounding eats what is known
)


class RecursiveLeastSquares(OnlineRegressor):
    """A linear regressor that is the least-squares fit of all rows so far, at each of them.

    Parameters
    ----------
    n_features : columns of a row.
    forgetting : λ, in (0, 1]; 1 forgets nothing.
    ridge : ρ > 0, on all weights, the constant's too; it fades with the rows.
    standardise : by the running mean and spread; without it, rows are taken as they are.
    """

    SETTINGS: ClassVar = ("n_features", "forgetting", "ridge", "standardise")
    STATE: ClassVar = ("weights", "covariance")

    def __init__(
        self, n_features: int, *, forgetting: float = 1.0, ridge: float = 1.0, standardise: bool = True
    ) -> None:
        super().__init__(n_features, standardise)
        if not 0 < forgetting <= 1 or not 0 < ridge < math.inf:
            raise self._refuse(
                f"forgetting is {forgetting} and ridge is {ridge}",
                "forgetting lies in (0, 1], ridge above 0.",
            )
        self.forgetting, self.ridge = forgetting, ridge
        self.weights = np.zeros(n_features + 1)  # the constant, then one a column
        self.covariance = np.eye(n_features + 1) / ridge  # P

    def _predict(self, z: Array) -> float:
        return float(z.dot(self.weights))

    def _learn(self, z: Array, y: float) -> None:
        error = y - self._predict(z)
        direction = self.covariance.dot(z)  # P z
        size = self.forgetting + float(direction.dot(z))
        self._check_growth(size)
        self.weights += direction * (error / size)
        self.covariance -= np.outer(direction, direction) / size  # symmetric to the bit: else it drifts
        self.covariance /= self.forgetting

    def _learn_chunk(self, z: Array, y: Array) -> Array:
        n_rows = self._count_block_rows()
        weight = self.forgetting ** (-0.5 * np.arange(1, n_rows + 1))  # λ^(−k/2)
        a, t = _weigh(z, weight), _weigh(y, weight)
        blocks = [slice(k, k + n_rows) for k in range(0, len(z), n_rows)]
        errors = np.concatenate([self._learn_block(a[k], t[k], weight) for k in blocks])
        return np.asarray(y - errors)

    def _count_block_rows(self) -> int:
        if self.forgetting == 1:
            return BLOCK_ROWS
        return max(1, min(BLOCK_ROWS, int(math.log(MOST_WEIGHT) / -math.log(self.forgetting))))

    def _learn_block(self, a: Array, t: Array, weight: Array) -> Array:
        """Learn a block of weighted rows, as the module's docstring has it; return y − ŷ of each."""
        self._check_growth()
        v = a @ self.covariance
        s = v @ a.T
        if len(a) > 1 and s.diagonal().max() > MOST_UNSEEN:
            return self._learn_by_rows(a, t, weight)
        innovation = t - a @ self.weights
        s.flat[:: len(a) + 1] += 1
        try:
            root = np.linalg.cholesky(s)  # L
        except np.linalg.LinAlgError as error:
            raise self._refuse_growth() from error
        h = dtrsv(root.T, innovation, lower=0, trans=1, overwrite_x=1)
        v = dtrsm(1.0, root.T, v.T, side=1, lower=0).T  # L⁻¹ A P, as (A P)ᵀ times L⁻ᵀ
        self.weights += h @ v
        self.covariance -= v.T @ v
        self.covariance *= weight[len(a) - 1] ** 2
        errors: Array = root.diagonal() * h / weight[: len(a)]
        return errors

    def _learn_by_rows(self, a: Array, t: Array, weight: Array) -> Array:
        """Learn a block of weighted rows one by one; return y − ŷ of each."""
        errors = np.empty(len(a))
        for k, root in enumerate(weight[: len(a)]):
            z, y = a[k] / root, float(t[k] / root)
            errors[k] = y - self._predict(z)
            self._learn(z, y)
        return errors

    def _check_growth(self, size: float = 1.0) -> None:
        unknown = float(self.covariance.trace()) * self.ridge  # 1 + n_features before any row
        if not (unknown < MOST_UNKNOWN and size > 0):
            raise self._refuse_growth()

    def _refuse_growth(self) -> InputError:
        return self._refuse(
            "What is not known grows without bound",
            "Forget less, standardise the rows, or use OnlineLinear, whose ridge stays.",
        )


def _weigh(rows: Array, weight: Array) -> Array:
    """Return each row times the weight of its place in its block."""
    weights = np.resize(weight, len(rows))
    weighted: Array = rows * weights.reshape(-1, *[1] * (rows.ndim - 1))
    return weighted
