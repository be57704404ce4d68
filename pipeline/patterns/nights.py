"""Rows of the week from 04:00 to 04:00, and the weekday that runs past midnight as no other does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import CLEAR, Floats, draw_weights, find_interval
from pipeline.patterns.days import DayTable, as_days, count_covered_days
from pipeline.patterns.subject import Subject

FIRST_HOUR = 4  # of a row of the week: what comes before belongs to the evening before
LATE = (20, 21)  # columns of a row that hold the two hours after midnight
EARLIEST = 16  # column of 20:00, where a late run may begin at the earliest
LATE_RATIO = 1.3  # how far above the other nights, on average, a run must lie
ENOUGH_NIGHTS = 8  # of every weekday, before a single year can confirm the run


def keep_whole_edge_weeks(days: DayTable) -> DayTable:
    """Leave out the first and the last ISO week if not all seven days of it are covered."""
    week = (days.days.astype(np.int64) + 3) // 7
    keep = np.ones(len(week), dtype=bool)
    for edge in (week[:1], week[-1:]):
        if len(edge) and np.sum(week == edge[0]) < 7:
            keep &= week != edge[0]
    return days.take(keep)


class Nights(NamedTuple):
    """Rows of 24 hours from 04:00, one a covered day whose next day is covered too."""

    days: DayTable  # the days on which the rows begin
    rows: np.ndarray  # (n, 24)


def list_nights(subject: Subject) -> Nights:
    """Join each covered day from 04:00 to the next day's first four hours."""
    covered = count_covered_days(subject)
    days = keep_whole_edge_weeks(covered)
    follows = np.isin(days.days + 1, as_days(subject.covered))
    days = days.take(follows)
    tomorrow = covered.counts[np.searchsorted(covered.days, days.days + 1)]
    return Nights(days, np.concatenate([days.counts[:, FIRST_HOUR:], tomorrow[:, :FIRST_HOUR]], axis=1))


class LateRun(NamedTuple):
    """Hours around midnight that one weekday fills as no other does; columns count from 04:00."""

    weekday: int
    start: int
    end: int  # exclusive
    rate: float  # an hour, in the run
    other: float  # in the same hours of the other nights
    low: float  # lower end of rate/other, measured on nights that had no part in the choice
    chance: float


def find_late_run(nights: Nights, rng: np.random.Generator) -> LateRun | None:
    """Return the weekday that runs past midnight, if one clearly does."""
    rates = resample_rows(nights, np.ones((1, len(nights.rows))))
    weights = draw_weights(nights.days.days, rng)
    drawn = resample_rows(nights, weights)
    if not np.isfinite(rates).all():
        return None
    day, _ = _choose_run(rates, 0.0)
    weekday, mine, others = int(day[0]), *_split(rates, day)
    chance = float(np.mean(_choose_run(drawn, 0.0)[0] == weekday))
    late = mine[0, LATE].mean()
    if chance < CLEAR or late < LATE_RATIO * others[0, LATE].mean() or late < rates.mean() / 2:
        return None
    lows = np.nanquantile(np.subtract(*_split(drawn, np.full(len(drawn), weekday))), 0.025, axis=0)
    _, chosen = _choose_run(rates, np.where(lows > 0, 0.0, np.inf))
    inside = chosen[0]
    if not inside[LATE[0]]:
        return None
    start, end = int(np.argmax(inside)), 24 - int(np.argmax(inside[::-1]))
    return LateRun(
        weekday, start, end, float(mine[0, inside].mean()), float(others[0, inside].mean()),
        find_interval(_measure_apart(nights, drawn, weights))[0], chance,
    )  # fmt: skip


def _split(rates: Floats, day: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return two tables (n, 24): each resample's own weekday, and the mean of its six others."""
    mine = rates[np.arange(len(rates)), day]
    return mine, np.asarray((rates.sum(axis=1) - mine) / 6)


def _choose_run(rates: Floats, least: Floats | float) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Choose for each of ``rates`` (n, 7, 24) its latest weekday (n,) and the hours of its run (n, 24).

    The hours are those around 00:00 without a gap that exceed the other nights' by 30 % and ``least``.
    """
    day = np.argmax(np.nan_to_num(rates)[:, :, LATE].mean(axis=2), axis=1)
    mine, others = _split(rates, day)
    exceeds = (mine >= LATE_RATIO * others) & (mine - others > least)
    before = np.logical_and.accumulate(exceeds[:, EARLIEST : LATE[0] + 1][:, ::-1], axis=1)[:, ::-1]
    after = np.logical_and.accumulate(exceeds[:, LATE[0] :], axis=1)
    inside = np.zeros_like(exceeds)
    inside[:, EARLIEST : LATE[0] + 1] = before
    inside[:, LATE[0] :] = after
    return day, inside


def _measure_apart(nights: Nights, drawn: Floats, weights: Floats) -> Floats:
    """Return (n,): the ratio that each resample's own weekday and hours have on the nights it left out.

    What is chosen and measured on the same nights looks larger than it is; Efron and Tibshirani 1997,
    Improvements on Cross-Validation: the .632+ Bootstrap Method, measure on what was not drawn.
    """
    day, inside = _choose_run(drawn, 0.0)
    inside[~inside[:, LATE[0]]] = np.isin(np.arange(24), LATE)
    mine, others = _split(resample_rows(nights, (weights == 0).astype(float)), day)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray((mine * inside).sum(axis=1) / np.maximum((others * inside).sum(axis=1), 1e-9))


def resample_rows(nights: Nights, weights: Floats) -> Floats:
    """Return (n_resamples, 7, 24): mean rows by weekday."""
    members = np.zeros((len(nights.rows), 7))
    members[np.arange(len(nights.rows)), nights.days.weekday] = 1.0
    cells = (members[:, :, None] * nights.rows[:, None, :]).reshape(len(nights.rows), 168)
    with np.errstate(invalid="ignore"):
        return np.asarray((weights @ cells).reshape(-1, 7, 24) / (weights @ members)[:, :, None])


def count_years(nights: Nights, run: LateRun) -> tuple[int, int]:
    """Return in how many years the run's weekday leads in its hours, of how many that can say."""
    led = known = 0
    for year in np.unique(nights.days.year):
        keep = nights.days.year == year
        n = np.bincount(nights.days.weekday[keep], minlength=7)
        if n.min() < ENOUGH_NIGHTS:
            continue
        inside = nights.rows[keep, run.start : run.end].sum(axis=1)
        sums = np.bincount(nights.days.weekday[keep], weights=inside, minlength=7)
        known += 1
        led += int(np.argmax(sums / n)) == run.weekday
    return led, known
