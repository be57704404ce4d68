"""The leading components of weeks, how much of their difference each holds, and how much chance would.

References: Eagle and Pentland 2009, Eigenbehaviors: Identifying Structure in Routine, Behavioral Ecology
and Sociobiology 63; how many components are more than chance: Horn 1965, A Rationale and Test for the
Number of Factors in Factor Analysis, Psychometrika 30, here with whole days shuffled among the weeks.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.patterns.bootstrap import Floats
from pipeline.patterns.week_maps import WeekMaps, smooth_hours

MOST_COMPONENTS = 3
N_SHUFFLES = 50
THINNED = 3


class Components(NamedTuple):
    """Leading components of maps."""

    axes: Floats  # (k, 168), of length 1, the larger side positive
    shares: Floats  # (k,) of the variance
    scores: Floats  # (n, k)


def find_components(maps: Floats, n_components: int = MOST_COMPONENTS) -> Components:
    """Return the leading principal components of ``maps`` (n, 168), by singular value decomposition."""
    centred = maps - maps.mean(axis=0)
    left, lengths, axes = np.linalg.svd(centred, full_matrices=False)
    kept = slice(0, n_components)
    total = max(float((lengths**2).sum()), 1e-12)
    side = np.where(axes[kept].sum(axis=1) < 0, -1.0, 1.0)
    return Components(
        axes[kept] * side[:, None], lengths[kept] ** 2 / total, left[:, kept] * lengths[kept] * side
    )


def find_chance_shares(maps: WeekMaps, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Return the leading shares (k,), and the largest of each rank (k,) when days are shuffled among weeks.

    Days stay whole, so that restless days alone make no shape of a week. Both are of every third hour of
    the smoothed maps, which says nearly the same as all hours and takes a tenth of the time.
    """
    n = len(maps.weeks)
    days = maps.counts.reshape(n, 7, 24)
    largest = np.zeros(MOST_COMPONENTS)
    for _ in range(N_SHUFFLES):
        order = rng.permuted(np.tile(np.arange(n)[:, None], (1, 7)), axis=0)
        largest = np.maximum(largest, _share_out(days[order, np.arange(7)].reshape(n, 168)))
    return _share_out(maps.counts), largest


def _share_out(counts: Floats) -> Floats:
    thin = smooth_hours(counts)[:, 1::THINNED]
    centred = thin - thin.mean(axis=0)
    square = centred.T @ centred
    values = np.linalg.eigvalsh(square)[::-1]
    return np.asarray(values[:MOST_COMPONENTS] / max(float(values.sum()), 1e-12))
