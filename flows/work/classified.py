"""What naming the classes of rows was worth: the one way to score, judge and say it for every such work.

A work hands over three tables of probabilities for the scored rows: the model's, its baseline's (the share
of each class before), and those of a control, taught in the same way and asked about the same rows, but with
all labels shuffled. (Scored by the true labels it would not be blind: by luck its weights may point where the
truth lies.) Where even the control beats the baseline, the way of looking finds something, and nothing is
claimed.

References: G. W. Brier 1950, *Verification of Forecasts Expressed in Terms of Probability*; L. Breiman, J.
Friedman, R. Olshen & C. Stone 1984, *Classification and Regression Trees*, 3.4.3 (the rule of one standard
error).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np

from flows.work.evidence import N_TRIED, judge, say_avoided, say_off, weigh_control, weigh_errors
from flows.work.result import NO_BETTER, Span, WorkResult, span_days
from models.types import Array
from models.validation import Split
from pipeline.patterns.wording import say_count, say_days, say_percent, spell_small

SHUFFLED = "Shuffled labels"
SIMPLE = 0.02  # a share this near to a simple fraction is called by it
SIMPLEST = "the simplest within one standard error of the one"
Candidate = TypeVar("Candidate")


class Task(NamedTuple):
    """One question of this kind, in words."""

    name: str
    question: str  # "Which season was it?"
    finding: str  # "A week’s hours tell its season"
    odds: str  # "A week’s hours shift the odds of its season", or "… shifts the odds …"
    rows: str  # "weeks"
    classes: tuple[str, ...]
    measure: str  # begins the deck: "Share of weeks whose season was named right"
    how: str


class Answers(NamedTuple):
    """Probabilities (n_scored, n_classes) of the scored rows."""

    model: Array
    baseline: Array
    control: Array
    truth: Array  # (n_scored,) the classes
    shuffled: Array  # (n_scored,) those that the control was asked about


def square_errors(probabilities: Array, truth: Array) -> Array:
    """Return, for each row, the sum of the squared differences between probability and truth, 0 to 2."""
    errors: Array = ((probabilities - np.eye(probabilities.shape[1])[truth]) ** 2).sum(axis=1)
    return errors


def make_result(
    task: Task,
    answers: Answers,
    days: Array,
    learned: Span,
    *,
    model_name: str,
    seed: int,
    blocks: Array | None = None,
) -> WorkResult:
    """Score the three on the scored rows of these ``days``, and say what came of it."""
    truth = answers.truth
    avoided, shuffled = (
        weigh(square_errors(said, right), square_errors(answers.baseline, right), days, seed, blocks=blocks)
        for weigh, said, right in (
            (weigh_errors, answers.model, truth),
            (weigh_control, answers.control, answers.shuffled),
        )
    )
    off, off_baseline = (say_off(square_errors(said, truth)) for said in (answers.model, answers.baseline))
    verdict = judge(avoided) if judge(shuffled) == NO_BETTER else NO_BETTER
    score, baseline_score, control_score = (
        float((said.argmax(axis=1) == right).mean())
        for said, right in (
            (answers.model, truth),
            (answers.baseline, truth),
            (answers.control, answers.shuffled),
        )
    )
    commonest = task.classes[int(answers.baseline[0].argmax())]
    usual, often = f"always {commonest}", say_often(score)
    if verdict == NO_BETTER:
        headline, emphasis = f"{task.finding} {NO_BETTER}", NO_BETTER
    elif score > baseline_score:
        beside = say_base_rate(commonest, often, baseline_score)
        headline, emphasis = f"{task.finding} {often}; {beside}", often
    else:  # surer or less sure in the right places, but rarely enough to say another class
        headline = task.odds
        emphasis = next(verb for verb in ("shifts the odds", "shift the odds") if verb in headline)
    scored = span_days(days)
    return WorkResult(
        task.name, task.question, model_name, usual, headline,
        emphasis=emphasis,
        deck=f"{task.measure}, of {say_count(len(truth))} that the model had not seen. "
        f"{usual[0].upper()}{usual[1:]}: {say_percent(baseline_score)}.",
        alt=f"{say_percent(score)} of {task.rows} named right by the model, {say_percent(baseline_score)} by "
        f"{usual}, {say_percent(control_score)} with shuffled labels, {say_days(*scored)}.",
        how=task.how, card=((SHUFFLED, say_control(control_score, judge(shuffled), task.rows)),),
        model_score_text=off, baseline_score_text=off_baseline,
        model_right_text=f"{say_percent(score)} right",
        baseline_right_text=f"{say_percent(baseline_score)} right",
        model_score=score, baseline_score=baseline_score,
        avoided=avoided.share, low=avoided.low, high=avoided.high,
        verdict=verdict, certainty=say_avoided(avoided),
        n_scored=len(truth), scored_unit=task.rows, learned=learned, scored=scored, n_tried=N_TRIED,
    )  # fmt: skip


def say_often(share: float) -> str:
    """Write how often: one time in three, two times in three, else 29 times in 100."""
    for below in range(2, 8):
        for above in range(1, below):
            if abs(share - above / below) <= SIMPLE and (above == 1 or below <= 4):
                times = "one time" if above == 1 else f"{spell_small(above)} times"
                return f"{times} in {spell_small(below)}"
    return f"{share * 100:.0f} times in 100"


def say_base_rate(commonest: str, often: str, share: float) -> str:
    """Write what always saying the commonest class comes to, beside a model that is right so ``often``."""
    beside = f"{share * 100:.0f}" if often.endswith("in 100") else say_often(share)
    return f"always saying {commonest} is right {beside}"


def say_control(score: float, verdict: str, rows: str) -> str:
    """Say what the control came to: how often it was right, and the verdict on its probabilities."""
    taught = (
        f"Taught and asked with the labels shuffled among all {rows}, it is right {say_percent(score)} of "
        "the time"
    )
    if verdict == NO_BETTER:
        return f"{taught}; by its probabilities it is {NO_BETTER}."
    return (
        f"{taught}; by its probabilities even that one beats the baseline, so that nothing is claimed here."
    )


def say_too_little(task: Task, too_little: str, model_name: str) -> WorkResult:
    """Return the result of an archive that has too little to learn from."""
    return WorkResult(
        task.name, task.question, model_name, "the commonest one",
        headline=too_little, emphasis="", deck=f"{task.measure}.", alt=too_little, how=task.how,
        too_little=too_little,
    )  # fmt: skip


def choose_simplest(errors: Mapping[Candidate, Array]) -> Candidate:
    """Return the first of the candidates, the simplest first, that is within one standard error of the best.

    ``errors`` holds the squared errors of the same rows for each. On few rows the best is often the luckiest.
    """
    best = min(errors.values(), key=lambda one: float(one.mean()))
    for candidate, one in errors.items():
        worse = one - best
        if worse.mean() <= worse.std() / np.sqrt(len(worse)):
            return candidate
    raise AssertionError("the best is one of them")


def shuffle_labels(truth: Array, split: Split, seed: int) -> Array:
    """Return the labels in another order within each span of ``split``: the control's."""
    rng, shuffled = np.random.default_rng([seed, 1]), truth.copy()
    for span in split:
        shuffled[span] = rng.permutation(truth[span])
    return shuffled


def find_shares(truth: Array, n_classes: int, n_rows: int) -> Array:
    """Return the baseline's probabilities: each class's share of ``truth``, for each of ``n_rows`` rows."""
    shares = np.bincount(truth, minlength=n_classes) / len(truth)
    return np.tile(shares, (n_rows, 1))
