"""What the naming of weekdays was worth: shares named right, the table of what was said, the words."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flows.work.classified import SHUFFLED as IN_CARD
from flows.work.classified import say_control, say_often
from flows.work.day_ways import TRIED, Taught, name_model
from flows.work.evidence import (
    N_TRIED,
    judge,
    say_avoided,
    say_interval,
    say_off,
    weigh_control,
    weigh_errors,
)
from flows.work.result import NO_BETTER, Belief, RightShare, WorkResult, span_days
from models.baselines import MajorityClass
from models.estimator import Classifier
from models.types import Array
from models.validation import Split
from pipeline.features.day_profile import DayProfile
from pipeline.patterns.bootstrap import HOW_DRAWN, count_blocks, draw_weights, find_interval, widen
from pipeline.patterns.wording import (
    MONTHS,
    WEEKDAYS,
    begin,
    say_count,
    say_days,
    say_hour,
    say_percent,
)

NAME = "weekday"
QUESTION = "Which weekday was it?"
MODEL_NAME, LINEAR_NAME = "softmax on hours", "softmax"
GUESS = 1 / 7
ENOUGH_SCORED = 56  # days, eight of each weekday, for a table of what was said of them
WEEKDAY_WEIGHTS = "weekday_weights"
THE_MODEL, SHUFFLED = "the model", "shuffled labels"
HOW = (
    "Each covered day is 24 numbers: the logarithm of one plus the count of each clock hour, smoothed with "
    "its neighbours, against the mean of the fortnight before. The weekday comes from the calendar. The last "
    f"fifth of the days is scored once. {TRIED}A day counts as right where the likeliest weekday "
    "was the true one. Shuffled labels: the same model, taught and asked in the same way, but with the "
    f"weekdays of all days shuffled. For the intervals of these shares, {HOW_DRAWN}. An error is how far the "
    "stated probabilities lie from what the day was (root of the mean square); the baseline always states "
    "each weekday’s share. "
) + say_interval()


def list_weekdays(profile: DayProfile) -> Array:
    """Return each day's weekday by the calendar, 0 is Monday."""
    weekday: Array = (profile.days.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday
    return weekday


def square_errors(model: Classifier, x: Array, weekday: Array) -> Array:
    """Return, for each day, the sum of the squared differences between probability and truth, 0 to 2."""
    truth = weekday[:, None] == model.classes_
    errors: Array = ((model.predict_proba(x) - truth) ** 2).sum(axis=1)
    return errors


def measure_right(name: str, hits: Array, days: Array, seed: int) -> RightShare:
    """Return the share of right answers with its interval over stretches of days."""
    share = float(hits.mean())
    weights = draw_weights(days, np.random.default_rng([seed, 2]))
    n_drawn = weights.sum(axis=1)
    drawn = np.where(n_drawn > 0, weights @ hits / np.maximum(n_drawn, 1), np.nan)
    low, high = find_interval(widen(drawn, share, count_blocks(len(days))))
    known = np.isfinite(low)
    return RightShare(name, share, max(low, 0.0) if known else 0.0, min(high, 1.0) if known else 1.0)


def count_confusion(truth: Array, said: Array) -> tuple[tuple[int, ...], ...]:
    """Count days by true weekday (rows) and the one said."""
    table = np.bincount(truth * 7 + said, minlength=49).reshape(7, 7)
    return tuple(tuple(row) for row in table.tolist())


def is_clear(right: Sequence[RightShare]) -> bool:
    """Say whether the model is right more often than a guess, its baseline and shuffled labels."""
    model, *others = right
    return model.low > max(GUESS, *(one.share for one in others))


def is_found(result: WorkResult) -> bool:
    """Say whether the headline claims that the hours give the weekday away."""
    return result.verdict not in ("", NO_BETTER) and is_clear(result.right)


def tell_weights(weight: Array) -> Belief:
    """Return what each hour says for each weekday: ``weight (24, 7)``, for a count one spread above usual."""
    hour, day = np.unravel_index(int(weight.argmax()), weight.shape)
    phrase = f"more than usual around {say_hour(int(hour))}"
    return Belief(
        WEEKDAY_WEIGHTS,
        f"{begin(phrase)} speaks most for a {WEEKDAYS[day]}",
        "How a count above the hour’s usual one, of the fortnight before, speaks for each weekday or against "
        "it, to the model.",
        f"Cells, weekday by hour, from speaking against it to speaking for it. Highest: {WEEKDAYS[day]}, "
        f"{say_hour(int(hour))}.",
        ("hour", *WEEKDAYS),
        tuple((k, *(round(float(one), 6) for one in row)) for k, row in enumerate(weight)),
    )


def say_span(result: WorkResult) -> str:
    """Write when it learned and was tested: Learned on days to Oct 2024, tested on the 406 days after."""
    if result.learned is None:
        return ""
    last = result.learned.last
    month = f"{MONTHS[last.month - 1][:3]} {last.year}"
    return f"Learned on days to {month}, tested on the {say_count(result.n_scored)} days after."


def make_result(
    profile: DayProfile,
    split: Split,
    taught: Taught,
    others: tuple[MajorityClass, Classifier],
    shuffled: Array,
    seed: int,
) -> WorkResult:
    """Score model, baseline and control (by the ``shuffled`` labels of all days) on the last days."""
    baseline, control = others
    x, days, truth = profile.x[split.test], profile.days[split.test], list_weekdays(profile)[split.test]
    blind = shuffled[split.test]
    squares, simple = square_errors(taught.model, x, truth), square_errors(baseline, x, truth)
    avoided = weigh_errors(squares, simple, days, seed)
    of_control = judge(
        weigh_control(square_errors(control, x, blind), square_errors(baseline, x, blind), days, seed)
    )
    verdict = judge(avoided) if of_control == NO_BETTER else NO_BETTER
    said = taught.model.predict(x)
    usual = f"always {WEEKDAYS[int(baseline.predict(x[:1])[0])]}"
    hits = {
        THE_MODEL: said == truth,
        usual: baseline.predict(x) == truth,
        SHUFFLED: control.predict(x) == blind,
    }
    right = [measure_right(name, one.astype(float), days, seed) for name, one in hits.items()]
    model_right, baseline_right, shuffled_right = right
    often = say_often(model_right.share)
    if verdict == NO_BETTER:
        emphasis = "no better than a guess"
        headline = f"A day’s hours tell its weekday {emphasis}"
    elif is_clear(right):
        headline, emphasis = f"A day’s hours give away its weekday {often}", often
        headline += "; a guess is right one time in seven"
    else:  # surer or less sure in the right places, but too rarely so to name the day
        headline, emphasis = "A day’s hours shift the odds of its weekday", "shift the odds"
    learned, scored = span_days(profile.days[taught.rows]), span_days(days)
    shares = (
        f"Right {say_percent(model_right.share)} of the time; {usual}: {say_percent(baseline_right.share)}."
    )
    enough = len(days) >= ENOUGH_SCORED
    deck = (
        "Of the days that truly were the row’s weekday, the percentage that the model called each name. "
        if enough
        else f"On {say_count(len(days))} days that the model had not seen. "
    ) + shares
    control_note = (
        f"Taught and asked with the weekdays shuffled among all days, the same model is right "
        f"{say_percent(shuffled_right.share)} of the time."
    )
    said_right = ", ".join(f"{one.name} {say_percent(one.share)}" for one in right)
    return WorkResult(
        NAME, QUESTION, name_model(taught.way, LINEAR_NAME), usual, headline,
        emphasis=emphasis, deck=deck,
        alt="Table, true weekday against the weekday that the model said, "
        f"{say_days(scored.first, scored.last)}; dots, the share of days named right: {said_right}.",
        how=HOW,
        notes=((IN_CARD, control_note),),
        card=((IN_CARD, say_control(shuffled_right.share, of_control, "days")),),
        model_score_text=say_off(squares), baseline_score_text=say_off(simple),
        model_right_text=f"{say_percent(model_right.share)} right",
        baseline_right_text=f"{say_percent(baseline_right.share)} right",
        model_score=model_right.share, baseline_score=baseline_right.share,
        avoided=avoided.share, low=avoided.low, high=avoided.high,
        verdict=verdict, certainty=say_avoided(avoided),
        n_scored=len(days), scored_unit="days", learned=learned, scored=scored, n_tried=N_TRIED,
        right=tuple(right), confusion=count_confusion(truth, said) if enough else (),
    )  # fmt: skip


def say_too_little(too_little: str) -> WorkResult:
    """Return the result of an archive that has too little to learn from."""
    return WorkResult(
        NAME, QUESTION, MODEL_NAME, "always one day",
        headline=too_little, emphasis="", deck="Whether a day’s hours tell its weekday.",
        alt=too_little, how=HOW, too_little=too_little,
    )  # fmt: skip
