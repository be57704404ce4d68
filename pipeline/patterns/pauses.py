"""The pauses between activities, and how long one must be to part two sessions.

Pauses are taken between times of UTC, so that no change of the clocks makes or hides one.

References
----------
Halfaker, Keyes, Kluver, Thebault-Spieker, Nguyen, Shores, Uduwage and Warncke-Wang 2015, User Session
Identification Based on Strong Regularities in Inter-activity Time (arXiv 1411.2878): pauses fall into two
log-normal heaps, and the valley between them parts sessions. Catledge and Pitkow 1995, Characterizing
Browsing Strategies in the World-Wide Web: the convention of about half an hour.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import LIKELY, count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.days import as_days
from pipeline.patterns.mixture import Mixture, climb, find_valley, fit_mixture
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import NO_BREAK, say_pause

Floats = NDArray[np.float64]

ENOUGH_PAUSES = 100
CONVENTION = 1800  # seconds
SHORTEST, LONGEST = 60.0, 10800.0  # seconds between which a valley parts sessions, not clicks or days
DEEP = 0.8  # the density in the valley over that of the lower peak, at most
CLOSE = 0.1  # the largest distance between the pauses' cumulative share and the fitted one
LEAST_WEIGHT = 0.05
FINE, COARSE = 0.01, 0.05  # powers of ten that values share before the fit, and in what is drawn again
N_FITS = 300
FIT_STEPS = 60


class Pauses(NamedTuple):
    """Rows in order of time, and the pause after each but the last; an unknown one holds uncovered days."""

    order: NDArray[np.int64]  # (n,) places in the subject's rows
    seconds: Floats  # (n - 1,)
    known: NDArray[np.bool_]  # (n - 1,)
    day: NDArray[np.int64]  # (n,) places in the subject's days


class Limit(NamedTuple):
    """The longest pause within a session, with its 95 % interval; by convention where no fit is good."""

    seconds: int
    fitted: bool
    low: float  # NaN by convention
    high: float
    mixture: Mixture | None  # of the pauses' log10 seconds


def list_pauses(subject: Subject) -> Pauses:
    """List the time from each activity to the next.

    A pause is known where every day strictly inside it is covered, and one of its ends too if it passes
    midnight: between two exports nobody knows what came.
    """
    rows, days = subject.rows, as_days(subject.days)
    time = pd.DatetimeIndex(rows["time"]).as_unit("ms").asi8
    order = np.argsort(time, kind="stable")
    day = np.searchsorted(days, rows["date"].to_numpy().astype("datetime64[D]")[order])
    covered = np.isin(days, as_days(subject.covered))
    before = np.concatenate([[0], np.cumsum(covered)])  # covered days before each day
    dates = days[day].astype(np.int64)
    first, last = dates[:-1], dates[1:]
    inside = before[day[1:]] - before[np.minimum(day[:-1] + 1, len(days))]
    whole = np.where(last > first, inside == last - first - 1, True)
    ends = (last == first) | covered[day[:-1]] | covered[day[1:]]
    seconds = np.diff(time[order]) / 1000.0
    return Pauses(order, seconds, whole & ends, day)


def find_limit(pauses: Pauses, subject: Subject, rng: np.random.Generator) -> Limit:
    """Return the valley between the short pauses and the long ones, rounded within its interval.

    It is taken where a mixture of two log-normal distributions fits: each holds 5 % or more, their
    cumulative share is never off by 10 %, the valley lies between one minute and three hours, is a fifth
    lower than the lower peak, and is there in nearly all of 300 resamples of stretches of days. Else the
    limit is 30 minutes, by convention. Pauses under a second count as one second.
    """
    logs = np.log10(np.maximum(pauses.seconds[pauses.known], 1.0))
    nothing = Limit(CONVENTION, False, math.nan, math.nan, None)
    if len(logs) < ENOUGH_PAUSES:
        return nothing
    values, counts, _ = _gather(logs, FINE)
    mixture = fit_mixture(values, counts)
    if not _is_good(values, counts, mixture):
        return nothing
    place = float(find_valley(mixture).place[0])
    drawn = _draw_valleys(pauses, logs, mixture, subject, rng)
    drawn = widen(drawn, place, count_blocks(len(subject.days)))
    in_bounds = (drawn >= math.log10(SHORTEST)) & (drawn <= math.log10(LONGEST))
    if np.mean(in_bounds) < LIKELY:
        return nothing
    low, high = find_interval(drawn)
    return Limit(round_limit(10**place, 10**low, 10**high), True, 10**low, 10**high, mixture)


def round_limit(seconds: float, low: float = 0.0, high: float = math.inf) -> int:
    """Round to what one says: ten seconds under two minutes, minutes up to an hour, then five minutes.

    Finer where that would leave the interval from ``low`` to ``high``.
    """
    coarsest = 10 if seconds < 120 else 60 if seconds < 3600 else 300
    for step in (300, 60, 30, 10):
        rounded = int(step * round(seconds / step))
        if step <= coarsest and low <= rounded <= high:
            return rounded
    return round(seconds)


def say_limit(seconds: float) -> str:
    """Write a rounded limit as it is: 50 seconds, 9 minutes, 8½ minutes, 8 minutes 10 seconds."""
    minutes, rest = divmod(int(seconds), 60)
    if seconds < 120 or rest == 0:
        return say_pause(seconds)
    if rest == 30 and minutes < 60:
        return f"{minutes}½{NO_BREAK}minutes"
    return f"{say_pause(60 * minutes)}{NO_BREAK}{say_pause(rest)}"


def _gather(logs: Floats, width: float) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return the classes of ``width`` that hold a value: their means, their numbers, and each one's class."""
    place = np.round(logs / width).astype(np.int64)
    n = np.bincount(place)
    held = n > 0
    means = np.bincount(place, weights=logs)[held] / n[held]
    return means, n[held].astype(float), (np.cumsum(held) - 1)[place]


def _is_good(values: Floats, counts: Floats, mixture: Mixture) -> bool:
    valley = find_valley(mixture)
    place, depth = float(valley.place[0]), float(valley.depth[0])
    if not math.log10(SHORTEST) <= place <= math.log10(LONGEST) or depth > DEEP:
        return False
    if float(mixture.weight.min()) < LEAST_WEIGHT:
        return False
    found = (np.cumsum(counts) - counts / 2) / counts.sum()
    scores = (values[:, None] - mixture.mean[0]) / (mixture.sd[0] * math.sqrt(2))
    fitted = 0.5 * (1 + np.vectorize(math.erf)(scores)) @ mixture.weight[0]
    return float(np.abs(found - fitted).max()) <= CLOSE


def _draw_valleys(
    pauses: Pauses, logs: Floats, mixture: Mixture, subject: Subject, rng: np.random.Generator
) -> Floats:
    """Return (N_FITS,): the valley's place where stretches of days are drawn again; NaN without one."""
    days = as_days(subject.days)
    values, whole, place = _gather(logs, COARSE)
    cell = pauses.day[:-1][pauses.known] * len(values) + place
    by_day = np.bincount(cell, minlength=len(days) * len(values)).reshape(len(days), len(values))
    counts = draw_weights(days, rng, N_FITS) @ by_day.astype(float)
    start = climb(values, whole[None, :], mixture)
    shift = float(find_valley(mixture).place[0] - find_valley(start).place[0])
    valley = find_valley(climb(values, counts, start, FIT_STEPS))
    return np.asarray(np.where(valley.depth < 1.0, valley.place, np.nan) + shift)
