"""Counts, one row at a time: Poisson regression with the logarithmic link.

The expected count is μ = exp(w·z); a row's loss is μ − y·(w·z) + ½ρ|w|² (the constant's weight is not in
|w|²), whose gradient is (μ − y) z + ρw. The **explicit** step takes it where the weights stand,

    w ← w − η ((μ − y) z + ρ w)                         η = rate / k^decay at the k-th row

and can leap to an exponent that overflows. The **implicit** step takes it where the weights arrive,

    w' = w − η ((μ' − y) z + ρ w')       with μ' = exp(w'·z), that is, with S = 1 / (1 + ηρ) (1 for the
    w' = S ⊙ (w + η (y − μ') z)          constant): s' = w'·z solves s' + q e^(s') = a,
                                         q = η z·(S ⊙ z), a = z·(S ⊙ w) + q y

One number is unknown: s' = a − ω(a + log q), with Wright's function, ω + log ω = its argument. No rate
makes it leap: without a ridge μ' lies between the old expectation and the count, and the rate is only how
far it goes.
Both depend on the errors through an exponential, so that rows cannot be learned in blocks.

References: P. McCullagh & J. A. Nelder 1989, *Generalized Linear Models*, 2nd ed., ch. 6; P. Toulis & E. M.
Airoldi 2017, *Asymptotic and finite-sample properties of estimators based on stochastic gradients*, eq. 4;
R. M. Corless & D. J. Jeffrey 2002, *The Wright ω Function*.
"""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np
from scipy.special import wrightomega

from models.online.learner import OnlineRegressor
from models.types import Array

MOST_SCORE = 709.0  # e^709 is about the largest float


class OnlinePoisson(OnlineRegressor):
    """A regressor of counts whose predictions are expected counts, always above 0; 1 before any learning.

    Parameters
    ----------
    n_features : columns of a row.
    rate : η of the first row.
    decay : the k-th row's rate is ``rate / k**decay``; 0 keeps it constant.
    ridge : ρ ≥ 0, on all weights but the constant's.
    implicit : take the gradient where the step arrives (stable at any rate), else where it starts.
    standardise : by the running mean and spread; without it, rows are taken as they are.
    """

    SETTINGS: ClassVar = ("n_features", "rate", "decay", "ridge", "implicit", "standardise")
    STATE: ClassVar = ("n_learned", "weights")
    LEAST_TARGET: ClassVar = 0.0

    def __init__(
        self,
        n_features: int,
        *,
        rate: float = 0.01,
        decay: float = 0.0,
        ridge: float = 0.0,
        implicit: bool = True,
        standardise: bool = True,
    ) -> None:
        super().__init__(n_features, standardise)
        most = math.inf if implicit else 1 / rate if rate > 0 else 0.0  # beyond it weights would change sign
        if not (0 < rate < math.inf and 0 <= decay < math.inf and 0 <= ridge < most):
            raise self._refuse(
                f"rate is {rate}, decay {decay} and ridge {ridge}",
                "rate lies above 0, decay and ridge do not lie below; explicit, rate · ridge is below 1.",
            )
        self.rate, self.decay, self.ridge, self.implicit = rate, decay, ridge, implicit
        self.n_learned = 0
        self.weights = np.zeros(n_features + 1)  # the constant, then one a column

    def _predict(self, z: Array) -> float:
        return self._expect(float(z.dot(self.weights)))

    def _learn(self, z: Array, y: float) -> None:
        self._learn_chunk(z[None], np.array([y]))

    def _learn_chunk(self, z: Array, y: Array) -> Array:
        """Predict and learn rows one by one; what no weight is needed for is computed for all at once."""
        numbers = np.arange(self.n_learned + 1, self.n_learned + len(z) + 1.0)
        rates = self.rate / numbers**self.decay
        shrink = 1 / (1 + rates * self.ridge) if self.implicit else 1 - rates * self.ridge
        sizes = 1 + shrink * np.square(z[:, 1:]).sum(axis=1)  # z·(S ⊙ z), which q is η times
        predictions, w, move = np.empty(len(z)), self.weights, np.empty_like(self.weights)
        rows = zip(z, y.tolist(), rates.tolist(), shrink.tolist(), sizes.tolist(), strict=True)
        for k, (row, target, rate, kept, size) in enumerate(rows):
            score = float(row.dot(w))
            predictions[k] = expected = self._expect(score)
            if self.implicit:
                start = score * kept + w[0] * (1 - kept)  # z·(S ⊙ w)
                change = self._solve(start, rate * size, target) / size
                np.multiply(row, change, move)
                w += move
                if self.ridge:
                    w[1:] *= kept
            else:
                if self.ridge:
                    w[1:] *= kept
                np.multiply(row, rate * (target - expected), move)
                w += move
        self.n_learned += len(z)
        return predictions

    def _expect(self, score: float) -> float:
        if not score <= MOST_SCORE:
            raise self._refuse(
                "The expected count grows beyond any number",
                "Lower the rate, take implicit steps, or standardise the rows.",
            )
        return math.exp(score)

    def _solve(self, start: float, q: float, y: float) -> float:
        """Return s' − z·(S ⊙ w), which is q (y − μ') without the digits that y − μ' would lose."""
        a = start + q * y
        change = a - float(wrightomega(a + math.log(q))) - start
        if not math.isfinite(change):
            raise self._refuse("The weights grow without bound", "Lower the rate, or standardise the rows.")
        return change
