"""The simplest guesses, which every model has to beat.

A *series* is regular in time, NaN where nothing was observed; the guess at a place uses earlier
places alone, and is NaN where these hold nothing.

Shapes: a series (n,) → its guesses (n,).

Reference: R. J. Hyndman & G. Athanasopoulos 2021, *Forecasting: Principles and Practice*, 3rd ed., ch. 5.2.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from models.estimator import Classifier, all_or_nothing
from models.types import Array


class MajorityClass(Classifier):
    """Always says the class that was commonest; probabilities are the classes' shares."""

    learns_from_rows = False

    @all_or_nothing
    def fit(self, x: Any, y: Any) -> Self:
        """Count the labels ``y (n_rows,)``; of equally common classes the first in order wins."""
        rows, numbers = self._begin(x, y)
        self.shares_ = np.bincount(numbers) / len(rows)
        return self

    def predict_proba(self, x: Any) -> Array:
        """Return the classes' shares for each row of ``x``."""
        rows = self._check_rows(x)
        return np.tile(self.shares_, (len(rows), 1))


def guess_same_place(series: Array, period: int) -> Array:
    """Guess what stood one ``period`` before: with 168 hours, the same hour last week."""
    return shift(series, period)


def guess_mean_of_periods(series: Array, period: int, n_periods: int) -> Array:
    """Guess the mean of the same place in the last ``n_periods`` periods."""
    total, known = np.zeros(len(series)), np.zeros(len(series))
    for k in range(1, n_periods + 1):
        earlier = shift(series, k * period)
        total += np.nan_to_num(earlier)
        known += ~np.isnan(earlier)
    return _divide(total, known)


def guess_mean_so_far(series: Array) -> Array:
    """Guess the mean of all places before."""
    total, known = np.cumsum(np.nan_to_num(series)), np.cumsum(~np.isnan(series)).astype(float)
    return shift(_divide(total, known), 1)


def shift(series: Array, n_places: int) -> Array:
    """Return the series ``n_places`` later, with NaN in front."""
    return np.concatenate(
        [np.full(min(n_places, len(series)), np.nan), series[: max(len(series) - n_places, 0)]]
    )


def _divide(total: Array, known: Array) -> Array:
    mean: Array = np.divide(total, known, out=np.full(len(total), np.nan), where=known > 0)
    return mean
