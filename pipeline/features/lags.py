"""What came before a place in a series that is regular in time, NaN where nothing is known.

Each function gives every place a number made of earlier places alone; means leave out what is not known.
"""

from __future__ import annotations

import numpy as np

from pipeline.features.arrays import Floats


def delay(values: Floats, n_places: int) -> Floats:
    """Return what stood ``n_places`` before each place, NaN where the series had not begun."""
    delayed = np.full(len(values), np.nan)
    delayed[n_places:] = values[: max(len(values) - n_places, 0)]
    return delayed


def average_window(values: Floats, n_places: int) -> Floats:
    """Return the mean of the known values among the ``n_places`` before each place; NaN without any."""
    known = ~np.isnan(values)
    sums = np.concatenate([[0.0], np.cumsum(np.where(known, values, 0.0))])
    sizes = np.concatenate([[0], np.cumsum(known)])
    ends = np.arange(len(values))
    starts = np.maximum(ends - n_places, 0)
    return divide(sums[ends] - sums[starts], sizes[ends] - sizes[starts])


def average_lags(values: Floats, step: int, n_steps: int) -> Floats:
    """Return the mean of the known values 1, 2 … ``n_steps`` steps before each place."""
    total, n_known = np.zeros(len(values)), np.zeros(len(values))
    for k in range(1, n_steps + 1):
        earlier = delay(values, k * step)
        total += np.nan_to_num(earlier)
        n_known += ~np.isnan(earlier)
    return divide(total, n_known)


def average_rows_before(values: Floats, n_rows: int) -> Floats:
    """Return the mean of the ``n_rows`` rows before each row of ``values (n, k)``, or of those there are.

    The first row, which has none before it, gets itself.
    """
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    ends = np.arange(len(values))
    starts = np.maximum(ends - n_rows, 0)
    means: Floats = (sums[ends] - sums[starts]) / np.maximum(ends - starts, 1)[:, None]
    means[:1] = values[:1]
    return means


def divide(total: Floats, n_known: Floats) -> Floats:
    """Return a mean, NaN where nothing is known."""
    mean: Floats = np.divide(total, n_known, out=np.full(len(total), np.nan), where=n_known > 0)
    return mean
