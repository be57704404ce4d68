"""Intervals around any learner's predictions that cover what they promise, whatever the learner is.

A row's score is how far its target lay from its prediction, |y − ŷ| / s, with s a size that is known
before it (1, or the spread that the row itself suggests). The next interval is

    ŷ ± s · q        q = the ⌈(1 − α)(n + 1)⌉-th smallest of the last n scores, ∞ if there are fewer

For rows that could as well have come in another order, that covers with probability 1 − α at least. Life
drifts, so α is steered: after each row,

    αₜ₊₁ = αₜ + γ (α − missₜ)        missₜ = 1 if the interval did not hold the target, else 0

and below 0 the interval is everything, above 1 nothing. Then for *any* series at all the share of misses
in T rows is within (1 + γ) / (γT) of α, since αₜ never leaves [−γ, 1 + γ].

References: V. Vovk, A. Gammerman & G. Shafer 2005, *Algorithmic Learning in a Random World*, ch. 2; I.
Gibbs & E. Candès 2021, *Adaptive Conformal Inference Under Distribution Shift*, eq. 2 and prop. 4.1.
"""

from __future__ import annotations

import math
from bisect import bisect_left, insort
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np

from models.online.restorable import Restorable
from models.types import Array


class AdaptiveInterval(Restorable):
    """An interval for each prediction, made before its target is known and steered by those that were.

    Parameters
    ----------
    miss : α, the share of targets that may lie outside, in (0, 1).
    rate : γ ≥ 0; 0 steers nothing.
    n_scores : how many scores are remembered.
    """

    SETTINGS: ClassVar = ("miss", "rate", "n_scores")

    def __init__(self, *, miss: float = 0.1, rate: float = 0.01, n_scores: int = 1000) -> None:
        if not 0 < miss < 1 or not 0 <= rate < math.inf or n_scores < 1:
            raise self._refuse(
                f"miss is {miss}, rate {rate} and n_scores {n_scores}",
                "miss lies in (0, 1), rate is 0 or more, n_scores 1 or more.",
            )
        self.miss, self.rate, self.n_scores = miss, rate, n_scores
        self.steered = miss  # αₜ
        self._scores: list[float] = []  # in the order of time, as a ring
        self._sorted: list[float] = []
        self._oldest = 0

    def find_reach(self) -> float:
        """Return q, the half-width of the next interval in units of its size: 0 … ∞, −∞ for nothing."""
        n = len(self._sorted)
        if self.steered >= 1:
            return -math.inf
        rank = math.ceil((1 - self.steered) * (n + 1))
        return self._sorted[rank - 1] if rank <= n else math.inf

    def predict_one(self, prediction: float, size: float = 1.0) -> tuple[float, float]:
        """Return the interval (low, high) around ``prediction``; an empty one has low above high."""
        self._check_numbers(prediction, size)
        return self._predict(prediction, size)

    def _predict(self, prediction: float, size: float) -> tuple[float, float]:
        reach = size * self.find_reach()
        return prediction - reach, prediction + reach

    def learn_one(self, prediction: float, y: float, size: float = 1.0) -> None:
        """Learn that the target of ``prediction`` was ``y``."""
        self._check_numbers(prediction, size, y)
        self._learn(prediction, y, size)

    def _learn(self, prediction: float, y: float, size: float) -> None:
        score = abs(y - prediction) / size
        missed = score > self.find_reach()
        self.steered += self.rate * (self.miss - missed)
        insort(self._sorted, score)
        if len(self._scores) < self.n_scores:
            self._scores.append(score)
            return
        del self._sorted[bisect_left(self._sorted, self._scores[self._oldest])]
        self._scores[self._oldest] = score
        self._oldest = (self._oldest + 1) % self.n_scores

    def learn_many(self, predictions: Any, y: Any, sizes: Any = 1.0) -> tuple[Array, Array]:
        """Return the interval (low, high) made before each target was learned; all of shape (n_rows,)."""
        guesses, targets, units = np.broadcast_arrays(
            *(np.asarray(part, np.float64) for part in (predictions, y, sizes))
        )
        self._check_numbers(guesses, units, targets)
        if guesses.ndim != 1:
            raise self._refuse(f"Rows of the shape {guesses.shape}", "Give them in a row.")
        low, high = np.empty((2, len(guesses)))
        for k, (guess, target, unit) in enumerate(
            zip(guesses.tolist(), targets.tolist(), units.tolist(), strict=True)
        ):
            low[k], high[k] = self._predict(guess, unit)
            self._learn(guess, target, unit)
        return low, high

    def list_arrays(self) -> dict[str, Array]:
        """Return all that was learned, by name: the scores from the oldest on, and where α stands."""
        ordered = self._scores[self._oldest :] + self._scores[: self._oldest]
        return {"scores": np.array(ordered, np.float64), "steered": np.array(self.steered)}

    def _set_arrays(self, arrays: Mapping[str, Array]) -> None:
        scores, steered = arrays["scores"], arrays["steered"]
        if scores.ndim != 1 or len(scores) > self.n_scores or not (scores >= 0).all():
            raise ValueError("not the scores of this interval")
        if steered.shape != () or not np.isfinite(steered):
            raise ValueError("not the place of α")
        self._scores, self.steered = scores.tolist(), float(steered)
        self._sorted = sorted(self._scores)

    def _check_numbers(self, prediction: Any, size: Any, y: Any = 0.0) -> None:
        if not (np.isfinite(prediction).all() and np.isfinite(y).all() and np.isfinite(size).all()):
            raise self._refuse("A prediction, a target or a size is NaN or infinite", "Leave such rows out.")
        if not np.all(np.asarray(size) > 0):
            raise self._refuse("A size is not above 0", "Give how far off the row is expected to be, or 1.")
