"""The sentences that belong to no pattern: the title, the head of the models, what is missing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from pipeline.patterns.wording import begin, count_noun, spell_small
from pipeline.report.contents import ModelLine

SUBJECTS = {"searches": "questions"}
DAYS_A_YEAR, DAYS_A_MONTH = 365.25, 30.44
NEEDS = {
    "years": "60 covered days, for a year’s bar",
    "months": "10 covered days in a month, for its point",
    "week": "8 covered weeks, for a map of the week",
    "weekdays": "6 covered weeks, for weekends against workdays",
    "year_weekday": "6 covered weeks, for the weekdays of a year",
    "hours": "one activity with a time, for the hours",
    "words": "30 different words, for a cloud",
    "words_by_year": "300 queries in a year, for a cloud of that year",
}


def name_span(first: date, last: date) -> str:
    """Return "Five years", "Eleven months" or "Nine days": the largest unit that fits at least twice."""
    n_days = (last - first).days + 1
    for unit, length in (("years", DAYS_A_YEAR), ("months", DAYS_A_MONTH)):
        count = round(n_days / length)
        if count >= 2:
            return begin(f"{spell_small(count)} {unit}")
    return "One day" if n_days == 1 else begin(f"{spell_small(n_days)} days")


def write_title(first: date | None, last: date | None, nouns: str) -> str:
    """Return "Five years of questions"; what is not a search keeps its own name."""
    subject = SUBJECTS.get(nouns, nouns)
    return f"No {subject} yet" if first is None or last is None else f"{name_span(first, last)} of {subject}"


def say_what_is_missing(pattern: str, n_covered: int) -> str:
    """Return what a chart needs and what the archive has."""
    has = count_noun(n_covered, "covered day", "covered days")
    return f"Nothing to draw yet: it takes {NEEDS[pattern]}. The archive has {has}."


def head_standouts(n: int) -> str:
    """Return the line below *What stands out*."""
    if n == 0:
        return "No finding is clear of chance yet. The sections below show what there is."
    if n == 1:
        return "One finding. It leads to its section."
    return f"{begin(spell_small(n))} findings, the most remarkable first. Each leads to its section."


def head_models(lines: Sequence[ModelLine]) -> str:
    """Return "Three beat their baseline; one does not" for the models that have a score."""
    scored = [line for line in lines if line.is_scored]
    if not scored:
        return "Too little to learn from yet"
    n_better = sum(line.low is not None and line.low > 0 for line in scored)
    n_other = len(scored) - n_better
    if len(scored) == 1:
        return "The model beats its baseline" if n_better else "The model is no better than its baseline"
    if n_better == 0:
        return "No model is better than its baseline"
    if n_other == 0:
        return f"{'Both' if n_better == 2 else f'All {spell_small(n_better)}'} beat their baseline"
    beat = "One beats its" if n_better == 1 else f"{begin(spell_small(n_better))} beat their"
    return f"{beat} baseline; {spell_small(n_other)} {'does' if n_other == 1 else 'do'} not"
