"""Which drawing shows an answer: the one list of all charts that are drawn of patterns.

Where an archive holds little, the short form stands in, or nothing at all: then the finding's own words
say what is missing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.charts.bursts import picture_bursts
from pipeline.charts.calendar import picture_calendar
from pipeline.charts.changes import picture_changes
from pipeline.charts.clock import picture_clock
from pipeline.charts.cloud import picture_words
from pipeline.charts.dots import picture_dots
from pipeline.charts.eigenweeks import picture_eigenweeks
from pipeline.charts.forecast import picture_forecast
from pipeline.charts.forecast_ways import picture_forecast_ways
from pipeline.charts.hours import picture_hours
from pipeline.charts.jetlag import picture_jetlag
from pipeline.charts.months import picture_months
from pipeline.charts.picture import Picture
from pipeline.charts.quiet import picture_quiet
from pipeline.charts.records import picture_records
from pipeline.charts.repeated import picture_repeated
from pipeline.charts.repeats import picture_repeats
from pipeline.charts.rising import picture_rising
from pipeline.charts.sessions import picture_sessions
from pipeline.charts.unusual_weeks import picture_unusual_weeks
from pipeline.charts.week import picture_week
from pipeline.charts.week_lines import picture_week_lines
from pipeline.charts.weekdays import picture_weekdays
from pipeline.charts.words_apart import picture_words_apart
from pipeline.charts.words_years import picture_words_by_year
from pipeline.charts.year_weekday import picture_year_weekday
from pipeline.charts.years import picture_years
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage

PICTURES: Mapping[str, Callable[[Answer, Coverage], Picture | None]] = {
    "dots": picture_dots,
    "years": picture_years,
    "months": picture_months,
    "calendar": picture_calendar,
    "changes": picture_changes,
    "records": picture_records,
    "week": picture_week,
    "week_lines": picture_week_lines,
    "weekdays": picture_weekdays,
    "year_weekday": picture_year_weekday,
    "unusual_weeks": picture_unusual_weeks,
    "eigenweeks": picture_eigenweeks,
    "hours": picture_hours,
    "clock": picture_clock,
    "quiet": picture_quiet,
    "jetlag": picture_jetlag,
    "bursts": picture_bursts,
    "words_by_year": picture_words_by_year,
    "words": picture_words,
    "words_apart": picture_words_apart,
    "rising": picture_rising,
    "repeats": picture_repeats,
    "repeated": picture_repeated,
    "sessions": picture_sessions,
    "forecast": picture_forecast,
    "forecast_ways": picture_forecast_ways,
}


def choose_picture(name: str, answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw an answer, or ``None`` where there is nothing to draw."""
    make = PICTURES.get(name)  # what is only a table has none
    return make(answer, coverage) if make and len(answer.frame) else None
