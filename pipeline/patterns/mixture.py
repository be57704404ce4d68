"""Two heaps in one histogram: a mixture of two normal distributions and the valley between them.

Fitted by expectation and maximisation on counted values, many histograms at once, so that the interval of
a valley costs little more than the valley.

References
----------
Dempster, Laird and Rubin 1977, Maximum Likelihood from Incomplete Data via the EM Algorithm.
McLachlan and Peel 2000, Finite Mixture Models, section 2.8 (several starts; a floor under the variance).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

STARTS = (0.2, 0.4, 0.6, 0.8, 0.9)  # quantiles at which the values are cut in two for a first guess
LEAST_SD = 0.02  # under which a heap is a spike of equal values
MOST_STEPS = 2000
SETTLED = 1e-7  # no parameter moves by more in a step
N_PLACES = 401  # at which a valley is looked for between the two means


class Mixture(NamedTuple):
    """For each of n histograms two normal distributions, the one with the smaller mean first: all (n, 2)."""

    weight: Floats
    mean: Floats
    sd: Floats


class Valley(NamedTuple):
    """For each of n mixtures its lowest place between the two means: all (n,); NaN where it has one peak."""

    place: Floats
    depth: Floats  # the density there over that of the lower peak


def fit_mixture(values: Floats, counts: Floats) -> Mixture:
    """Fit the likeliest mixture to ``values`` (m,), each met ``counts`` (m,) times; five starts are tried."""
    order = np.argsort(values, kind="stable")
    below = np.cumsum(counts[order]) / counts.sum()
    first = np.zeros((len(STARTS), len(values)))
    for k, start in enumerate(STARTS):
        first[k, order] = below <= start
    cut = np.broadcast_to(counts, first.shape)
    found = climb(values, cut, _maximise(values, cut, first))
    best = int(np.argmax(measure_likelihood(values, cut, found)))
    return Mixture(*(part[best : best + 1] for part in found))


def climb(values: Floats, counts: Floats, start: Mixture, n_steps: int = MOST_STEPS) -> Mixture:
    """Climb from ``start`` to the nearest peak of the likelihood of each row of ``counts`` (n, m)."""
    found = Mixture(*(np.broadcast_to(part, (len(counts), 2)) for part in start))
    for _ in range(n_steps):
        new = _maximise(values, counts, _share_out(values, found))
        moved = max(float(np.abs(a - b).max(initial=0.0)) for a, b in zip(new, found, strict=True))
        found = new
        if moved < SETTLED:
            break
    order = np.argsort(found.mean, axis=1, kind="stable")
    return Mixture(*(np.take_along_axis(part, order, axis=1) for part in found))


def measure_likelihood(values: Floats, counts: Floats, mixture: Mixture) -> Floats:
    """Return (n,): the log likelihood of each row of ``counts`` (n, m) under its mixture."""
    return np.asarray((counts * np.log(np.maximum(measure_density(values, mixture), 1e-300))).sum(axis=1))


def measure_density(places: Floats, mixture: Mixture) -> Floats:
    """Return (n, k): the density of each mixture at ``places``, (k,) or (n, k)."""
    sums = np.exp(_measure_logs(places, mixture, 0)) + np.exp(_measure_logs(places, mixture, 1))
    return np.asarray(sums / np.sqrt(2 * np.pi))


def find_valley(mixture: Mixture) -> Valley:
    """Return the lowest place of each density between its two means, if it has two peaks."""
    steps = np.linspace(0.0, 1.0, N_PLACES)
    places = mixture.mean[:, :1] + steps * (mixture.mean[:, 1:] - mixture.mean[:, :1])
    heights = measure_density(places, mixture)
    at = np.argmin(heights, axis=1)
    rows = np.arange(len(at))
    left = np.maximum.accumulate(heights, axis=1)[rows, at]
    right = np.maximum.accumulate(heights[:, ::-1], axis=1)[rows, N_PLACES - 1 - at]
    peak = np.minimum(left, right)
    has_two = (at > 0) & (at < N_PLACES - 1) & (heights[rows, at] < peak)
    depth = np.divide(heights[rows, at], peak, out=np.full(len(at), np.nan), where=has_two)
    return Valley(np.where(has_two, places[rows, at], np.nan), depth)


def _measure_logs(places: Floats, mixture: Mixture, k: int) -> Floats:
    """Return (n, m): the log of one distribution's weighted density, but for the constant."""
    mean, sd, weight = mixture.mean[:, k, None], mixture.sd[:, k, None], mixture.weight[:, k, None]
    return np.asarray(np.log(weight / sd) - 0.5 * ((places - mean) / sd) ** 2)


def _share_out(values: Floats, mixture: Mixture) -> Floats:
    """Return (n, m): how likely each value belongs to the first distribution (the E step)."""
    apart = _measure_logs(values, mixture, 1) - _measure_logs(values, mixture, 0)
    return np.asarray(1.0 / (1.0 + np.exp(np.clip(apart, -700.0, 700.0))))


def _maximise(values: Floats, counts: Floats, first: Floats) -> Mixture:
    """Return the mixture that fits best where ``first`` (n, m) of each value is the first's (the M step)."""
    mine = counts * first
    powers = np.stack([np.ones_like(values), values, values**2], axis=1)
    sums = np.stack([mine @ powers, (counts - mine) @ powers], axis=1)  # (n, 2, 3)
    size = np.maximum(sums[..., 0], 1e-12)
    mean = sums[..., 1] / size
    variance = np.maximum(sums[..., 2] / size - mean**2, LEAST_SD**2)
    return Mixture(size / size.sum(axis=1, keepdims=True), mean, np.sqrt(variance))
