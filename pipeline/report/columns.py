"""How the columns of the small tables are written on the page."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from numbers import Integral
from typing import Any, TypeVar

import numpy as np

from pipeline.patterns.quiet_nights import FIRST_HOUR
from pipeline.patterns.wording import (
    MINUS,
    MONTHS,
    WAYS_TO_A_LINE,
    WEEKDAYS,
    say_clock,
    say_count,
    say_day,
    say_percent,
    say_rate,
    say_shift,
)
from pipeline.privacy import TEXT_COLUMNS
from pipeline.report.headings import EVERY, HEADINGS

NOTHING = "–"
"""Stands where a table has no value: the days were not covered."""
NAMES = (
    "year", "month", "weekday", "truth", "said", "hour", "start", "end", "partial", "weekend", "covered",
)  # fmt: skip
Name = TypeVar("Name")


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
    return column not in NAMES


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
    return f"{round(value, 3) + 0.0:.3g}".replace("-", MINUS)


def _say_hundredth(value: float) -> str:
    return say_rate(round(value, 2) + 0.0)  # no minus before what reads as 0


def _say_moment(value: datetime) -> str:
    return f"{say_day(value)}, {value:%H:%M}"


def _say_whole(value: float) -> str:
    return say_count(int(value))


def _say_whether(value: float) -> str:
    return "yes" if value else "no"


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
    "classifier": dict.fromkeys(("truth", "said"), lambda value: WEEKDAYS[int(value)]),
    "forecast_ways": {
        **dict.fromkeys(
            (
                "count",
                "seasons_low",
                "seasons",
                "seasons_high",
                "alike_low",
                "alike",
                "alike_high",
                "low",
                "high",
            ),
            _say_whole,
        ),
        **dict.fromkeys(("aic", "bic", "loss"), lambda value: f"{value:,.1f}".replace("-", MINUS)),
        "distance": lambda value: f"{value:.3f}",
    },
    "forecast": dict.fromkeys(
        ("count", "q02", "q10", "q25", "q50", "q75", "q90", "q97", "low", "high"), _say_whole
    ),
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
    "eigenweeks": {"weight": _say_slope, "chance": _say_share},
    "denoised_weeks": {
        "number": lambda value: "most usual" if value == 0 else "far from it",
        **dict.fromkeys(WEEKDAYS, _say_hundredth),
    },
    "invented_weeks": {
        "invented": lambda value: "invented" if value else "real",
        "place": lambda value: f"week {int(value)}",
        **dict.fromkeys(WEEKDAYS, _say_whole),
    },
    "week_surprise": {"surprise": _say_hundredth, **dict.fromkeys(("far", "learned"), _say_whether)},
    "trend_line": {"ahead": _say_whether},
    "trend_ways": {
        "way": lambda value: WAYS_TO_A_LINE[int(value)],
        **dict.fromkeys(("steps", "rows"), _say_whole),
        **dict.fromkeys(
            ("change", "level", "off"), lambda value: f"{round(value, 2) + 0.0:,.2f}".replace("-", MINUS)
        ),
        "near": _say_whether,
    },
    "usual_cases": {
        "loss": lambda value: f"L{int(value)}",
        "penalty": lambda value: f"L{int(value)}" if value else "none",
        "off": lambda value: f"{value:,.{2 if value < 10 else 1 if value < 100 else 0}f}",
        "weights": lambda value: f"{value:.2f}",
        "zeros": _say_whole,
        "chosen": _say_whether,
    },
    "weekday_weights": dict.fromkeys(WEEKDAYS, _say_hundredth),
    "week_lines": {"low": say_rate, "high": say_rate},
    "cohort_groups": {
        **dict.fromkeys(("mean_hour", "mean_hour_low", "mean_hour_high", "quiet_from"), say_clock),
        "weekend_ratio": say_percent,
        "quiet_hours": _say_signed,
    },
    "cohort_months": dict.fromkeys(("ratio", "low", "high"), say_percent),
    "cohort_weekdays--ratio": dict.fromkeys(("ratio", "low", "high"), say_percent),
    "cohort_quiet": {
        **dict.fromkeys(("start", "start_low", "start_high", "end", "end_low", "end_high"), say_clock),
        **dict.fromkeys(("hours", "hours_low", "hours_high"), _say_signed),
    },
}
