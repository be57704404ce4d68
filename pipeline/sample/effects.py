"""What the sample plants, and how strongly: every effect can be set, and every effect can be zero."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

PLAN_FIRST = date(2021, 3, 9)
PLAN_LAST = date(2025, 11, 19)
PLAN_DAYS = (PLAN_LAST - PLAN_FIRST).days + 1


@dataclass(frozen=True, slots=True)
class Trip:
    """A stay ``hours`` ahead of home (or behind: −); ``since`` is dated in the five years of the plan."""

    since: date
    days: int
    hours: int


@dataclass(frozen=True, slots=True)
class Step:
    """A pace that holds from a day on: ``rise`` 0.3 is 30 % more, −0.3 so much less; ``since`` is planned."""

    since: date
    rise: float


@dataclass(frozen=True, slots=True)
class Effects:
    """The strengths of all that is planted; rises and falls are shares (0.29 is 29 %), zero plants nothing.

    Tuples by year begin with the first year of the sample and are repeated where the sample is longer.
    """

    weekend_fall: float = 0.29  # searches of a weekend day below a workday's
    weekend_hours: float = 1.0  # 1: weekends keep their own hours, 0: those of workdays
    monday_nights: float = 1.6  # Monday 22:00 to 02:00 above the other workdays' nights
    student_hours: float = 1.0  # 1: the first year and a half keeps later hours, 0: the same throughout
    growth: float = 0.10  # a year
    pace_steps: tuple[Step, ...] = ()
    august_falls: tuple[float, ...] = (0.55, 0.48, 0.35, 0.40, 0.30)
    christmas_fall: float = 0.45  # 22 December to 3 January
    term_end_rises: tuple[float, ...] = (0.25, 0.60, 0.20, 0.12, 0.28)  # 10 May to 30 June; half in January
    trips: tuple[Trip, ...] = (Trip(date(2023, 7, 7), 42, 7), Trip(date(2025, 4, 14), 14, -6))
    silent_days: int = 9
    bursts: float = 1.0  # 1: as strong as words.toml says
    trends: float = 1.0  # 1: topics rise and fall as words.toml says
    parts: float = 1.0  # 1: topics keep to their part of the day, 0: they come at any hour
    phrases: float = 1.0  # share of the uses of a listed phrase that keep its words together
    new_queries: float = 0.0  # share of queries with a number of their own, so that none of them comes again
    restlessness: float = 0.25  # standard deviation of a day's level about its expectation
    wander_minutes: float = 25.0  # standard deviation of a day's clock about the usual one
    session_searches: float = 3.2  # mean searches of a session; 1: every search stands alone


NO_EFFECTS = Effects(
    weekend_fall=0.0,
    weekend_hours=0.0,
    monday_nights=0.0,
    student_hours=0.0,
    growth=0.0,
    august_falls=(0.0,),
    christmas_fall=0.0,
    term_end_rises=(0.0,),
    trips=(),
    silent_days=0,
    bursts=0.0,
    trends=0.0,
    parts=0.0,
    phrases=0.0,
    new_queries=0.0,
    restlessness=0.0,
    wander_minutes=0.0,
    session_searches=1.0,
)
