"""The energy score: how well many drawn rows foretell the one that came, when no density can be written down.

With X and X′ drawn apart from one distribution and y the row that came,

    score = E |X − y| − ½ E |X − X′|        |·| the Euclidean length

It is never negative, and in the mean least for the distribution that y comes from, and for no other: a net
that invents rows can so be judged by its rows alone. How far off they lie is weighed against how they vary.

Shapes: X (n_draws, n, d), y (n, d) → scores (n,).

Reference: T. Gneiting & A. E. Raftery 2007, *Strictly Proper Scoring Rules, Prediction, and Estimation*, JASA
102, eq. 22.
"""

from __future__ import annotations

import numpy as np

from models.errors import InputError
from models.types import Array


def find_energy_scores(drawn: Array, came: Array) -> Array:
    """Return (n,) scores of ``drawn (n_draws, n, d)``, ``n_draws`` for each of the rows ``came (n, d)``.

    The second mean is over all pairs of different draws, and so without a bias; raises ``InputError`` for
    fewer than two draws, or rows of another shape.
    """
    if drawn.ndim != 3 or len(drawn) < 2 or drawn.shape[1:] != came.shape:
        raise InputError(
            f"Draws of the shape {drawn.shape} cannot be scored by rows of the shape {came.shape}",
            where="energy score",
            remedy="Give at least two draws for each row, as long as the row.",
        )
    off = np.linalg.norm(drawn - came, axis=-1).mean(axis=0)
    apart = np.array([find_distances(rows, rows).sum() for rows in drawn.swapaxes(0, 1)])
    n = len(drawn)
    scores: Array = np.maximum(off - apart / (2 * n * (n - 1)), 0)
    return scores


def find_distances(rows: Array, others: Array) -> Array:
    """Return (n_rows, n_others) Euclidean distances."""
    squares = (rows**2).sum(axis=1)[:, None] + (others**2).sum(axis=1) - 2 * rows @ others.T
    distances: Array = np.sqrt(np.maximum(squares, 0))
    return distances
