"""What guessing days from the calendar alone was worth: scores, interval, words, and the year it learned."""

from __future__ import annotations

import numpy as np

from flows.work.evidence import say_interval
from flows.work.far_ahead import weigh_days
from flows.work.result import Belief, Span, WorkResult
from models.types import Array
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import MONTHS, say_day, say_rate

NAME = "day_shape"
QUESTION = "How many a day, from the calendar alone?"
MODEL_NAME = "regression on the calendar"
USUAL = "the mean of the weekday in its month"
ALL_DAYS = "the mean of all days"
LEARNED_YEAR = "learned_year"
WEEK = 7
ENOUGH_CAME = 4  # days of a week that were scored, for a dot
HOW = (
    "Each covered day is guessed from its weekday, its place in the year and how late it is; no count is "
    "looked at but those of the days learned from, all of which lie before the scored ones. The weekday’s "
    "usual difference is taken away, a regression learns what is left, and the difference is added again: a "
    "line through time, waves of the year, both together, polynomials of both, or a small net. The last "
    "fifth of the days is scored once. The regression is chosen on the fifth before, the simplest of what "
    "does about as well as the best there. The baseline is the best there of four means of the days learned "
    f"from: {USUAL}, of the weekday, of the month, of all days. “Off by” is the root of the mean squared "
    "error, which an expected count makes smallest. "
) + say_interval("how the quarters of the scored days differ (Student’s t)")


def say_too_little(subject: Subject, too_little: str) -> WorkResult:
    """Return the result of an archive that has too little to learn from."""
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, USUAL, headline=too_little, emphasis="",
        deck=f"Guesses of a day’s {subject.nouns}, however far ahead.", alt=too_little, how=HOW,
        too_little=too_little,
    )  # fmt: skip


def make_result(
    subject: Subject, baseline: str, squares: tuple[Array, Array], learned: Span, days: Array, seed: int
) -> WorkResult:
    """Say what came of the scored ``days``; ``squares``: the model's squared errors, and its baseline's."""
    weighed = weigh_days(squares, learned, days, seed)
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, baseline,
        headline=f"Guesses from the calendar alone are {weighed.phrase} than {baseline}",
        emphasis=weighed.phrase,
        deck=f"How far off such guesses are, in {subject.nouns} a day; all were made before the first scored "
        f"day. {weighed.gain}",
        how=HOW,
        **weighed.fields,
    )  # fmt: skip


def tell_year(
    subject: Subject, year: Array, guesses: Array, scored: Array, came: Array, baseline: str, *, better: bool
) -> Belief:
    """Return the ``guesses`` for the days of a ``year`` of whole weeks as means by week, beside what came.

    What ``came`` counts on those of the ``scored`` days that lie in it, in weeks with enough of them;
    ``better``: than the ``baseline``, or the headline says that it is not.
    """
    guessed = guesses.reshape(-1, WEEK).mean(axis=1)
    inside = scored >= year[0]
    week = (scored[inside] - year[0]).astype(np.int64) // WEEK
    known = np.bincount(week, minlength=len(guessed))
    means = np.bincount(week, came[inside], len(guessed)) / np.maximum(known, 1)
    middle = year[WEEK * int(guessed.argmax()) + WEEK // 2]  # of the highest week
    month = MONTHS[int(middle.astype("datetime64[M]").astype(np.int64)) % 12]
    phrase = f"most {subject.nouns} in {month}"
    last = say_day(year[-1].astype(object))
    return Belief(
        LEARNED_YEAR,
        f"From the calendar alone, it expects {phrase}"
        if better
        else f"It expects {phrase}, but is no better than the baseline",
        f"Means a day by week, for the {len(guessed)} weeks to {last}. The line was guessed before the first "
        f"of the dots came. The baseline is {baseline}.",
        f"A line over the year, highest in {month} with {say_rate(float(guessed.max()))} a day, over dots of "
        f"what came in the weeks to {last}.",
        ("week", "guessed", "came"),
        tuple(
            (
                int(day),
                round(float(guess), 6),
                round(float(mean), 6) if n >= ENOUGH_CAME else None,
            )
            for day, guess, mean, n in zip(year[::WEEK].astype(np.int64), guessed, means, known, strict=True)
        ),
    )


def _ask(subject: Subject) -> str:
    return f"How many {subject.nouns} a day, from the calendar alone?"
