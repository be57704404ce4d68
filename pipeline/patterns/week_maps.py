"""Every whole week as a map of 7 × 24 counts, and the usual week of its time."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import Floats
from pipeline.patterns.nights import FIRST_HOUR, list_nights
from pipeline.patterns.subject import Subject

ENOUGH_WEEKS = 26  # whole weeks, before one can be unusual or shapes of weeks can be told
SMOOTH_HOURS = 5
NEIGHBOURS = 26  # nearest whole weeks that make a week's usual one


class WeekMaps(NamedTuple):
    """Whole ISO weeks, from Monday 04:00 to Monday 04:00, and their counts."""

    weeks: NDArray[np.datetime64]  # (n,) datetime64[D], their Mondays
    counts: Floats  # (n, 168), hours from Monday 04:00 on


def list_week_maps(subject: Subject) -> WeekMaps:
    """List the ISO weeks whose seven rows from 04:00 to 04:00 are all covered."""
    nights = list_nights(subject)
    monday = nights.days.days - nights.days.weekday
    weeks, place, n_rows = np.unique(monday, return_inverse=True, return_counts=True)
    counts = np.zeros((len(weeks), 7, 24))
    counts[place, nights.days.weekday] = nights.rows
    whole = n_rows == 7
    return WeekMaps(weeks[whole], counts[whole].reshape(-1, 168))


def smooth_hours(counts: Floats) -> Floats:
    """Return (n, 168): means over five hours, at both ends of the week over those there are."""
    half = SMOOTH_HOURS // 2
    padded = np.pad(counts, ((0, 0), (half + 1, half)))
    sums = np.cumsum(padded, axis=1)
    held = np.cumsum(np.pad(np.ones(counts.shape[1]), (half + 1, half)))
    return np.asarray(
        (sums[:, SMOOTH_HOURS:] - sums[:, :-SMOOTH_HOURS]) / (held[SMOOTH_HOURS:] - held[:-SMOOTH_HOURS])
    )


def find_usual(maps: Floats) -> Floats:
    """Return (n, 168): for each week the mean of the middle half of its 26 nearest others, hour by hour.

    Of its time, so that a slow change of habits makes no week unusual; the middle half, so that a few weeks
    away do not.
    """
    n = len(maps)
    n_near = min(NEIGHBOURS, n - 1)
    start = np.clip(np.arange(n) - n_near // 2, 0, max(n - n_near - 1, 0))
    near = start[:, None] + np.arange(n_near)
    near += near >= np.arange(n)[:, None]
    ordered = np.sort(maps[near], axis=1)
    cut = n_near // 4
    return np.asarray(ordered[:, cut : n_near - cut].mean(axis=1))


def list_clock() -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the weekday, 0–6, of whose row each of the 168 hours is, and its clock hour."""
    after = np.arange(168)
    return after // 24, (after + FIRST_HOUR) % 24
