"""Which words set one part of an archive apart from another, and how sure that is.

References: B. L. Monroe, M. P. Colaresi and K. M. Quinn 2008, Fightin' Words: Lexical Feature Selection
and Evaluation for Identifying the Content of Political Conflict, equations 16, 20 and 22.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
ENOUGH_Z = 4.0  # chance gives as much to one word in 30,000


class LogOdds(NamedTuple):
    """Each word's log-odds in the one part less those in the other, and that over its standard deviation."""

    delta: Floats
    z: Floats


def measure_log_odds(
    one: Floats, other: Floats, prior: Floats, n_one: float, n_other: float, n_prior: float
) -> LogOdds:
    """Compare how often words come in two parts, with an informative Dirichlet prior.

    ``one``, ``other`` and ``prior`` are counts of the same words, ``n_one``, ``n_other`` and ``n_prior``
    those of all words. With the whole archive for the prior a rare word is drawn to no difference:
    δ = ln((y¹ + α) / (n¹ + α₀ − y¹ − α)) − ln((y² + α) / (n² + α₀ − y² − α)),
    var(δ) ≈ 1/(y¹ + α) + 1/(y² + α), z = δ / √var. A word without any prior count gets 0.
    """
    first, second = np.asarray(one + prior, dtype=float), np.asarray(other + prior, dtype=float)
    first_rest, second_rest = n_one + n_prior - first, n_other + n_prior - second
    known = (prior > 0) & (first_rest > 0) & (second_rest > 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        delta = np.where(known, np.log(first / first_rest) - np.log(second / second_rest), 0.0)
        z = np.where(known, delta / np.sqrt(1 / first + 1 / second), 0.0)
    return LogOdds(delta, z)
