"""All patterns in the order of the page."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping

import numpy as np

from pipeline.patterns.answer import Answer
from pipeline.patterns.bursts import answer_bursts
from pipeline.patterns.calendar import answer_calendar
from pipeline.patterns.changes import answer_changes
from pipeline.patterns.clock import answer_clock
from pipeline.patterns.dots import answer_dots
from pipeline.patterns.eigenweeks import answer_eigenweeks
from pipeline.patterns.firsts import answer_firsts
from pipeline.patterns.forecast import answer_forecast
from pipeline.patterns.gaps import answer_gaps
from pipeline.patterns.hours import answer_hours
from pipeline.patterns.jetlag import answer_jetlag
from pipeline.patterns.months import answer_months
from pipeline.patterns.quiet import answer_quiet
from pipeline.patterns.records import answer_records
from pipeline.patterns.repeated import answer_repeated
from pipeline.patterns.repeats import answer_repeats
from pipeline.patterns.rising import answer_rising
from pipeline.patterns.sessions import answer_sessions
from pipeline.patterns.subject import Subject
from pipeline.patterns.unusual_weeks import answer_unusual_weeks
from pipeline.patterns.week_lines import answer_week_lines
from pipeline.patterns.weekdays import answer_weekdays
from pipeline.patterns.weeks import answer_week
from pipeline.patterns.words import answer_words
from pipeline.patterns.words_apart import answer_words_apart
from pipeline.patterns.words_by_year import answer_words_by_year
from pipeline.patterns.year_weekday import answer_year_weekday
from pipeline.patterns.years import answer_years

PATTERNS: Mapping[str, Callable[[Subject, np.random.Generator], Answer]] = {
    "dots": answer_dots,
    "years": answer_years,
    "months": answer_months,
    "calendar": answer_calendar,
    "changes": answer_changes,
    "records": answer_records,
    "firsts": answer_firsts,
    "week": answer_week,
    "week_lines": answer_week_lines,
    "weekdays": answer_weekdays,
    "year_weekday": answer_year_weekday,
    "unusual_weeks": answer_unusual_weeks,
    "eigenweeks": answer_eigenweeks,
    "hours": answer_hours,
    "clock": answer_clock,
    "quiet": answer_quiet,
    "jetlag": answer_jetlag,
    "bursts": answer_bursts,
    "words_by_year": answer_words_by_year,
    "words": answer_words,
    "words_apart": answer_words_apart,
    "rising": answer_rising,
    "repeats": answer_repeats,
    "repeated": answer_repeated,
    "sessions": answer_sessions,
    "gaps": answer_gaps,
    "forecast": answer_forecast,
}


def compute_answer(name: str, subject: Subject, *, seed: int = 0) -> Answer:
    """Answer one pattern; its own stream of random numbers makes it independent of the others."""
    return PATTERNS[name](subject, np.random.default_rng([seed, zlib.crc32(name.encode())]))
