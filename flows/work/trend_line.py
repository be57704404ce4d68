"""A straight line through days, and a way to it."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.types import Array
from pipeline.features.waves import YEAR_DAYS


class Line(NamedTuple):
    """A line through days: from ``first`` on, ``start`` a day and ``change`` more each year."""

    first: np.datetime64
    change: float
    start: float

    def guess(self, days: Array) -> Array:
        """Return the line at ``days`` (datetime64[D]), nowhere below 0."""
        return np.maximum(self.start + self.change * count_years(self.first, days), 0.0)


class Walk(NamedTuple):
    """A way to the line: the places (change, start) where it was, and after how many steps."""

    places: Array  # (n_places, 2), the first is (0, 0)
    steps: Array  # (n_places,)
    rows_a_step: int
    near: int | None  # the first place from which on all are near the exact line; None if it never stays so


def count_years(first: np.datetime64, days: Array) -> Array:
    """Return the years from ``first`` to each of ``days``."""
    years: Array = (days - first).astype(np.int64) / YEAR_DAYS
    return years
