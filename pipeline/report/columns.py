"""How the columns of the small tables are called and written on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from numbers import Integral
from typing import Any, TypeVar

import numpy as np

from pipeline.patterns.gaps import say_shift
from pipeline.patterns.quiet_nights import FIRST_HOUR
from pipeline.patterns.wording import MINUS, MONTHS, WEEKDAYS, say_clock, say_count, say_day, say_rate
from pipeline.privacy import TEXT_COLUMNS

NOTHING = "–"
"""Stands where a table has no value: the days were not covered."""
Name = TypeVar("Name")
EVERY = ""  # the table that stands for all


def say_value(value: Any, column: str, table: str = "") -> str:
    """Return one cell's text; text columns come back as they are, missing values as a dash.

    ``table`` is a pattern, or a pattern and one of its other tables: "calendar--limits".
    """
    if value is None or value != value:
        return NOTHING
    if say := _look_up(FORMATS, column, table):
        return say(value)
    if isinstance(value, str):
        return value
    if isinstance(value, bool | np.bool_):
        return "yes" if value else "no"
    if isinstance(value, date):
        return say_day(value)
    return say_count(int(value)) if isinstance(value, Integral) else say_rate(float(value))


def name_column(column: str, table: str = "") -> str:
    """Return the heading of a column of a table: "Days covered" for ``covered_days``."""
    return _look_up(HEADINGS, column, table) or column.replace("_", " ").capitalize()


def _look_up(names: Mapping[str, Mapping[str, Name]], column: str, table: str) -> Name | None:
    """Return what a table itself says of a column, else its pattern, else what holds for all."""
    places = (table, table.partition("--")[0], EVERY)
    return next((names[place][column] for place in places if column in names.get(place, {})), None)


def is_text(column: str) -> bool:
    """Say whether a column holds the owner's own words."""
    return column in TEXT_COLUMNS


def is_number(column: str) -> bool:
    """Say whether a column is aligned at its end: figures are, names of years, months and hours are not."""
    return column not in ("year", "month", "weekday", "hour", "start", "end", "partial", "weekend", "covered")


def _say_share(value: float) -> str:
    return f"{100 * value:.1f}\u00a0%".replace("-", "−")


def _say_signed(value: float) -> str:
    return f"{value:.1f}".replace("-", MINUS)


def _say_chance(value: float) -> str:
    return "under 1 in 1,000" if value < 0.001 else _say_share(value)


def _say_record(value: float) -> str:
    return f"{value:,.2f}".rstrip("0").rstrip(".")


def _say_unit(unit: str) -> str:
    return "hours after midnight" if unit == "clock" else unit


def _say_night_clock(value: float) -> str:
    return say_clock(value + FIRST_HOUR)  # from hours of a night, which begins at 15:00


def _say_slope(value: float) -> str:
    return f"{value:.2f}".replace("-", MINUS)


def _say_moment(value: datetime) -> str:
    return f"{say_day(value)}, {value:%H:%M}"


def _say_whole(value: float) -> str:
    return say_count(int(value))


HEADINGS: Mapping[str, Mapping[str, str]] = {
    EVERY: {
        "per_day": "A covered day",
        "per_week": "In an average week",
        "covered_days": "Days covered",
        "covered_weeks": "Weeks covered",
        "days_in_year": "Days in the year",
        "first": "First day",
        "last": "Last day",
        "partial": "Only part of it",
        "low": "95\u00a0% from",
        "high": "95\u00a0% to",
        "weekend": "Weekend",
        "ratio": "Weekend against workdays",
        "count": "Times",
        "baseline": "Baseline",
        "model": "Learner",
        "week": "Week of",
        "start": "Quiet from",
        "end": "Quiet until",
        "covered_searches": "On covered days",
    },
    "calendar": {"date": "Day", "step": "Class"},
    "calendar--limits": {"step": "Class", "low": "From", "high": "To"},
    "sessions": {
        "seconds": "From seconds",
        "gaps": "Pauses",
        "within": "Within a session",
        "component": "Which pauses",
        "weight": "Share of pauses",
        "mean": "Middle, log₁₀ of seconds",
        "sd": "Spread, log₁₀ of seconds",
        "fitted": "Fitted",
        "searches": "In a session",
        "share": "Share of sessions",
        "median_minutes": "Median minutes",
        "reformulations_share": "Reworded",
    },
    "changes": {
        "since": "From",
        "until": "Until",
        "days": "Days covered",
        "day": "Likeliest day",
        "earliest": "Earliest",
        "latest": "Latest",
        "ratio": "After against before",
    },
    "words_by_year": {"z": "Sets it apart, z", "rank": "Place"},
    "repeats": {
        "queries": "Searches judged",
        "again": "Asked before",
        "after": "Since the last time",
        "repeats": "Repeats",
    },
    "repeated": {
        "query": "Query",
        "times": "Times",
        "longest_days": "Longest time between, days",
        "rank": "Place",
        "date": "Day",
    },
    "words_apart": {"part": "When", "z": "Sets it apart, z", "odds": "Odds against the other"},
    "quiet": {
        "start": "Begins",
        "end": "Ends",
        "nights": "Nights with enough",
        "usable": "Nights with enough",
        "since": "Since",
        "until": "Until",
        "start_low": "Begins, at the earliest",
        "start_high": "Begins, at the latest",
        "end_low": "Ends, at the earliest",
        "end_high": "Ends, at the latest",
        "date": "First night",
        "hours": "Hours later",
        "low": "From",
        "high": "To",
        "first": "First night",
        "last": "Last night",
    },
    "quiet--nights": {"night": "Night", "usable": "Enough"},
    "quiet--classes": {"days": "Before"},
    "quiet--shifts": {"hours": "Hours ahead of home"},
    "gaps": {"what": "What", "hours": "Clock against home", "chance": "Chance"},
    "firsts": {"local": "When", "text": "First entry", "whole": "Surely the first of the year"},
    "rising": {
        "slope": "Growth a year, log",
        "z": "How sure, z",
        "first_share": "Share in the first year",
        "last_share": "Share in the last year",
        "searches": "Covered searches",
    },
    "jetlag": {
        "days": "Before",
        "nights": "Nights",
        "start": "Pause from",
        "end": "Pause until",
        "middle": "Middle of the pause",
        "minutes": "Minutes later",
    },
    "clock": {
        "n": "Times",
        "mean_hour": "Mean hour",
        "low": "95\u00a0% from",
        "high": "95\u00a0% to",
        "length": "How close together, 0 to 1",
        "p": "Chance by Rayleigh’s test",
    },
    "unusual_weeks": {
        "distance": "Spreads from the usual",
        "number": "On the picture",
        "difference": "Against the usual",
        "kind": "What",
        "hours": "Shift in hours",
        "note": "What was different",
    },
}
FORMATS: Mapping[str, Mapping[str, Callable[[Any], str]]] = {
    EVERY: {
        "year": lambda value: str(int(value)),
        "month": lambda value: MONTHS[int(value) - 1],
        "weekday": lambda value: WEEKDAYS[int(value)],
        "hour": lambda value: f"{int(value):02d}:00",
        "start": lambda value: f"{int(value):02d}:00",
        "end": lambda value: f"{int(value):02d}:00",
        "share": _say_share,
        "low": _say_share,
        "high": _say_share,
        "ratio": _say_share,
    },
    "calendar": {"step": _say_whole, "low": _say_whole, "high": _say_whole},
    "sessions": {"weight": _say_share, "reformulations_share": _say_share},
    "sessions--limit": {"low": _say_whole, "high": _say_whole},
    "changes": {"low": say_rate, "high": say_rate},
    "changes--changes": {"low": _say_share, "high": _say_share},
    "words_by_year": {"z": _say_signed},
    "words_apart": {"z": _say_signed, "odds": say_rate, "low": say_rate, "high": say_rate},
    "quiet": {
        "start": _say_night_clock,
        "end": _say_night_clock,
        "start_low": _say_night_clock,
        "start_high": _say_night_clock,
        "end_low": _say_night_clock,
        "end_high": _say_night_clock,
        "hours": _say_signed,
        "low": _say_signed,
        "high": _say_signed,
    },
    "gaps": {"hours": say_shift, "chance": _say_chance},
    "records": {"value": _say_record, "unit": _say_unit},
    "firsts": {"local": _say_moment},
    "rising": {"slope": _say_slope, "z": _say_signed, "first_share": _say_share, "last_share": _say_share},
    "jetlag": {
        "start": _say_night_clock,
        "end": _say_night_clock,
        "middle": _say_night_clock,
        "low": _say_night_clock,
        "high": _say_night_clock,
    },
    "jetlag--difference": {"minutes": _say_signed, "low": _say_signed, "high": _say_signed},
    "clock": {
        "mean_hour": say_clock,
        "low": say_clock,
        "high": say_clock,
        "length": _say_slope,
        "p": _say_chance,
    },
    "unusual_weeks": {"distance": _say_signed, "difference": _say_signed, "hours": _say_signed},
}
