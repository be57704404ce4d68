"""What the learner's guesses were worth: score, interval, weekly curve, and the words for them.

The baseline is the strongest of four simple guesses, chosen on the fifth of the days before the scored
ones; last week's hour is set beside the learner in any case.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flows.work.card import fill_card
from flows.work.evidence import N_TRIED, find_off, list_scores, say_gain, say_interval, weigh_errors
from flows.work.next_hour_beliefs import (
    find_drifts,
    learn_daily_curve,
    measure_coverage,
    say_coverage,
    say_drifts,
)
from flows.work.result import NO_BETTER, WeekError, WorkResult, span_days
from models.baselines import guess_mean_of_periods, guess_mean_so_far, guess_same_place
from models.types import Array, Flags
from models.validation import choose_lowest, split_by_time
from pipeline.features.hour_series import DAY, N_WEEKS, NAMES, WEEK, HourSeries
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import begin, say_days, say_percent, say_percents, spell_small

NAME = "next_hour"
MODEL_NAME = "online regression"
LAST_WEEK = "last week’s hour"
USUAL_HOUR = f"the hour’s {spell_small(N_WEEKS)}-week mean"
ANY_HOUR = "the mean of all hours before"
NONE_AT_ALL = "always saying none"
ENOUGH_HOURS = WEEK  # to choose the baseline by, and again to score
HOW = (
    "Before each hour the learner guesses its count from the clock, the calendar and the counts before it; "
    "then it learns the hour. Days that no source covers, and the week after them, are left out for all. "
    f"The baseline is the best of four simple guesses ({LAST_WEEK}, {USUAL_HOUR}, {ANY_HOUR}, "
    f"{NONE_AT_ALL}), chosen on the fifth of the covered days before the last; the last fifth is scored. "
    "“Off by” is the root of the mean squared error, which an expected count makes smallest. "
) + say_interval()


class Errors(NamedTuple):
    """Squared errors by hour, NaN where the learner or last week's hour had no guess."""

    model: Array
    simple: dict[str, Array]  # by the simple guess's name
    known: Flags


def say_too_little(subject: Subject, too_little: str) -> WorkResult:
    """Return the result of an archive that has too little to learn from."""
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, USUAL_HOUR, headline=too_little, emphasis="",
        deck=f"Guesses of the next hour’s {subject.nouns}.", alt=too_little, how=HOW, too_little=too_little,
    )  # fmt: skip


def bound_guesses(counts: Array, guesses: Array) -> Array:
    """Keep guesses between 0 and the largest count so far."""
    busiest = np.concatenate([[0.0], np.maximum.accumulate(np.nan_to_num(counts))[:-1]])
    bounded: Array = np.clip(guesses, 0, busiest)
    return bounded


def measure_errors(series: HourSeries, guesses: Array) -> Errors:
    """Return how far off the guesses and the simple ones were, squared, on the hours that all guessed."""
    counts = series.counts
    simple = {
        LAST_WEEK: guess_same_place(counts, WEEK),
        USUAL_HOUR: guess_mean_of_periods(counts, WEEK, N_WEEKS),
        ANY_HOUR: guess_mean_so_far(counts),
        NONE_AT_ALL: np.zeros(len(counts)),
    }
    known = np.isfinite(guesses) & np.isfinite(counts) & np.isfinite(simple[LAST_WEEK])

    def square(guess: Array) -> Array:
        return np.where(known, (guess - counts) ** 2, np.nan)

    return Errors(square(guesses), {name: square(guess) for name, guess in simple.items()}, known)


def average_weeks(series: HourSeries, errors: Errors, baseline: str) -> tuple[WeekError, ...]:
    """Return the root mean squared errors of every ISO week in which all 168 hours were guessed."""
    week = (series.hours.astype(np.int64) + 3 * DAY) // WEEK  # Mondays; 1 January 1970 was a Thursday
    numbers, place = np.unique(week, return_inverse=True)
    whole = np.bincount(place, weights=errors.known) == WEEK
    roots = [
        np.sqrt(np.bincount(place, weights=np.nan_to_num(part)) / WEEK)
        for part in (errors.model, errors.simple[baseline])
    ]
    mondays = (numbers * WEEK - 3 * DAY).astype("datetime64[h]").astype("datetime64[D]").astype(object)
    return tuple(
        WeekError(monday, round(float(model), 6), round(float(simple), 6))
        for monday, model, simple, all_hours in zip(mondays, *roots, whole, strict=True)
        if all_hours
    )


def make_result(subject: Subject, series: HourSeries, guesses: Array, seed: int) -> WorkResult:
    """Choose the baseline, score the guesses of the last fifth of the covered days, say what came of it."""
    guesses = bound_guesses(series.counts, guesses)
    errors = measure_errors(series, guesses)
    days = series.hours.astype("datetime64[D]")
    covered = np.unique(days[np.isfinite(series.counts)])
    split = split_by_time(len(covered))
    choosing = errors.known & np.isin(days, covered[split.validation])
    scored = errors.known & (days >= covered[split.test][0])
    fewest = min(int(choosing.sum()), int(scored.sum()))
    if fewest < ENOUGH_HOURS:
        return say_too_little(
            subject,
            f"Still learning: {fewest} of {ENOUGH_HOURS} hours to score by that follow a covered week.",
        )
    baseline = choose_lowest(list(errors.simple), lambda name: float(errors.simple[name][choosing].mean()))
    avoided = weigh_errors(errors.model[scored], errors.simple[baseline][scored], days[scored], seed)
    off, off_baseline = find_off(errors.model[scored]), find_off(errors.simple[baseline][scored])
    scores = list_scores(off, off_baseline, avoided)
    phrase = "no better" if scores["verdict"] == NO_BETTER else f"{say_percent(avoided.share)} closer"
    learned, span = span_days(covered[split.before_test]), span_days(covered[split.test])
    deck = (
        f"How far off next-hour guesses are, in {subject.nouns}; each guess was made before the hour. "
        + say_gain(avoided)
    )
    alt = (
        f"Two lines, weekly error of the learner’s guesses and of {baseline}. On the scored days, "
        f"{say_days(span.first, span.last)}: off by {off:#.3g} and {off_baseline:#.3g}."
    )
    drifts = find_drifts(series, errors.model)
    coverage = measure_coverage(series, guesses, choosing, scored)
    result = WorkResult(
        NAME, _ask(subject), MODEL_NAME, baseline,
        headline=f"The learner’s guesses are {phrase} than {baseline}",
        emphasis=phrase, deck=deck, alt=alt, how=HOW,
        notes=(
            *compare_with_others(errors, baseline, scored, days, seed),
            say_coverage(coverage, subject.nouns),
            *say_drifts(drifts, subject.nouns),
        ),
        **scores,
        n_scored=int(scored.sum()), scored_unit="hours", learned=learned, scored=span,
        n_tried=N_TRIED, curve=average_weeks(series, errors, baseline),
        drifts=tuple(one.noticed for one in drifts),
        beliefs=(learn_daily_curve(subject, series, guesses, scored),),
    )  # fmt: skip
    return fill_card(
        result,
        n_learned=int((np.isfinite(guesses) & (days < covered[split.test][0])).sum()),
        learned_nouns=("hour", "hours"),
        is_online=True,
        looks_at="The hour’s place in day, week and year, and the counts of the hours before it.",
        features=NAMES,
        label=f"the number of {subject.nouns} of the hour, which it learns after it has guessed it.",
        chosen="Nothing is chosen on your data: forgetting and ridge were settled on invented archives.",
        file="sums over features and counts, and the guesses; no word.",
        not_for="It must not be used to tell when somebody is at home, awake or away.",
    )


def compare_with_others(
    errors: Errors, baseline: str, scored: Flags, days: Array, seed: int
) -> tuple[tuple[str, str], ...]:
    """Return a margin note that sets the learner beside last week's hour, where that is not the baseline."""
    if baseline == LAST_WEEK:
        return ()
    last_week = errors.simple[LAST_WEEK][scored]
    avoided = weigh_errors(errors.model[scored], last_week, days[scored], seed)
    gain = (
        f"the learner is {say_percent(avoided.share)} closer (from {say_percents(avoided.low, avoided.high)})"
        if avoided.low > 0
        else "the learner is no better"
    )
    return ((begin(LAST_WEEK), f"It is off by {find_off(last_week):#.3g}; {gain}."),)


def _ask(subject: Subject) -> str:
    return f"How many {subject.nouns} in the next hour?"
