"""Prequential evaluation: each row is predicted, then scored, then learned, and none is set aside.

The error of a learner that goes on learning has no one value. The **mean so far** weighs all rows alike
and looks back for ever; the **faded mean** Σ αⁿ⁻ⁱ eᵢ² / Σ αⁿ⁻ⁱ forgets the learner's youth, and follows
what it does now, over about 1/(1 − α) rows.

References: A. P. Dawid 1984, *Statistical Theory: The Prequential Approach*; J. Gama, R. Sebastião & P. P.
Rodrigues 2013, *On evaluating stream learning algorithms*, eqs. 1 and 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple, Protocol

import numpy as np

from models.errors import InputError
from models.types import Array


class Learner(Protocol):
    """What predicts each row and then learns it."""

    def learn_many(self, x: Array, y: Array) -> Array: ...


class Judged(NamedTuple):
    """Some rows in a row: what was said of them before they were learned, and how good it has been."""

    n_rows: int  # so far, with these
    predictions: Array
    errors: Array  # target − prediction
    mean_squares: Array  # after each row, of all rows so far
    faded_squares: Array  # after each row, of the last ones most


def judge_rows(
    learner: Learner, x: Array, y: Array, *, n_rows: int = 1024, fade: float = 0.999
) -> Iterator[Judged]:
    """Yield what ``learner`` makes of rows ``x`` and targets ``y``, ``n_rows`` of them at a time.

    ``fade`` is α, in (0, 1]. The learner has learned what was yielded, and nothing beyond: a caller that
    stops early keeps it so.
    """
    if n_rows < 1 or not 0 < fade <= 1:
        raise InputError(
            f"n_rows is {n_rows} and fade is {fade}",
            where="judge_rows",
            remedy="n_rows is 1 or more, fade lies in (0, 1].",
        )
    total = faded = weight = 0.0
    for start in range(0, len(x), n_rows):
        targets = np.asarray(y[start : start + n_rows], np.float64)
        predictions = learner.learn_many(x[start : start + n_rows], targets)
        errors = targets - predictions
        mean_squares, faded_squares = np.empty((2, len(errors)))
        for k, square in enumerate((errors * errors).tolist()):
            total += square
            faded, weight = fade * faded + square, fade * weight + 1
            mean_squares[k], faded_squares[k] = total / (start + k + 1), faded / weight
        yield Judged(start + len(errors), predictions, errors, mean_squares, faded_squares)
