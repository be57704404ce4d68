"""When the invented person searches: the level of each day, the hours of each weekday, sessions, trips."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import numpy as np

from pipeline.sample.effects import PLAN_DAYS, PLAN_FIRST, Effects

STUDENT_UNTIL = date(2022, 9, 5)
SILENT_SINCE = date(2024, 8, 3)
PAUSE_SECONDS, PAUSE_SPREAD = 45, 0.9  # median and logarithmic spread of the pauses inside a session
NIGHT = ((0, 22), (0, 23), (1, 0), (1, 1))  # Monday night, as (weekday, hour)


class Span(NamedTuple):
    """Days ``first`` to ``last``, both included."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class DayPlan:
    """What each day of the sample expects; arrays have one value a day."""

    first: date
    levels: np.ndarray  # share of an ordinary workday
    shifts: np.ndarray  # hours that the person's clock is ahead of home
    student: np.ndarray  # whether the student's hours hold
    trips: tuple[tuple[Span, int], ...]
    silent: Span | None
    holidays: tuple[Span, ...]

    @property
    def n_days(self) -> int:
        return len(self.levels)


class Draw(NamedTuple):
    """Searches in order of session: seconds of home clock since the first midnight, and their session."""

    seconds: np.ndarray
    session: np.ndarray


def place_day(planned: date, n_days: int) -> int:
    """Return the index of the day that a date of the five-year plan falls on in a sample of ``n_days``."""
    place = round((planned - PLAN_FIRST).days * n_days / PLAN_DAYS)
    return min(max(place, 0), n_days - 1)


def plan_days(first: date, n_days: int, effects: Effects, rng: np.random.Generator) -> DayPlan:
    """Settle the level, the clock and the phase of every day."""
    days = [first + timedelta(days=k) for k in range(n_days)]
    year = np.array([day.year - first.year for day in days])
    month = np.array([day.month for day in days])
    month_day = month * 100 + np.array([day.day for day in days])
    falls = np.resize(effects.august_falls, year.max() + 1)[year]
    rises = np.resize(effects.term_end_rises, year.max() + 1)[year]
    levels = (1 + effects.growth) ** ((np.arange(n_days) - n_days / 2) / 365.25)
    levels *= np.where(month == 8, 1 - falls, 1.0)
    levels *= np.where((month_day >= 1222) | (month_day <= 103), 1 - effects.christmas_fall, 1.0)
    in_exams = (month_day >= 510) & (month_day <= 630)
    levels *= 1 + rises * np.where(in_exams, 1.0, np.where(month == 1, 0.5, 0.0))
    for step in effects.pace_steps:
        levels[place_day(step.since, n_days) :] *= 1 + step.rise
    if effects.restlessness > 0:
        shape = effects.restlessness**-2
        levels *= rng.gamma(shape, 1 / shape, n_days)
    shifts = rng.normal(0, effects.wander_minutes / 60, n_days)
    trips = []
    for trip in effects.trips:
        start = place_day(trip.since, n_days)
        stop = min(start + max(1, round(trip.days * min(1, n_days / 730))), n_days)
        shifts[start:stop] += trip.hours
        levels[start:stop] *= 0.8
        trips.append((Span(days[start], days[stop - 1]), trip.hours))
    silent = None
    if effects.silent_days:
        start = place_day(SILENT_SINCE, n_days)
        stop = min(start + effects.silent_days, n_days)
        levels[start:stop] = 0
        silent = Span(days[start], days[stop - 1])
    student = np.arange(n_days) < place_day(STUDENT_UNTIL, n_days)
    return DayPlan(first, levels, shifts, student, tuple(trips), silent, _list_holidays(days, effects))


def _list_holidays(days: list[date], effects: Effects) -> tuple[Span, ...]:
    spans = []
    for year in range(days[0].year - 1, days[-1].year + 1):
        if any(effects.august_falls):
            spans.append(Span(date(year, 8, 1), date(year, 8, 31)))
        if effects.christmas_fall:
            spans.append(Span(date(year, 12, 22), date(year + 1, 1, 3)))
    inside = [Span(max(s.first, days[0]), min(s.last, days[-1])) for s in spans]
    return tuple(sorted(span for span in inside if span.first <= span.last))


def make_rates(hours: dict[str, list[float]], effects: Effects, *, student: bool) -> np.ndarray:
    """Return (7, 24) shares of an ordinary workday's searches, Monday first: workday rows sum to 1."""
    plain = np.array(hours["workday"])
    workday, weekend = plain, np.array(hours["weekend"])
    if student:
        workday = plain + effects.student_hours * (np.array(hours["student_workday"]) - plain)
        weekend = weekend + effects.student_hours * (np.array(hours["student_weekend"]) - weekend)
    workday, weekend = workday / workday.sum(), weekend / weekend.sum()
    weekend = workday + effects.weekend_hours * (weekend - workday)
    rates = np.vstack([workday] * 5 + [weekend * (1 - effects.weekend_fall)] * 2)
    for weekday, hour in NIGHT:
        rates[weekday, hour] *= 1 + effects.monday_nights * (1 if hour > 20 else 2)
    # The long night is paid for by the rest of its day: the weekdays keep their level.
    rates[:5] /= rates[:5].sum(axis=1, keepdims=True)
    return rates


def draw_searches(
    plan: DayPlan, rates: np.ndarray, student_rates: np.ndarray, effects: Effects, rng: np.random.Generator
) -> Draw:
    """Draw the sessions of each hour and the searches inside them.

    Both rates are (7, 24): searches an hour on a day of level 1, Monday first.
    """
    weekday = (plan.first.weekday() + np.arange(plan.n_days)) % 7
    by_hour = np.where(plan.student[:, None], student_rates[weekday], rates[weekday]) * plan.levels[:, None]
    sessions = rng.poisson(by_hour / effects.session_searches)  # (days, 24)
    start = np.repeat(np.arange(sessions.size) * 3600.0, sessions.ravel())
    start += rng.uniform(0, 3600, len(start))
    day = np.repeat(np.arange(plan.n_days), sessions.sum(axis=1))
    sizes = rng.geometric(1 / effects.session_searches, len(start))
    session = np.repeat(np.arange(len(start)), sizes)
    pauses = np.maximum(rng.lognormal(np.log(PAUSE_SECONDS), PAUSE_SPREAD, len(session)), 2)
    elapsed = np.cumsum(pauses)
    begin = np.cumsum(sizes) - sizes
    seconds = start[session] + elapsed - elapsed[begin][session] - plan.shifts[day][session] * 3600
    seconds = np.floor(seconds).astype(np.int64)
    keep = (seconds >= 0) & (seconds < plan.n_days * 86400)
    if plan.silent:
        on = [(edge - plan.first).days for edge in plan.silent]
        keep &= (seconds < on[0] * 86400) | (seconds >= (on[1] + 1) * 86400)
    return Draw(seconds[keep], session[keep])
