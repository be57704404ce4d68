"""The habits of the nights from change to change: each period's usual window, and what each change moved."""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import count_blocks, draw_weights, find_interval
from pipeline.patterns.habit import Floats, Habit, count_quarters, fit_habit
from pipeline.patterns.habit_changes import Days, find_changes
from pipeline.patterns.quiet_nights import FIRST_HOUR
from pipeline.patterns.shifts import is_shifted, list_shifts
from pipeline.patterns.subject import Subject

ENOUGH_NIGHTS = 20  # usable ones, before a habit is given
LEAST_CHANGE = 0.25  # hours that at least one of both ends, or the middle, moves by its nearer bound
WIDEST = 3.0  # hours; a habit whose interval is wider is not given
LEAST_MOVE = 1 / 6  # hours from none, before an end of the window is said to have moved
MOVED, GREW, BEGINS, ENDS = "moved", "became", "begins", "ends"
QUIETER = 0.5  # share of the hours outside that a clock hour inside may hold, all nights together


class Period(NamedTuple):
    """The nights ``since`` to ``until`` (both included) with one habit."""

    since: np.datetime64
    until: np.datetime64
    habit: Habit
    nights: int
    usable: int


class Change(NamedTuple):
    """What moved on ``date``, in hours (+ later), each with its 95 % interval: middle, start, end, length."""

    date: np.datetime64
    middle: tuple[float, float, float]
    start: tuple[float, float, float]
    end: tuple[float, float, float]
    length: tuple[float, float, float]


class Move(NamedTuple):
    """What a change is said to have done to the window: ``what``, by how many hours, and which way."""

    what: str  # MOVED, GREW, BEGINS or ENDS
    hours: float
    way: str  # earlier, later, longer or shorter


class Habits(NamedTuple):
    """All that is known of the habit; ``why_none`` is 'few' or 'uncertain' where nothing is."""

    periods: list[Period]
    changes: list[Change]
    shifts: pd.DataFrame
    by_days: dict[str, tuple[Habit, int]]  # of the last period: work and free
    why_none: str


class Activity(NamedTuple):
    """The nights' quarters of an hour, as ``fit_habit`` reads them."""

    nights: pd.DataFrame
    dates: Days
    held: NDArray[np.int64]
    at_home: NDArray[np.bool_]  # usable and not away
    centre: float
    weights: Floats  # (n_resamples, n_nights) how often each was drawn


class Steps(NamedTuple):
    """Stays elsewhere (as ``list_shifts``), the first nights of new habits, and which nights are away."""

    shifts: pd.DataFrame
    changes: Days
    away: NDArray[np.bool_]


def find_habits(
    subject: Subject, nights: pd.DataFrame, rng: np.random.Generator, known: Steps | None = None
) -> Habits:
    """Find the periods between changes, their habits by the two-rate model, and the stays elsewhere.

    ``known`` is what ``find_steps`` finds, where it was called before.

    A change is kept if the interval of what it moved (either end, or the middle) stays a quarter of an
    hour from none; of those that do not, the weakest is taken back until all hold.
    """
    shifts, changes, away = known or find_steps(nights)
    at_home = nights["usable"].to_numpy(dtype=bool) & ~away
    if at_home.sum() < ENOUGH_NIGHTS:
        return Habits([], [], shifts, {}, "few")
    activity = _gather(subject, nights, at_home, rng)
    periods = _fit_periods(activity, changes)
    while len(periods) > 1:
        steps = [_compare(a, b) for a, b in pairwise(periods)]
        strengths = [_measure_change(step) for step in steps]
        weakest = int(np.argmin(strengths))
        if strengths[weakest] >= LEAST_CHANGE:
            break
        changes = np.delete(np.array([step.date for step in steps]), weakest)
        periods = _fit_periods(activity, changes)
    steps = [_compare(a, b) for a, b in pairwise(periods)]
    if not periods or not _is_certain(activity, periods[-1]):
        return Habits([], [], shifts, {}, "uncertain")
    return Habits(periods, steps, shifts, _fit_classes(activity, periods[-1]), "")


def find_steps(nights: pd.DataFrame) -> Steps:
    """Find stays elsewhere and the first nights of new habits, in turns, since each hides the other.

    None of either under 20 usable nights.
    """
    changes: Days = np.zeros(0, dtype="datetime64[D]")
    for _ in range(2):
        away = is_shifted(nights, list_shifts(nights, changes))
        changes = find_changes(nights, away)
    shifts = list_shifts(nights, changes)
    if nights["usable"].sum() < ENOUGH_NIGHTS:
        shifts = shifts.iloc[:0]
    return Steps(shifts, changes, is_shifted(nights, shifts))


def _gather(
    subject: Subject, nights: pd.DataFrame, at_home: NDArray[np.bool_], rng: np.random.Generator
) -> Activity:
    local = subject.rows["local"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    hours = np.sort(local, kind="stable") / 3_600_000 - FIRST_HOUR
    dates = nights["night"].to_numpy().astype("datetime64[D]")
    home = nights[at_home]
    centre = float(np.round(((home["start"] + home["end"]) / 2).median()))
    held = count_quarters(hours, dates.astype(np.int64), centre)
    return Activity(nights, dates, held, at_home, centre, draw_weights(dates, rng))


def _fit_periods(activity: Activity, changes: Days) -> list[Period]:
    dates = activity.dates
    place = np.searchsorted(changes, dates, side="right")
    periods = []
    for k in range(len(changes) + 1):
        inside = place == k
        chosen = inside & activity.at_home
        if chosen.sum() >= ENOUGH_NIGHTS:
            habit = _fit(activity, chosen)
            usable = int(activity.nights["usable"].to_numpy(dtype=bool)[inside].sum())
            span = dates[inside]
            periods.append(Period(span[0], span[-1], habit, int(inside.sum()), usable))
    return periods


def _fit(activity: Activity, chosen: NDArray[np.bool_]) -> Habit:
    nights = activity.nights[chosen]
    start, end = float(nights["start"].median()), float(nights["end"].median())
    held, weights = activity.held[chosen], activity.weights[:, chosen]
    return fit_habit(held, start, end, activity.centre, weights, count_blocks(len(held)))


def _fit_classes(activity: Activity, period: Period) -> dict[str, tuple[Habit, int]]:
    """Fit the last period's nights before work and before free days apart."""
    inside = (activity.dates >= period.since) & (activity.dates <= period.until) & activity.at_home
    free = activity.nights["free"].to_numpy(dtype=bool)
    classes = {}
    for name, which in (("work", inside & ~free), ("free", inside & free)):
        if which.sum() >= ENOUGH_NIGHTS:
            habit = _fit(activity, which)
            if _is_narrow(habit):
                classes[name] = (habit, int(which.sum()))
    return classes


def _compare(before: Period, after: Period) -> Change:
    one, other = before.habit, after.habit
    was, now = np.array([one.start, one.end]), np.array([other.start, other.end])
    drawn = other.drawn - one.drawn

    def weigh(start: float, end: float) -> tuple[float, float, float]:
        return (float((now - was) @ [start, end]), *find_interval(drawn @ np.array([start, end])))

    return Change(after.since, weigh(0.5, 0.5), weigh(1, 0), weigh(0, 1), weigh(-1, 1))


def _measure_change(change: Change) -> float:
    """Return by how many hours at least one of the change's measures stays clear of none."""
    return max(find_nearest(part) for part in (change.middle, change.start, change.end))


def find_nearest(part: tuple[float, float, float]) -> float:
    """Return how far the nearer end of an interval (value, low, high) lies from 0; 0 if it holds it."""
    _, low, high = part
    return max(low, -high, 0.0) if np.isfinite(low) else 0.0


def name_move(change: Change) -> Move:
    """Name what a change moved: only an end whose own interval holds it is said to have moved."""
    start, end = (_has_moved(part) for part in (change.start, change.end))
    if start and end and start != end:
        return Move(GREW, change.length[0], "longer" if end > 0 else "shorter")
    if bool(start) == bool(end):
        return Move(MOVED, change.middle[0], "later" if change.middle[0] > 0 else "earlier")
    what, part = (BEGINS, change.start) if start else (ENDS, change.end)
    return Move(what, part[0], "later" if part[0] > 0 else "earlier")


def _has_moved(part: tuple[float, float, float]) -> int:
    return int(np.sign(part[0])) if find_nearest(part) >= LEAST_MOVE else 0


def _is_narrow(habit: Habit) -> bool:
    widths = (habit.start_high - habit.start_low, habit.end_high - habit.end_low)
    return all(np.isfinite(width) and width <= WIDEST for width in widths)


def _is_certain(activity: Activity, period: Period) -> bool:
    """Say whether the window is known well, and quieter than the rest of the clock on all nights together."""
    habit = period.habit
    if not _is_narrow(habit):
        return False
    inside = (activity.dates >= period.since) & (activity.dates <= period.until) & activity.at_home
    by_quarter: Floats = activity.held[inside].mean(axis=0)
    at = activity.centre - 12 + (np.arange(len(by_quarter)) + 0.5) / 4
    quiet = (at > habit.start) & (at < habit.end)
    if not quiet.any() or quiet.all():
        return False
    return bool(by_quarter[quiet].mean() < QUIETER * by_quarter[~quiet].mean())
