"""All patterns in the order of the page, and what each one gives: its small tables and its finding."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.days import ENOUGH_DAYS_A_YEAR
from pipeline.patterns.dots import find_dots, list_dots, list_notes, list_silences, list_uncovered
from pipeline.patterns.hours import count_by_hour, find_hours, find_quiet_hours
from pipeline.patterns.months import count_by_month, find_months
from pipeline.patterns.subject import Subject
from pipeline.patterns.weekdays import count_by_weekday, find_weekdays, list_ratio, weekend_ratio
from pipeline.patterns.weeks import count_by_weekday_hour, find_week
from pipeline.patterns.words import count_top_words, find_words
from pipeline.patterns.words_by_year import count_words_by_year, find_words_by_year
from pipeline.patterns.year_weekday import count_by_year_weekday, find_year_weekday, weekend_ratio_by_year
from pipeline.patterns.years import count_by_day, count_by_year, find_years


def answer_dots(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give every activity's local time; extras: uncovered spans, notes."""
    frame, uncovered = list_dots(subject), list_uncovered(subject)
    notes = list_notes(uncovered, list_silences(subject), subject)
    frames = {MAIN: frame, "uncovered": uncovered, "notes": notes}
    return Answer(frames, find_dots(frame, notes, subject))


def answer_years(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the counts by year; extra under 60 covered days: days, the short form's table."""
    frames = {MAIN: count_by_year(subject)}
    if len(subject.covered) < ENOUGH_DAYS_A_YEAR:
        frames["days"] = count_by_day(subject)
    return Answer(frames, find_years(frames[MAIN], subject, rng))


def answer_months(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rates by month."""
    frame = count_by_month(subject)
    return Answer({MAIN: frame}, find_months(frame, subject, rng))


def answer_week(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rates by weekday and hour."""
    frame = count_by_weekday_hour(subject)
    return Answer({MAIN: frame}, find_week(frame, subject, rng))


def answer_weekdays(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rates by weekday; extra: ratio, one row (ratio, low, high)."""
    frame, ratio = count_by_weekday(subject), weekend_ratio(subject, rng)
    return Answer({MAIN: frame, "ratio": list_ratio(ratio)}, find_weekdays(frame, ratio, subject, rng))


def answer_year_weekday(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the rates by year and weekday; extra: ratio, one row a year."""
    frame, ratios = count_by_year_weekday(subject), weekend_ratio_by_year(subject, rng)
    return Answer({MAIN: frame, "ratio": ratios}, find_year_weekday(frame, ratios, subject, rng))


def answer_hours(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the counts and shares by hour; extra: quiet, one row (start, end) or none."""
    frame = count_by_hour(subject, rng)
    quiet = find_quiet_hours(frame)
    rows = pd.DataFrame([quiet] if quiet else [], columns=["start", "end"], dtype="int64")
    return Answer({MAIN: frame, "quiet": rows}, find_hours(frame, subject, rng))


def answer_words(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the commonest words."""
    frame = count_top_words(subject)
    return Answer({MAIN: frame}, find_words(frame, subject, rng))


def answer_words_by_year(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give each year's commonest words."""
    frame = count_words_by_year(subject)
    return Answer({MAIN: frame}, find_words_by_year(frame, subject))


PATTERNS: dict[str, Callable[[Subject, np.random.Generator], Answer]] = {
    "dots": answer_dots,
    "years": answer_years,
    "months": answer_months,
    "week": answer_week,
    "weekdays": answer_weekdays,
    "year_weekday": answer_year_weekday,
    "hours": answer_hours,
    "words": answer_words,
    "words_by_year": answer_words_by_year,
}


def compute_answer(name: str, subject: Subject, *, seed: int = 0) -> Answer:
    """Answer one pattern; its own stream of random numbers makes it independent of the others."""
    return PATTERNS[name](subject, np.random.default_rng([seed, list(PATTERNS).index(name)]))
