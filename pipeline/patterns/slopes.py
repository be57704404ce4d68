"""How steadily counts grow or fall: Poisson regressions on time, for very many words at once.

References: P. McCullagh and J. A. Nelder 1989, Generalized Linear Models, chapters 6 and 9 (Poisson
regression with an exposure, and its spread by Pearson's statistic).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
STEEPEST = 20.0  # a year, in logarithms: a word of one month alone


class Slopes(NamedTuple):
    """Each word's growth a year, as a logarithm, its standard deviation, and the expected counts."""

    slope: Floats  # (k,)
    sd: Floats  # (k,) of a Poisson count; times the root of the spread, where that is above 1
    expected: Floats  # (k, n)


def fit_slopes(counts: Floats, exposure: Floats, time: Floats) -> Slopes:
    """Fit count ~ Poisson(exposure · exp(a + b · time)) for every word at once, by Newton’s method on b.

    ``counts`` (k, n) by word and period; ``exposure`` (n,) above 0; ``time`` (n,) in years. For given b the
    best a makes the expected counts sum to the word’s own, so that b alone is left: its score is
    Σ t·y − Y·mean(t) and its information Y·var(t), both under weights exposure · exp(b · t).
    """
    total, middle = counts.sum(axis=1), np.average(time, weights=exposure)
    centred = time - middle
    slope = np.zeros(len(counts))
    for _ in range(60):
        share, mean, variance = _weigh(slope, exposure, centred)
        step = np.clip((counts @ centred - total * mean) / np.maximum(total * variance, 1e-12), -1, 1)
        slope = np.clip(slope + step, -STEEPEST, STEEPEST)
        if not len(step) or float(np.abs(step).max()) < 1e-10:
            break
    share, _, variance = _weigh(slope, exposure, centred)
    sd = 1 / np.sqrt(np.maximum(total * variance, 1e-12))
    return Slopes(slope, sd, share * total[:, None])


def _weigh(slope: Floats, exposure: Floats, centred: Floats) -> tuple[Floats, Floats, Floats]:
    exponent = slope[:, None] * centred
    weight = exposure * np.exp(exponent - exponent.max(axis=1, keepdims=True, initial=-np.inf))
    share = weight / weight.sum(axis=1, keepdims=True)
    mean = share @ centred
    return share, mean, np.maximum(share @ centred**2 - mean**2, 0.0)


def measure_spread(counts: Floats, expected: Floats) -> Floats:
    """Return Pearson’s statistic over its degrees of freedom (n − 2) for each word; NaN under 3 periods.

    About 1 where counts differ from the expected ones as a Poisson’s do.
    """
    if counts.shape[1] < 3:
        return np.full(len(counts), np.nan)
    squares = (counts - expected) ** 2 / np.maximum(expected, 1e-9)
    return np.asarray(squares.sum(axis=1) / (counts.shape[1] - 2))
