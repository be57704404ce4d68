"""What guessing a usual day was worth: scores by distance, words, and the six cases side by side."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from flows.work.evidence import N_TRIED, list_scores, say_gain, say_interval, weigh_distances
from flows.work.result import NO_BETTER, Belief, Span, WorkResult, span_days
from models.types import Array
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_days, say_percent, say_rate

NAME = "usual_day"
QUESTION = "How many on a usual day?"
MODEL_NAME = "regression by L1 or L2 loss"
USUAL_CASES = "usual_cases"
HOW = (
    "Before each day a regression guesses its count from the calendar and the counts before it. It is taught "
    "in six ways: by the L1 loss (distances, so that it learns a median) or the L2 loss (their squares, so "
    "that it learns a mean, which frantic days pull up), each with no penalty on its weights, with an L1 "
    "penalty (the sum of their sizes) or an L2 penalty (of their squares). All six begin with the same "
    "weights and take the same steps. The one whose guesses lie nearest on the fifth of the days before the "
    "last is chosen, and so is the baseline, of six simple guesses: two medians, three means, and the same "
    "weekday last week. The last fifth of the days is scored once. “Off by” is the mean distance here, which "
    "a median makes smallest: a frantic day counts by its size, not by its square. "
) + say_interval()


class Fitted(NamedTuple):
    """One case, learned before the days to choose by and asked about them."""

    case: tuple[str, str]  # loss and penalty
    errors: Array  # (n_days,) distances
    weights: float  # Σ|w|
    n_zeros: int  # weights that are exactly 0
    mean_guess: float

    @property
    def off(self) -> float:
        """How far off in the mean."""
        return float(self.errors.mean())


def say_case(case: tuple[str, str]) -> str:
    """Write a case: L1 loss, no penalty."""
    loss, penalty = case
    return f"{loss} loss, {penalty or 'no'} penalty"


def make_result(
    subject: Subject,
    case: tuple[str, str],
    baseline: str,
    errors: tuple[Array, Array],
    learned: Span,
    days: Array,
    seed: int,
) -> WorkResult:
    """Say what came of the scored ``days``; ``errors``: the model's distances, and its baseline's."""
    avoided = weigh_distances(*errors, days, seed)
    off, off_baseline = (float(part.mean()) for part in errors)
    scores = list_scores(off, off_baseline, avoided)
    phrase = "no better" if scores["verdict"] == NO_BETTER else f"{say_percent(avoided.share)} closer"
    scored = span_days(days)
    return WorkResult(
        NAME, _ask(subject), f"regression by {say_case(case)}", baseline,
        headline=f"Guesses of a usual day are {phrase} than {baseline}",
        emphasis=phrase,
        deck=f"How far off they are in the mean, in {subject.nouns}; each was made before the day. "
        + say_gain(avoided),
        alt=f"On the scored days, {say_days(*scored)}: off by {off:#.3g} and {off_baseline:#.3g} on average.",
        how=HOW,
        **scores,
        n_scored=len(days), scored_unit="days", learned=learned, scored=scored, n_tried=N_TRIED,
    )  # fmt: skip


def tell_cases(
    subject: Subject, fitted: Sequence[Fitted], chosen: tuple[str, str], span: Span, came_to: WorkResult
) -> Belief:
    """Return the six cases as they did on the days to choose by, those of ``span``, and what it came to."""
    by_case = {one.case: one for one in fitted}
    median, mean = by_case[("L1", "")].mean_guess, by_case[("L2", "")].mean_guess
    more = "more" if mean > median else "less"
    best, other = by_case[chosen], find_best_other(fitted, chosen)
    return Belief(
        USUAL_CASES,
        "By L1 and by L2 loss a usual day is guessed alike"
        if is_alike(best, other)
        else f"A usual day is guessed nearest by the {chosen[0]} loss",
        f"How far off a day is guessed on average, in {subject.nouns}, on the days to choose by, "
        f"{say_days(*span)}; and the weights’ sizes in sum. Without a penalty the L2 loss guesses "
        f"{say_rate(abs(mean - median))} a day {more} than the L1 loss. On the days scored, guesses by the "
        f"chosen case are {came_to.emphasis} than {came_to.baseline_name}.",
        "Two bars for each loss and penalty: "
        + "; ".join(f"{say_case(one.case)}: off by {one.off:#.3g}, Σ|w| {one.weights:.2f}" for one in fitted)
        + ".",
        ("loss", "penalty", "off", "weights", "zeros", "chosen"),
        tuple(
            (
                int(one.case[0][1]),
                int(one.case[1][1:] or 0),
                round(one.off, 6),
                round(one.weights, 6),
                one.n_zeros,
                int(one.case == chosen),
            )
            for one in fitted
        ),
    )


def find_best_other(fitted: Sequence[Fitted], chosen: tuple[str, str]) -> Fitted:
    """Return the best case of the loss that was not chosen."""
    return min((one for one in fitted if one.case[0] != chosen[0]), key=lambda one: one.off)


def is_alike(best: Fitted, other: Fitted) -> bool:
    """Say whether the best case is within two standard errors of the other loss's best, day by day."""
    worse = other.errors - best.errors
    return bool(worse.mean() <= 2 * worse.std() / np.sqrt(len(worse)))


def say_too_little(subject: Subject, too_little: str) -> WorkResult:
    """Return the result of an archive that has too little to learn from."""
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, "a median of the days before",
        headline=too_little, emphasis="", deck=f"Guesses of a usual day’s {subject.nouns}.", alt=too_little,
        how=HOW, too_little=too_little,
    )  # fmt: skip


def _ask(subject: Subject) -> str:
    return f"How many {subject.nouns} on a usual day?"
