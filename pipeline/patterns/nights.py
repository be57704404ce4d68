"""Rows of the week from 04:00 to 04:00, and the weekday that runs past midnight as no other does."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.patterns.bootstrap import CLEAR, Floats, draw_weights, find_interval
from pipeline.patterns.days import DayTable, as_days, count_covered_days
from pipeline.patterns.subject import Subject

ROW_START = 4
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
    return Nights(days, np.concatenate([days.counts[:, ROW_START:], tomorrow[:, :ROW_START]], axis=1))


class LateRun(NamedTuple):
    """Hours around midnight that one weekday fills as no other does; columns count from 04:00."""

    weekday: int
    start: int
    end: int  # exclusive
    rate: float  # an hour, in the run
    other: float  # in the same hours of the other nights
    low: float  # lower end of rate/other
    chance: float


def find_late_run(nights: Nights, rng: np.random.Generator) -> LateRun | None:
    """Return the weekday that runs past midnight, if one clearly does."""
    rates = resample_rows(nights, np.ones((1, len(nights.rows))))[0]
    drawn = resample_rows(nights, draw_weights(len(nights.rows), rng))
    if not np.isfinite(rates).all():
        return None
    late, late_drawn = rates[:, LATE].mean(axis=1), drawn[:, :, LATE].mean(axis=2)
    day = int(np.argmax(late))
    chance = float(np.mean(np.argmax(np.nan_to_num(late_drawn), axis=1) == day))
    others = np.arange(7) != day
    if chance < CLEAR or late[day] < LATE_RATIO * late[others].mean() or late[day] < rates.mean() / 2:
        return None
    mean_others = rates[others].mean(axis=0)
    lows = np.nanquantile(drawn[:, day] - drawn[:, others].mean(axis=1), 0.025, axis=0)
    stands_out = (rates[day] >= LATE_RATIO * mean_others) & (lows > 0)
    if not stands_out[LATE[0]]:
        return None
    start, end = LATE[0], LATE[0] + 1
    while start > EARLIEST and stands_out[start - 1]:
        start -= 1
    while end < 24 and stands_out[end]:
        end += 1
    ratio = drawn[:, day, start:end].mean(axis=1) / np.maximum(
        drawn[:, others, start:end].mean(axis=(1, 2)), 1e-9
    )
    return LateRun(
        day, start, end, float(rates[day, start:end].mean()), float(mean_others[start:end].mean()),
        find_interval(ratio)[0], chance,
    )  # fmt: skip


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
