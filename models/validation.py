"""Splits by time, and a choice by a measure, which is to look at the validation span alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple, TypeVar

from models.errors import InputError

Candidate = TypeVar("Candidate")


class Split(NamedTuple):
    """Rows in the order of time: to learn from, to choose by, and to score once."""

    train: slice
    validation: slice
    test: slice

    @property
    def before_test(self) -> slice:
        """All rows before the scored ones."""
        return slice(0, self.test.start)


def split_by_time(n_rows: int, *, validation: float = 0.2, test: float = 0.2) -> Split:
    """Split rows that lie in the order of time; the last rows are the test."""
    n_test, n_validation = round(n_rows * test), round(n_rows * validation)
    first, second = n_rows - n_test - n_validation, n_rows - n_test
    return Split(slice(0, first), slice(first, second), slice(second, n_rows))


def choose_lowest(candidates: Sequence[Candidate], measure: Callable[[Candidate], float]) -> Candidate:
    """Return the candidate with the lowest measure, the first of equals; NaN is never the lowest.

    Raises ``InputError`` where no measure is a number.
    """
    measured = [(value, candidate) for candidate in candidates if not math.isnan(value := measure(candidate))]
    if not measured:
        raise InputError(
            f"None of {len(candidates)} candidates has a measure to choose by",
            where="validation",
            remedy="Look for a model that left the range of its numbers, or a span without rows.",
        )
    return min(measured, key=lambda pair: pair[0])[1]
