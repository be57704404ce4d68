"""When the pace changed for good: stretches of days between which the daily rate clearly differs."""

from __future__ import annotations

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES, DayTable, count_covered_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.paces import ENOUGH_DAYS, SHORT_SPAN, Change
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.stays import know_paces
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    MONTHS,
    begin,
    say_count,
    say_day,
    say_days,
    say_length,
    say_long_day,
    say_percents,
    say_rate,
    say_rates,
    say_too_few,
    spell_small,
)

ENOUGH_DAYS_A_WEEK = 4  # covered days before a week has a rate
HOW = (
    "The days are split where the Poisson likelihood of their counts gains most (PELT), into stretches of "
    "at least eight weeks of covered days. A change has to gain more than the best split of 99\u00a0% of "
    "1,000 archives of the same days, shuffled four weeks at a time, from which the changes themselves are "
    "taken out; and its size has to be at least 10\u00a0%, with a 99\u00a0% interval that leaves out no "
    "change. The day is given as closely as the likelihood and the unrest of weeks and seasons allow; a slow "
    "rise or fall shows as one or more steps."
)


def count_by_week(days: DayTable) -> pd.DataFrame:
    """Count by ISO week: week (its Monday, datetime64[ms]), covered_days, per_day (NaN under 4 of them)."""
    monday = days.days - days.weekday
    weeks = np.arange(monday[0], monday[-1] + 1, 7) if len(monday) else monday
    place = (monday - monday[:1]).astype(np.int64) // 7
    n = np.bincount(place, minlength=len(weeks))
    sums = np.bincount(place, weights=days.totals, minlength=len(weeks))
    rates = np.where(n >= ENOUGH_DAYS_A_WEEK, sums / np.maximum(n, 1), np.nan)
    return pd.DataFrame({"week": weeks.astype("datetime64[ms]"), "covered_days": n, "per_day": rates})


def list_changes(changes: list[Change]) -> pd.DataFrame:
    """List the changes: day, earliest, latest (datetime64[ms]), ratio, low, high."""
    dates = {
        name: np.array([getattr(change, name) for change in changes], dtype="datetime64[D]").astype(
            "datetime64[ms]"
        )
        for name in ("day", "earliest", "latest")
    }
    from_nothing = np.array([change.before <= 0 for change in changes], dtype=bool)
    ratios = [(change.after / max(change.before, 1e-9), change.low, change.high) for change in changes]
    columns = np.array(ratios, dtype=float).reshape(-1, 3)
    columns[from_nothing] = np.nan
    return pd.DataFrame({**dates, **dict(zip(("ratio", "low", "high"), columns.T, strict=True))})


def find_pace(frame: pd.DataFrame, changes: list[Change], days: DayTable, subject: Subject) -> Finding:
    """Say how often the pace changed, and the largest change; else that it did not."""
    coverage, nouns = subject.coverage, subject.nouns
    n_days, n_searches = len(days.days), int(days.totals.sum())
    notes = [note_coverage(coverage)]
    deck = (
        f"{begin(nouns)} per covered day: each week a dot, stretches of one pace as lines "
        "with 95\u00a0% interval."
    )
    mark: tuple[str, ...] = ()
    emphasis, remarkable = "", 0.0
    if n_days < ENOUGH_DAYS:
        headline = say_too_few(n_days, "covered day", "covered days", "to tell a change of pace")
        deck = f"Changes of pace appear here after {ENOUGH_DAYS} covered days."
        certainty = f"{say_count(n_days)} of the {ENOUGH_DAYS} covered days that it takes"
    elif n_searches < ENOUGH_SEARCHES:
        headline = say_too_few(n_searches, subject.noun, nouns, "to tell a change of pace")
        certainty = f"{say_count(n_searches)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
    elif not changes:
        headline = f"No lasting change of pace in {say_length(coverage.n_days)}"
        row = frame.iloc[0]
        certainty = f"{say_rates(row['low'], row['high'])} {nouns} a day throughout"
    else:
        largest = max(changes, key=_size_of)
        headline, emphasis = _say_change(largest, len(changes), nouns)
        mark = (largest.day.isoformat(),)
        certainty = _say_certainty(largest)
        ratio = largest.after / max(largest.before, 1e-9)
        nearest = largest.low if ratio > 1 else largest.high
        remarkable = measure_remarkable(nearest, ratio, 1.0)
    notes.append(("How sure", f"{certainty}."))
    return Finding(
        "changes", "Years", headline, emphasis, deck, certainty, tuple(notes), _describe(frame, subject), HOW,
        remarkable, mark=mark,
    )  # fmt: skip


def _size_of(change: Change) -> float:
    """Return how far the interval of the ratio, in logarithms, is from no change."""
    return float(min(abs(np.log(np.maximum([change.low, change.high], 1e-9)))))


def _say_change(change: Change, n_changes: int, nouns: str) -> tuple[str, str]:
    """Return headline and emphasis; a change is dated as closely as its likeliest days allow."""
    when = _say_when(change)
    emphasis = f"from {say_rate(change.before)} to {say_rate(change.after)} {nouns} a day"
    verb = "rose" if change.after > change.before else "fell"
    if n_changes == 1:
        return f"The pace {verb} {when}, {emphasis}", emphasis
    times = "twice" if n_changes == 2 else f"{spell_small(n_changes)} times"
    return f"The pace changed {times}; most {when}, when it {verb} {emphasis}", emphasis


def _say_when(change: Change) -> str:
    first, last = change.earliest, change.latest
    if first.replace(day=1) == last.replace(day=1):
        return f"in {MONTHS[change.day.month - 1]} {change.day.year}"
    if (last - first).days <= SHORT_SPAN:
        return f"around {say_long_day(change.day)}"
    year = f" {first.year}" if first.year != last.year else ""
    return f"between {MONTHS[first.month - 1]}{year} and {MONTHS[last.month - 1]} {last.year}"


def _say_certainty(change: Change) -> str:
    when = say_days(change.earliest, change.latest)
    if change.before <= 0 or change.after <= 0:
        return f"The day of the change is {when}"
    nearest, farthest = sorted((abs(change.low - 1), abs(change.high - 1)))
    more = "more" if change.after > change.before else "fewer"
    return f"{say_percents(nearest, farthest)} {more} a day; the day of the change lies within {when}"


def _describe(frame: pd.DataFrame, subject: Subject) -> str:
    rates = frame["per_day"].to_numpy(dtype=float)
    if not np.isfinite(rates).any():
        return f"Nothing is drawn: no covered day of {subject.nouns}."
    best, worst = int(np.nanargmax(rates)), int(np.nanargmin(rates))

    def name(k: int) -> str:
        return f"{say_rate(rates[k])} from {say_day(frame['since'].iloc[k].date())}"

    ends = f"Highest {name(best)}; lowest {name(worst)}" if len(frame) > 1 else f"One stretch, {name(0)}"
    return f"Steps, {subject.nouns} per covered day, {subject.coverage.years}. {ends}."


def answer_changes(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the stretches of one pace; extras: weeks, the rates behind them; changes, the steps between."""
    days = count_covered_days(subject)
    frame, changes = know_paces(subject)
    frames = {MAIN: frame, "weeks": count_by_week(days), "changes": list_changes(changes)}
    return Answer(frames, find_pace(frame, changes, days, subject))
