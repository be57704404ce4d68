"""The sum of what is still to come, drawn: months independent of each other, from one curve cut to a span.

    X = F⁻¹(F(low) + U·(F(high) − F(low))),  U uniform: the curve's own shape between ``low`` and ``high``

The share of n draws that pass a number has the standard error √(p(1 − p)/n): what another seed would change,
and nothing of how wrong the curve may be. For independent terms the draws can be spared: the distribution of
the sum is the convolution of the terms', here on a fine grid.

Shapes: totals (n_draws,), paths (n_draws, n_steps) → quantiles (n_shares, n_steps).

References: N. Metropolis & S. Ulam 1949, *The Monte Carlo method*, JASA 44; L. Devroye 1986, *Non-Uniform
Random Variate Generation*, ch. 2 (inversion).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.errors import InputError
from models.forecasting.distributions import Distribution
from models.types import Array

N_DRAWS = 10_000
N_CELLS = 1 << 14  # of the grid of one term; the error falls with its square
FAN = (0.025, 0.10, 0.25, 0.50, 0.75, 0.90, 0.975)


class Chance(NamedTuple):
    """The share of ``n_draws`` that pass, and its standard error by drawing."""

    share: float
    error: float
    n_draws: int


def draw_between(
    distribution: Distribution, low: float, high: float, shape: tuple[int, ...], *, rng: np.random.Generator
) -> Array:
    """Draw an array of ``shape`` from the curve cut to ``low`` ≤ x ≤ ``high``, by inversion."""
    begin, end = _find_shares(distribution, low, high)
    drawn = distribution.quantile(begin + (end - begin) * rng.random(shape))
    return np.clip(drawn, low, high)  # rounding may carry a share past an end


def measure_chance(totals: Array, target: float) -> Chance:
    """Return how many of the drawn ``totals (n_draws,)`` pass ``target``."""
    share = float(np.mean(np.asarray(totals) > target))
    return Chance(share, float(np.sqrt(share * (1 - share) / len(totals))), len(totals))


def compute_chance(
    distribution: Distribution,
    low: float,
    high: float,
    n_terms: int,
    needed: float,
    *,
    n_cells: int = N_CELLS,
) -> float:
    """Return the chance that ``n_terms`` independent terms of the cut curve sum to more than ``needed``.

    By the distribution function: the shares of ``n_cells`` equal cells, each as if at its middle, convolved
    by the Fourier transform; the sum's distribution function is a line between its steps' middles.
    """
    begin, end = _find_shares(distribution, low, high)
    edges = np.linspace(low, high, n_cells + 1)
    mass = np.diff(distribution.cdf(edges)) / (end - begin)
    size = n_terms * (n_cells - 1) + 1
    sums = np.fft.irfft(np.fft.rfft(mass, 2 * size) ** n_terms, 2 * size)[:size]
    width = (high - low) / n_cells
    starts = n_terms * (low + width / 2) + width * (np.arange(size + 1) - 0.5)
    below = np.interp(needed, starts, np.concatenate([[0.0], np.cumsum(sums)]))
    return float(np.clip(1 - below, 0.0, 1.0))


def measure_fan(paths: Array, shares: tuple[float, ...] = FAN) -> Array:
    """Return the quantiles ``(n_shares, n_steps)`` of running totals ``paths (n_draws, n_steps)``."""
    return np.quantile(paths, shares, axis=0)


def _find_shares(distribution: Distribution, low: float, high: float) -> tuple[float, float]:
    begin, end = (float(share) for share in distribution.cdf(np.array([low, high], np.float64)))
    if not low < high or not end > begin:
        raise InputError(
            f"The curve holds nothing between {low:g} and {high:g}",
            where="forecasting",
            remedy="Cut it to a wider span.",
        )
    return begin, end
