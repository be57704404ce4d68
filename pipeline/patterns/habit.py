"""The habitual quiet window: two rates of activity, awake and quiet, and where one turns into the other.

Every night has its own two change points; the habit is their mean. What happens in the window is unknown.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import find_interval, widen

Floats = NDArray[np.float64]

QUARTER = 0.25  # hours: several activities within a quarter of an hour count once: they come in bursts
N_QUARTERS = 96
MANY_NIGHTS = 400  # of more, every few are climbed with first
N_FIRST_ROUNDS, N_STEPS, MOST_ROUNDS = 8, 10, 80  # of EM before Newton’s steps; of these; of EM without them
SAFE = 340.0  # logarithms: two such weights can still be multiplied
CLOSE = 1e-3  # of the parameters, between two rounds
FARTHEST = 0.5  # of one of Newton’s steps
NEAR = 1e-4  # step of the numerical derivative
# What is known before any night is seen, lest a window without any activity, or one that always begins at
# the same minute, has no largest likelihood: half a quarter with activity, and two nights 18 minutes apart.
HALF = 0.5
TWO, APART = 2.0, 0.3


class Habit(NamedTuple):
    """The usual window in hours after 15:00, each with its 95 % interval, and what it was found from."""

    start: float
    start_low: float
    start_high: float
    end: float
    end_low: float
    end_high: float
    awake: float  # activities an hour, had each come alone
    quiet: float
    drawn: Floats  # (n_resamples, 2) start and end


def count_quarters(hours: Floats, day: NDArray[np.int64], centre: float) -> NDArray[np.int64]:
    """Return (n_nights, 96): whether each quarter of an hour about ``centre`` holds an activity.

    ``hours`` are all activities in order, in hours after 15:00 on 1 January 1970; ``day`` numbers the
    nights; a row runs from 12 hours before ``centre`` (in hours after the night's 15:00) to 12 after it.
    """
    held = np.zeros((len(day), N_QUARTERS), dtype=np.int64)
    if len(day) == 0:
        return held
    begin = 24.0 * day + centre - 12
    place = np.searchsorted(begin, hours, side="right") - 1
    quarter = np.floor((hours - begin[place]) / QUARTER).astype(np.int64)
    inside = (place >= 0) & (quarter < N_QUARTERS)
    held[place[inside], quarter[inside]] = 1
    return held


def fit_habit(
    held: NDArray[np.int64], start: float, end: float, centre: float, weights: Floats, n_blocks: float
) -> Habit:
    """Fit the two-rate model to nights ``held`` (n, 96) and give its window with intervals.

    In each night, activity is a Poisson process of rate ``quiet`` between its two change points and
    ``awake`` outside them, of which is seen whether each quarter of an hour holds any: one holds it with
    probability 1 − exp(−rate/4). The change points are normal about the habit. ``start`` and ``end`` only
    begin the search. Maximum likelihood by EM and Newton's steps; each of the resamples ``weights``
    (n_resamples, n) moves the estimate by one such step from its nights' scores (Fisher's identity), so
    that the interval holds for nights that resemble their neighbours.

    Source: two rates and nightly change points under a person's own means are those of Cuttone et al.
    2017, SensibleSleep; Dempster, Laird and Rubin 1977, Maximum Likelihood from Incomplete Data via the EM
    Algorithm; one-step resamples: Davison and Hinkley 1997, Bootstrap Methods and their Application, 2.7.
    """
    grid = np.asarray(centre - 12 + QUARTER * np.arange(N_QUARTERS + 1), dtype=float)
    seen = np.pad(np.cumsum(held, axis=1), ((0, 0), (1, 0))).astype(float)
    at, slope, scores = _climb(seen, grid, _begin(seen, grid, start, end))
    moved = np.linalg.lstsq(-slope, (weights @ scores).T, rcond=None)[0].T[:, :2]
    drawn = widen(at[:2] + moved, at[:2], n_blocks)
    (start_low, start_high), (end_low, end_high) = (find_interval(drawn[:, k]) for k in (0, 1))
    return Habit(
        float(at[0]), start_low, start_high, float(at[1]), end_low, end_high, float(np.exp(at[4])),
        float(np.exp(at[5])), drawn,
    )  # fmt: skip


def _begin(seen: Floats, grid: Floats, start: float, end: float) -> Floats:
    """Return the first parameters: the window's two ends, the logarithms of their sds and of the rates."""
    first, last = np.searchsorted(grid, [start, end])
    last = max(last, first + 1)
    inside = float(seen[:, min(last, len(grid) - 1)].sum() - seen[:, first].sum())
    hours = len(seen) * max(end - start, 1.0)
    awake = _find_rate(max(seen[:, -1].sum() - inside, HALF), max(24.0 * len(seen) - hours, 1.0))
    quiet = min(_find_rate(inside + HALF, hours), awake / 2)
    return np.array([start, end, 0.0, 0.0, np.log(awake), np.log(quiet)])


def _find_rate(held: float, hours: float) -> float:
    """Return the Poisson rate an hour at which so many quarters of so many hours hold an activity."""
    return float(-np.log1p(-min(held * QUARTER / hours, 0.99)) / QUARTER)


def _climb(seen: Floats, grid: Floats, at: Floats) -> tuple[Floats, Floats, Floats]:
    """Return the parameters of largest likelihood, the derivative (6, 6) of the score there, the scores."""
    if len(seen) > MANY_NIGHTS:
        every = -(-len(seen) // MANY_NIGHTS)
        few = seen[:: every + (every % 7 == 0)]  # of all weekdays
        at, slope, _ = _climb(few, grid, at)
        more = len(seen) / len(few)
        at, slope = _improve(seen, grid, at), slope * more
        slope[5, 5] += HALF * (more - 1)  # what was known before is known once
    else:
        for _ in range(N_FIRST_ROUNDS):
            at = _improve(seen, grid, at)
        slope = _differentiate(seen, grid, at)
    tried = at
    for _ in range(N_STEPS):
        scores = _score(seen, grid, tried)
        step = -np.linalg.lstsq(slope, scores.sum(axis=0), rcond=None)[0]
        if np.abs(step[:5]).max() < CLOSE:  # a rate of nearly nothing may stay vague
            return tried, slope, scores
        tried = tried + np.clip(step, -FARTHEST, FARTHEST)
    for _ in range(MOST_ROUNDS):
        before, at = at, _improve(seen, grid, at)
        if np.abs(before - at).max() < CLOSE:
            break
    return at, _differentiate(seen, grid, at), _score(seen, grid, at)


def _differentiate(seen: Floats, grid: Floats, at: Floats) -> Floats:
    slope = np.empty((len(at), len(at)))
    for k, step in enumerate(NEAR * np.eye(len(at))):
        rise = _score(seen, grid, at + step).sum(axis=0) - _score(seen, grid, at - step).sum(axis=0)
        slope[:, k] = rise / (2 * NEAR)
    return slope


class _Expected(NamedTuple):
    """Of each night: mean and mean square deviation of its change points, activity and hours inside."""

    start: Floats
    start_square: Floats
    end: Floats
    end_square: Floats
    inside: Floats
    hours: Floats


def _expect(seen: Floats, grid: Floats, at: Floats) -> _Expected:
    start, end, (start_sd, end_sd, awake, quiet) = at[0], at[1], np.exp(at[2:])
    gain = seen * np.log(np.expm1(quiet * QUARTER) / np.expm1(awake * QUARTER)) + (awake - quiet) * grid
    begin = -gain - ((grid - start) / start_sd) ** 2 / 2
    stop = gain - ((grid - end) / end_sd) ** 2 / 2
    begin, stop = _pair(begin, stop)
    return _Expected(
        begin @ grid,
        begin @ (grid - start) ** 2,
        stop @ grid,
        stop @ (grid - end) ** 2,
        ((stop - begin) * seen).sum(axis=1),
        (stop - begin) @ grid,
    )


def _pair(begin: Floats, stop: Floats) -> tuple[Floats, Floats]:
    """Turn log weights (n, k) of beginnings and ends into chances, given that each end follows its beginning.

    A beginning weighs as much as all ends after it together. Where the likeliest end of all may lie
    hundreds of logarithms above any that follows a likely beginning, the sums are taken in logarithms.
    """
    begin -= begin.max(axis=1, keepdims=True)
    stop -= stop.max(axis=1, keepdims=True)
    if min(begin.min(), stop.min()) > -SAFE:
        begin, stop = np.exp(begin), np.exp(stop)
        later, earlier = np.zeros_like(stop), np.zeros_like(begin)
        later[:, :-1] = np.cumsum(stop[:, :0:-1], axis=1)[:, ::-1]
        earlier[:, 1:] = np.cumsum(begin[:, :-1], axis=1)
        begin *= later
        stop *= earlier
    else:
        later = np.logaddexp.accumulate(stop[:, :0:-1], axis=1)[:, ::-1]
        earlier = np.logaddexp.accumulate(begin[:, :-1], axis=1)
        begin[:, :-1] += later
        stop[:, 1:] += earlier
        begin[:, -1] = stop[:, 0] = -np.inf
        begin = np.exp(begin - begin.max(axis=1, keepdims=True))
        stop = np.exp(stop - stop.max(axis=1, keepdims=True))
    return begin / begin.sum(axis=1, keepdims=True), stop / stop.sum(axis=1, keepdims=True)


def _improve(seen: Floats, grid: Floats, at: Floats) -> Floats:
    """Take one round of EM."""
    found = _expect(seen, grid, at)
    start, end = found.start.mean(), found.end.mean()
    n = len(seen)
    start_squares = found.start_square.sum() - n * (start - at[0]) ** 2
    end_squares = found.end_square.sum() - n * (end - at[1]) ** 2
    start_variance, end_variance = (
        (squares + TWO * APART**2) / (n + TWO) for squares in (start_squares, end_squares)
    )
    awake = _find_rate(max((seen[:, -1] - found.inside).sum(), HALF), 24.0 * n - found.hours.sum())
    quiet = min(_find_rate(found.inside.sum() + HALF, found.hours.sum()), awake / 2)
    logs = np.log([start_variance**0.5, end_variance**0.5, awake, quiet])
    return np.array([start, end, *logs])


def _score(seen: Floats, grid: Floats, at: Floats) -> Floats:
    """Return (n, 6): the derivative by each parameter of each night's log likelihood, and of its part of what
    was known before.
    """
    found, n = _expect(seen, grid, at), len(seen)
    start_variance, end_variance = np.exp(2 * at[2:4])
    awake, quiet = np.exp(at[4:])
    each = QUARTER / -np.expm1(-np.exp(at[4:]) * QUARTER)  # hours that a quarter with activity stands for
    columns = [
        (found.start - at[0]) / start_variance,
        (found.end - at[1]) / end_variance,
        found.start_square / start_variance - 1 + TWO * (APART**2 / start_variance - 1) / n,
        found.end_square / end_variance - 1 + TWO * (APART**2 / end_variance - 1) / n,
        awake * (each[0] * (seen[:, -1] - found.inside) - (24.0 - found.hours)),
        quiet * (each[1] * (found.inside + HALF / n) - found.hours),
    ]
    return np.stack(columns, axis=1)
