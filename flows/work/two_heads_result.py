"""What one net with two answers was worth: each beside its own baseline, and the words for both.

The weekday is judged by its probabilities, the count by its squared error. Both are claims, so each has an
interval that is wider for the two of them; the table shows the one whose gain is less sure, in its own
figures, and the verdict on the whole is the verdict on that one.
"""

from __future__ import annotations

from typing import NamedTuple

from flows.work.classified import SHUFFLED, say_control, say_often, square_errors
from flows.work.evidence import (
    N_TRIED,
    find_off,
    judge,
    say_avoided,
    say_interval,
    say_off,
    weigh_control,
    weigh_errors,
)
from flows.work.next_day import USUAL_DAY
from flows.work.result import NO_BETTER, Span, WorkResult, span_days
from flows.work.weekday_result import GUESS, measure_right
from models.types import Array
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import WEEKDAYS, say_count, say_days, say_percent

NAME = "two_heads"
QUESTION = "Which weekday was it, and how many the next day?"
MODEL_NAME = "a net with two answers"
HOW = (
    "A covered day is seen as its evening knows it: its 24 hours against the fortnight before, and the "
    "totals of the last seven days against their four weeks; nothing of the calendar. One net with two "
    "inputs gives both answers: the day’s weekday, and the next day’s count as a multiple of the mean of "
    "the last four weeks. Its loss is the sum of both answers’ losses. The last fifth of these evenings "
    "is scored once; how strong the penalty is, is chosen on the fifth before, the strongest of what does"
    " about as well as the best there. The baseline of the weekday always states each weekday’s share; "
    "that of the count is the best there of four simple guesses, which know the weekday. An error is how "
    "far the stated chances lie from what the day was, or how far the guess lies from the count (roots of"
    " the mean squares). Each answer is judged by itself, with an interval widened for the two of them "
    "besides; the table shows the one whose gain is less sure, and both have to be better for the net to be "
    "called so. Shuffled labels: the same net, but with the weekdays of all days shuffled. "
) + say_interval()
ANSWERS = "Its two answers"


class Guesses(NamedTuple):
    """What was said of the scored evenings, and what came."""

    named: Array  # (n, 7) chances
    guessed: Array  # (n,) counts
    control: Array  # (n, 7) chances, of the net that learned shuffled weekdays
    shares: Array  # (n, 7) the baseline's
    simple: Array  # (n,) the baseline's
    weekday: Array  # (n,)
    shuffled: Array  # (n,) the weekdays that the control is asked about
    to_come: Array  # (n,)


def make_result(
    subject: Subject, baseline: str, guesses: Guesses, learned: Span, days: Array, seed: int
) -> WorkResult:
    """Score both answers on the scored ``days``, and say what came of them."""
    truth = guesses.weekday
    brier, brier_shares = (square_errors(said, truth) for said in (guesses.named, guesses.shares))
    squares, squares_simple = ((guess - guesses.to_come) ** 2 for guess in (guesses.guessed, guesses.simple))
    shuffled = weigh_control(
        square_errors(guesses.control, guesses.shuffled),
        square_errors(guesses.shares, guesses.shuffled),
        days,
        seed,
    )
    weekday = weigh_errors(brier, brier_shares, days, seed, n_tried=2 * N_TRIED)
    count = weigh_errors(squares, squares_simple, days, seed, n_tried=2 * N_TRIED)
    verdicts = judge(weekday) if judge(shuffled) == NO_BETTER else NO_BETTER, judge(count)
    off, off_simple = find_off(squares), find_off(squares_simple)
    first_is_less = (verdicts[0] != NO_BETTER, weekday.low) <= (verdicts[1] != NO_BETTER, count.low)
    if first_is_less:
        shown, other, less, verdict = "weekday", f"count {verdicts[1]}", weekday, verdicts[0]
        score, score_simple = find_off(brier), find_off(brier_shares)
    else:
        shown, other, less, verdict = "count", f"weekday {verdicts[0]}", count, verdicts[1]
        score, score_simple = off, off_simple
    right = measure_right("the model", (guesses.named.argmax(axis=1) == truth).astype(float), days, seed)
    usual_right, control_right = (
        float((said.argmax(axis=1) == wanted).mean())
        for said, wanted in ((guesses.shares, truth), (guesses.control, guesses.shuffled))
    )
    clear = right.low > max(GUESS, usual_right, control_right)
    names = f"names the weekday {say_often(right.share)}" if clear else "shifts the odds of the weekday"
    closer = f"guesses the next day {say_percent(count.share)} closer than {baseline}"
    headline, emphasis = _say_both(verdicts, names, closer, baseline)
    usual = f"always {WEEKDAYS[int(guesses.shares[0].argmax())]}"
    scored = span_days(days)
    both = (
        f"The weekday: {say_off(brier)}, {say_percent(right.share)} right; {usual}: {say_off(brier_shares)}, "
        f"{say_percent(usual_right)} right; errors avoided: {say_avoided(weekday)}; {verdicts[0]}. The next "
        f"day’s {subject.nouns}: off by {off:#.3g}; {baseline}: off by {off_simple:#.3g}; errors avoided: "
        f"{say_avoided(count)}; {verdicts[1]}."
    )
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, f"{usual}; {baseline}", headline,
        emphasis=emphasis,
        deck=f"Both answers on {say_count(len(days))} evenings that the net had not seen.",
        alt=f"{both} Scored: {say_days(*scored)}.",
        how=HOW,
        card=(
            (ANSWERS, both), (SHUFFLED, say_control(control_right, judge(shuffled), "days")),
        ),
        model_score_text=f"off by {score:#.3g}", baseline_score_text=f"off by {score_simple:#.3g}",
        model_right_text=f"{say_percent(right.share)} of weekdays right ({other})",
        baseline_right_text=f"{say_percent(usual_right)} of weekdays right",
        model_score=score, baseline_score=score_simple,
        avoided=less.share, low=less.low, high=less.high,
        verdict=verdict, certainty=f"{shown}: {say_avoided(less)}",
        n_scored=len(days), scored_unit="evenings", learned=learned, scored=scored, n_tried=N_TRIED,
    )  # fmt: skip


def _say_both(verdicts: tuple[str, str], names: str, closer: str, baseline: str) -> tuple[str, str]:
    """Return headline and key phrase, by which of the answers are better than their baselines."""
    weekday, count = (verdict != NO_BETTER for verdict in verdicts)
    if weekday and count:
        return f"One net {names}, and {closer}", "One net"
    if weekday:
        return f"One net {names}, but guesses the next day no better than {baseline}", names
    if count:
        return f"One net {closer}, but names the weekday no better than a guess", closer
    return f"One net for the weekday and the next day is {NO_BETTER} in either", NO_BETTER


def say_too_little(subject: Subject, too_little: str) -> WorkResult:
    """Return the result of an archive that has too little to learn from."""
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, f"always one day; {USUAL_DAY}",
        headline=too_little, emphasis="", deck="A day’s weekday, and the next day’s count, from one net.",
        alt=too_little, how=HOW, too_little=too_little,
    )  # fmt: skip


def _ask(subject: Subject) -> str:
    return f"Which weekday was it, and how many {subject.nouns} the next day?"
