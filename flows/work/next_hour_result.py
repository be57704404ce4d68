"""What the learner's guesses were worth: score, interval, weekly curve, and the words for them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flows.work.evidence import N_TRIED, judge, say_avoided, say_interval, weigh_errors
from flows.work.result import NO_BETTER, Span, WeekError, WorkResult
from models.baselines import guess_mean_of_periods, guess_mean_so_far, guess_same_place
from models.types import Array, Flags
from models.validation import choose_lowest, split_by_time
from pipeline.features.hour_series import DAY, WEEK, HourSeries
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_days, say_percent, say_percents

NAME = "next_hour"
MODEL_NAME = "online regression"
BASELINE_NAME = "same hour last week"
HOW = (
    "Before each hour the learner guesses its count from the clock, the calendar and the counts before it; "
    "then it learns the hour. Days that no source covers, and the week after them, are left out for both. "
    "The last fifth of the covered days is scored. "
) + say_interval()


class Errors(NamedTuple):
    """Absolute errors by hour, NaN where model or baseline had no guess."""

    model: Array
    baseline: Array
    known: Flags


def say_too_little(subject: Subject, too_little: str) -> WorkResult:
    """Return the result of an archive that has too little to learn from."""
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, BASELINE_NAME, headline=too_little, emphasis="",
        deck=f"Guesses of the next hour’s {subject.nouns}.", alt=too_little, how=HOW, too_little=too_little,
    )  # fmt: skip


def square_guesses(series: HourSeries, root_guesses: Array) -> Array:
    """Turn guesses of root counts into counts, from 0 to the busiest hour so far."""
    counts = np.nan_to_num(series.counts)
    busiest = np.concatenate([[0.0], np.maximum.accumulate(counts)[:-1]])
    guesses: Array = np.clip(root_guesses, 0, np.sqrt(busiest)) ** 2
    return guesses


def measure_errors(series: HourSeries, guesses: Array) -> Errors:
    """Return how far off the guesses and last week's hours were."""
    model = np.abs(guesses - series.counts)
    baseline = np.abs(guess_same_place(series.counts, WEEK) - series.counts)
    known = np.isfinite(model) & np.isfinite(baseline)
    return Errors(np.where(known, model, np.nan), np.where(known, baseline, np.nan), known)


def average_weeks(series: HourSeries, errors: Errors) -> tuple[WeekError, ...]:
    """Return the mean errors of every ISO week in which all 168 hours were guessed."""
    week = (series.hours.astype(np.int64) + 3 * DAY) // WEEK  # Mondays; 1 January 1970 was a Thursday
    numbers, place = np.unique(week, return_inverse=True)
    whole = np.bincount(place, weights=errors.known) == WEEK
    sums = [np.bincount(place, weights=np.nan_to_num(part)) / WEEK for part in errors[:2]]
    mondays = (numbers * WEEK - 3 * DAY).astype("datetime64[h]").astype("datetime64[D]").astype(object)
    return tuple(
        WeekError(monday, round(float(model), 6), round(float(baseline), 6))
        for monday, model, baseline, all_hours in zip(mondays, *sums, whole, strict=True)
        if all_hours
    )


def make_result(subject: Subject, series: HourSeries, root_guesses: Array, seed: int) -> WorkResult:
    """Score the guesses of the last fifth of the covered days and say what came of it."""
    errors = measure_errors(series, square_guesses(series, root_guesses))
    days = series.hours.astype("datetime64[D]")
    covered = np.unique(days[np.isfinite(series.counts)])
    split = split_by_time(len(covered))
    scored = errors.known & (days >= covered[split.test][0])
    avoided = weigh_errors(errors.model[scored], errors.baseline[scored], days[scored], seed)
    off, off_baseline = float(errors.model[scored].mean()), float(errors.baseline[scored].mean())
    verdict = judge(avoided)
    phrase = "no better" if verdict == NO_BETTER else f"{say_percent(avoided.share)} closer"
    learned, span = _span(covered[split.before_test]), _span(covered[split.test])
    deck = (
        f"Average error of next-hour guesses, in {subject.nouns}; each guess was made before the hour. "
        f"Gain {say_percents(avoided.low, avoided.high)} ({say_percent(0.95)} interval)."
    )
    alt = (
        "Two lines, weekly mean error of the learner’s guesses and of the same hour last week. On the scored "
        f"days, {say_days(span.first, span.last)}: {off:.2f} and {off_baseline:.2f}."
    )
    before = errors.known & np.isin(days, covered[split.validation])
    harder = compare_with_strongest(series, errors, before, scored, seed)
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, BASELINE_NAME,
        headline=f"The learner’s guesses are {phrase} than last week’s hour",
        emphasis=phrase, deck=deck, alt=alt, how=HOW, notes=(("A harder test", harder),),
        model_score_text=f"off by {off:.2f}", baseline_score_text=f"off by {off_baseline:.2f}",
        model_score=off, baseline_score=off_baseline,
        avoided=avoided.share, low=avoided.low, high=avoided.high,
        verdict=verdict, certainty=say_avoided(avoided),
        n_scored=int(scored.sum()), scored_unit="hours", learned=learned, scored=span,
        n_tried=N_TRIED, curve=average_weeks(series, errors),
    )  # fmt: skip


def compare_with_strongest(
    series: HourSeries, errors: Errors, before: Flags, scored: Flags, seed: int
) -> str:
    """Set the learner beside the simple guess that did best on the hours ``before`` the scored ones."""
    root = np.sqrt(series.counts)
    simple = {
        "none at all": np.zeros(len(root)),
        "the usual count so far": guess_mean_so_far(root) ** 2,
        "this hour’s usual count over eight weeks": guess_mean_of_periods(root, WEEK, 8) ** 2,
    }
    off = {name: np.abs(guess - series.counts) for name, guess in simple.items()}
    best = choose_lowest(list(off), lambda name: float(off[name][before].mean()))
    days = series.hours[scored].astype("datetime64[D]")
    avoided = weigh_errors(errors.model[scored], off[best][scored], days, seed)
    interval = say_percents(avoided.low, avoided.high)
    gain = (
        f"avoids {say_percent(avoided.share)} of that (from {interval})"
        if avoided.low > 0
        else "is no better than that"
    )
    return (
        f"Of three other simple guesses, “{best}” did best on the days before the scored ones. "
        f"It is off by {off[best][scored].mean():.2f}; the learner {gain}."
    )


def _ask(subject: Subject) -> str:
    return f"How many {subject.nouns} in the next hour?"


def _span(days: Array) -> Span:
    return Span(days[0].astype(object), days[-1].astype(object))
