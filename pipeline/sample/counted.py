"""Searches where it is given how many each hour has: which are one session, and when each of them comes."""

from __future__ import annotations

import numpy as np

from pipeline.sample.rhythm import PAUSE_SECONDS, PAUSE_SPREAD, Draw

LAST_SECOND = 3599.0  # of an hour: what an hour holds stays in it


def place_searches(counts: np.ndarray, session_searches: float, rng: np.random.Generator) -> Draw:
    """Return exactly ``counts (n_days, 24)`` searches, by day and hour of the home clock.

    Sessions have ``session_searches`` in the mean where an hour has enough of them, and end with their hour.
    """
    hour = np.repeat(np.arange(counts.size), counts.ravel())
    begins = np.diff(hour, prepend=-1) != 0
    begins |= rng.random(len(hour)) < 1 / session_searches
    session = np.cumsum(begins) - 1
    begin = np.flatnonzero(begins)
    pauses = np.maximum(rng.lognormal(np.log(PAUSE_SECONDS), PAUSE_SPREAD, len(hour)), 2)
    elapsed = np.cumsum(pauses)
    elapsed -= elapsed[begin][session]  # since the session's first search
    long = elapsed[np.append(begin[1:], len(hour)) - 1] if len(hour) else np.zeros(0)
    fits = np.minimum(1.0, LAST_SECOND / np.maximum(long, 1.0))
    start = rng.random(len(begin)) * (LAST_SECOND - long * fits)
    seconds = hour * 3600 + np.floor(start[session] + elapsed * fits[session])
    return Draw(seconds.astype(np.int64), session)


def average_week(counts: np.ndarray, first_weekday: int) -> np.ndarray:
    """Return (7, 24) mean counts, Monday first, of days that begin with ``first_weekday``."""
    weekday = (first_weekday + np.arange(len(counts))) % 7
    return np.array([counts[weekday == day].mean(axis=0) if (weekday == day).any() else np.zeros(24)
                     for day in range(7)])  # fmt: skip
