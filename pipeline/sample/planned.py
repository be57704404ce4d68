"""What was planted in the days and hours of a sample: windows, changes and paces, from its rates alone."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np

from pipeline.sample.effects import Effects
from pipeline.sample.rhythm import DayPlan, Span, place_day

EVENING = 15  # a night's twenty-four hours begin at 15:00
MORNING = 4  # a day's, for its middle


def describe_plan(plan: DayPlan, weekly: np.ndarray, early: np.ndarray, effects: Effects) -> dict[str, Any]:
    """Return the planted spans, changes, windows and rates; ``weekly`` and ``early`` are (7, 24) each.

    ``habit_change`` is the first day of the later hours; ``quiet_windows`` has for each habit its days, and
    the clock hours (above 24 after midnight) of least rate, for all nights and before work and free days;
    ``middle_hours`` is the clock by which half of each weekday, from 04:00, is expected; ``planned`` the
    searches a day that are expected, by year and month; ``pace_steps`` the factor from each day on.
    """
    changed = int(plan.student.sum())
    moved = not np.array_equal(weekly, early) and 0 < changed < plan.n_days
    habits = [(0, changed, early), (changed, plan.n_days, weekly)] if moved else [(0, plan.n_days, weekly)]
    if not moved and changed == plan.n_days:
        habits = [(0, plan.n_days, early)]
    days = [plan.first + timedelta(days=k) for k in range(plan.n_days)]
    hours = np.concatenate([_spread_over_week(plan, *habit) for habit in habits])
    expected = hours.sum(axis=1)
    return {
        "trips": [{**_spell(span), "hours_ahead": ahead} for span, ahead in plan.trips],
        "silent_days": _spell(plan.silent) if plan.silent else None,
        "holidays": [_spell(span) for span in plan.holidays],
        "habit_change": days[changed].isoformat() if moved else None,
        "pace_steps": [
            {"since": days[place_day(step.since, plan.n_days)].isoformat(), "rise": step.rise}
            for step in effects.pace_steps
        ],
        "quiet_windows": [
            {**_spell(Span(days[start], days[stop - 1])), **_list_windows(rates)}
            for start, stop, rates in habits
        ],
        "middle_hours": _find_middles(hours, np.array([day.weekday() for day in days])),
        "planned": {
            "by_year": _average(expected, [f"{day.year}" for day in days]),
            "by_month": _average(expected, [f"{day.year}-{day.month:02}" for day in days]),
        },
    }


def find_quiet_window(rates: np.ndarray) -> tuple[int, int] | None:
    """Return start and end of the hours that two rates set apart best, in a day (24,) that begins at 15:00.

    The two rates are those of largest Poisson likelihood; None where every hour has the same.
    """
    if np.ptp(rates) < 1e-12:
        return None
    best, found = -np.inf, (0, 1)
    for start in range(24):
        for end in range(start + 1, 25):
            if end - start == 24 or rates[start:end].mean() >= rates.mean():
                continue
            parts = (rates[start:end], np.append(rates[:start], rates[end:]))
            value = sum(part.sum() * np.log(max(part.mean(), 1e-12)) for part in parts)
            if value > best:
                best, found = value, (start, end)
    return found


def _list_windows(weekly: np.ndarray) -> dict[str, Any]:
    """Return the windows of an average night and of those before workdays and free days."""
    nights = np.hstack([weekly[:, EVENING:], np.roll(weekly, -1, axis=0)[:, :EVENING]])
    before_work = np.array([True, True, True, True, False, False, True])  # by the evening's weekday
    kinds = {"all": nights, "work": nights[before_work], "free": nights[~before_work]}
    windows = {kind: find_quiet_window(rows.mean(axis=0)) for kind, rows in kinds.items()}
    return {kind: [hour + EVENING for hour in span] if span else None for kind, span in windows.items()}


def _spread_over_week(plan: DayPlan, start: int, stop: int, rates: np.ndarray) -> np.ndarray:
    weekday = (plan.first.weekday() + np.arange(start, stop)) % 7
    rows: np.ndarray = rates[weekday] * plan.levels[start:stop, None]
    return rows


def _find_middles(hours: np.ndarray, weekday: np.ndarray) -> list[float | None]:
    days = np.hstack([hours[:-1, MORNING:], hours[1:, :MORNING]])
    middles: list[float | None] = []
    for k in range(7):
        sums = np.append(0.0, np.cumsum(days[weekday[:-1] == k].sum(axis=0)))
        middles.append(float(np.interp(sums[-1] / 2, sums, np.arange(25)) + MORNING) if sums[-1] else None)
    return middles


def _average(expected: np.ndarray, names: list[str]) -> dict[str, float]:
    named = np.array(names)
    return {str(name): round(float(expected[named == name].mean()), 3) for name in np.unique(named)}


def _spell(span: Span) -> dict[str, str]:
    return {"first": span.first.isoformat(), "last": span.last.isoformat()}
