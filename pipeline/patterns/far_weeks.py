"""How far each week lies from the usual week of its time: in how full it is, in its shape, on its clock.

The routine rebuilds a week as the usual week of its time, made as full as the week was (the leading
eigenweek of almost every archive is how full the week is); what is left is the reconstruction error of
Eagle and Pentland 2009, Eigenbehaviors. How full a week is would then never be unusual: it counts beside.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import Floats
from pipeline.patterns.week_maps import WeekMaps, find_usual, smooth_hours

LEVEL_FLOOR = 4.0  # activities, added to a week's before the logarithm: few are restless by themselves
ROOT_FLOOR = 0.075  # added to an hour's before the root: 3/8 (Anscombe 1948), over five hours
TO_SPREAD = 1.4826  # from the median of absolute deviations to a standard deviation
BIN_HOURS = 6  # of the counts that measure how much more restless the weeks are than Poisson's
SHIFTS = (*range(-11, -2), *range(3, 13))  # hours
CLEAR_GAIN = 15.0  # of log likelihood, by another clock
ENOUGH_FOR_A_CLOCK = 50  # activities in the week


class FarWeeks(NamedTuple):
    """How unlike the usual one each week is."""

    usual: Floats  # (n, 168) expected counts, hours from Monday 04:00
    distance: Floats  # (n,) robust standard deviations, of level and shape together
    ratio: Floats  # (n,) its activities over the usual ones
    gain: Floats  # (n,) log likelihood that the best shift of the clock gains
    shifted: NDArray[np.bool_]  # (n,) another clock fits clearly better
    hours: NDArray[np.int64]  # (n,) that shift, later is positive; one for clearly shifted weeks in a row


def measure_weeks(maps: WeekMaps) -> FarWeeks:
    """Measure every week against the 26 nearest others."""
    totals = maps.counts.sum(axis=1)
    smooth = smooth_hours(maps.counts)
    shape, level = find_usual(smooth), find_usual(totals[:, None])[:, 0]
    usual = shape * (level / np.maximum(shape.sum(axis=1), 1e-9))[:, None]
    fullness = measure_spreads(np.log((totals + LEVEL_FLOOR) / (level + LEVEL_FLOOR)))
    rebuilt = usual * (totals / np.maximum(level, 1e-9))[:, None]
    left = np.sqrt(smooth + ROOT_FLOOR) - np.sqrt(rebuilt + ROOT_FLOOR)
    errors = ((left - left.mean(axis=0)) ** 2).sum(axis=1)
    strange = np.where(totals > 0, measure_spreads(np.log(np.maximum(errors, 1e-12))), 0.0)
    distance = np.hypot(fullness, np.maximum(strange, 0.0))
    gains = _measure_shifts(maps.counts, rebuilt)
    shifted = (totals >= ENOUGH_FOR_A_CLOCK) & (gains.max(axis=1) >= CLEAR_GAIN)
    best = np.argmax(gains, axis=1)
    for run in split_runs(np.flatnonzero(shifted), maps.weeks):
        best[run] = np.argmax(gains[run].sum(axis=0))  # days of one stay on another clock
    ratio = totals / np.maximum(level, 1e-9)
    return FarWeeks(usual, distance, ratio, gains.max(axis=1), shifted, np.array(SHIFTS)[best])


def measure_spreads(values: Floats) -> Floats:
    """Return (n,): distances from the median, in robust standard deviations."""
    off = values - np.median(values)
    return np.asarray(off / max(TO_SPREAD * float(np.median(np.abs(off))), 1e-9))


def _measure_shifts(counts: Floats, rebuilt: Floats) -> Floats:
    """Return (n, n_shifts): what each shift of the rebuilt week gains in Poisson log likelihood.

    Divided by the median dispersion of the weeks' six-hour counts, since searches come in bursts.
    """
    n = len(counts)
    floor = 0.02 * rebuilt.mean(axis=1, keepdims=True) + 1e-9
    logs = np.log(rebuilt + floor)
    still = (counts * logs).sum(axis=1, keepdims=True)
    moved = np.stack([(counts * np.roll(logs, k, axis=1)).sum(axis=1) for k in SHIFTS], axis=1)
    binned, expected = (x.reshape(n, -1, BIN_HOURS).sum(axis=2) for x in (counts, rebuilt))
    dispersion = float(np.median(((binned - expected) ** 2 / np.maximum(expected, 0.5)).mean(axis=1)))
    return np.asarray((moved - still) / max(dispersion, 1.0))


def split_runs(place: NDArray[np.int64], weeks: NDArray[np.datetime64]) -> list[NDArray[np.int64]]:
    """Split places into runs of weeks that follow each other."""
    if len(place) == 0:
        return []
    return np.split(place, np.flatnonzero(np.diff(weeks[place]).astype(np.int64) > 7) + 1)


def choose_far(
    is_far: NDArray[np.bool_], distance: Floats, weeks: NDArray[np.datetime64], most: int
) -> NDArray[np.int64]:
    """Return the places of the farthest of the far weeks, at most ``most``, by date.

    Of far weeks in a row only the farthest is chosen.
    """
    runs = split_runs(np.flatnonzero(is_far), weeks)
    tops = np.array([run[np.argmax(distance[run])] for run in runs], dtype=np.int64)
    return np.sort(tops[np.argsort(-distance[tops], kind="stable")][:most])
