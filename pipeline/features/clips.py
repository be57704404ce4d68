"""Three weeks in a row as a clip of maps, and whether the last of them is holiday or term.

What is a holiday only the owner can say: the labels come from the setting ``free_days``, and without it
there are none. A clip shows the week that it asks about after the two that led up to it; clips overlap,
and each is labelled by its own last week alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.features.arrays import Column, Dates, Flags, Floats, list_names
from pipeline.features.week_maps import COLUMNS as MAP_COLUMNS
from pipeline.features.week_maps import make_week_maps
from pipeline.patterns.subject import Subject

COLUMNS: tuple[Column, ...] = MAP_COLUMNS  # of each of the three maps
NAMES = list_names(COLUMNS)
N_WEEKS = 3


class Clips(NamedTuple):
    """Every three whole covered weeks in a row, oldest first."""

    weeks: Dates  # (n,) datetime64[D] the Monday of the last week
    x: Floats  # (n, 3, 7, 24, 1)
    holiday: Flags | None  # (n,) of the last week; None where no free days are set


def make_clips(subject: Subject) -> Clips:
    """Return all clips; those of which a week is missing or not whole are left out."""
    maps = make_week_maps(subject)
    last = np.arange(N_WEEKS - 1, len(maps.weeks))
    whole = maps.weeks[last] - maps.weeks[last - (N_WEEKS - 1)] == 7 * (N_WEEKS - 1)
    last = last[whole]
    x = maps.x[last[:, None] + np.arange(1 - N_WEEKS, 1)]
    weeks = maps.weeks[last]
    return Clips(weeks, x, tell_holiday(weeks, subject) if subject.free_days else None)


def tell_holiday(weeks: Dates, subject: Subject) -> Flags:
    """Say of each week (its Monday) whether most of its workdays are free days of the settings."""
    workdays = np.setdiff1d(np.arange(7), subject.weekend)
    free = subject.is_given_free((weeks[:, None] + workdays).ravel()).reshape(len(weeks), len(workdays))
    holiday: Flags = free.mean(axis=1) > 0.5
    return holiday
