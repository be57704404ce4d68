"""What one straight line through the days was worth: scores, words, the line by month, and the ways to it.

Its guesses are of days far ahead, as those from the calendar are: a quarter of the year counts as one
observation, for the score's interval and for that of the change a year.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from flows.work.evidence import say_interval
from flows.work.far_ahead import weigh_days
from flows.work.result import Belief, Span, WorkResult
from flows.work.trend_line import Line, Walk
from models.types import Array
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    MINUS,
    WAYS_TO_A_LINE,
    begin,
    say_count,
    say_months,
    say_percent,
    say_rate,
    spell_small,
)

NAME = "daily_trend"
QUESTION = "How many a day, by a straight line?"
MODEL_NAME = "a line through time"
ALL_DAYS = "the mean of all days before"
TREND_LINE, TREND_WAYS = "trend_line", "trend_ways"
ENOUGH_KNOWN = 10  # covered days of a month, for a dot: a mean of fewer would be that of a day or two
MOST_PLACES = 24  # of a way
HOW = (
    "One straight line goes through the counts of the covered days before the last fifth, by least squares, "
    "and is drawn on over that fifth, which is scored once; below nothing it does not go. The normal "
    "equations give it at once. Four other ways begin with a line at nothing: a search that moves to the "
    "best of nine neighbouring lines, by steps ten times finer each time it stands still, and descent by the "
    "slope of all days, of 32 or of one, the last two for a set number of passes by a rate that falls to "
    "nothing, so that when they settle is set too. A way has arrived where its line stays nearer to the "
    "exact one than a tenth of the days’ standard deviation. The interval of the change a year comes from "
    "drawing whole quarters again. “Off by” is the root of the mean squared error. "
) + say_interval("how the quarters of the scored days differ (Student’s t)")


def say_too_little(subject: Subject, too_little: str) -> WorkResult:
    """Return the result of an archive that has too little to learn from."""
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, ALL_DAYS, headline=too_little, emphasis="",
        deck=f"A straight line through the {subject.nouns} of each day.", alt=too_little, how=HOW,
        too_little=too_little,
    )  # fmt: skip


def make_result(
    subject: Subject, squares: tuple[Array, Array], learned: Span, days: Array, seed: int
) -> WorkResult:
    """Say what came of the scored ``days``; ``squares``: the line's squared errors, and the mean's."""
    weighed = weigh_days(squares, learned, days, seed)
    return WorkResult(
        NAME, _ask(subject), MODEL_NAME, ALL_DAYS,
        headline=f"A straight line, drawn on, is {weighed.phrase} than {ALL_DAYS}",
        emphasis=weighed.phrase,
        deck=f"How far off it is, in {subject.nouns} a day, on days after all that it was drawn through. "
        f"{weighed.gain}",
        how=HOW,
        **weighed.fields,
    )  # fmt: skip


def tell_trend(
    subject: Subject,
    days: Array,
    counts: Array,
    guesses: Array,
    n_learned: int,
    line: Line,
    interval: tuple[float, float],
    phrase: str,
) -> Belief:
    """Return the means by month of the ``counts`` and of the line, drawn through the first ``n_learned``.

    Drawn on, it is ``phrase`` than the mean.
    """
    months, number = np.unique(days.astype("datetime64[M]"), return_inverse=True)
    known = np.bincount(number)
    means = (np.bincount(number, values) / known for values in (counts, guesses))
    ahead = 2 * np.bincount(number[n_learned:], minlength=len(months)) > known
    low, high = interval
    change = f"{_say_signed(low)} to {_say_signed(high)}"
    first, last, end = (days[at].astype(object) for at in (0, n_learned - 1, -1))
    span = say_months(first, last)
    rate, nouns = say_rate(abs(line.change)), subject.nouns
    if (low > 0 or high < 0) and _say_signed(line.change) != "0":
        headline = f"Each year brought {rate} {'more' if line.change > 0 else 'fewer'} {nouns} a day"
    else:
        headline = "A straight line tells neither a rise nor a fall"
    return Belief(
        TREND_LINE,
        headline,
        f"From {say_rate(line.start)} {nouns} a day at the start, {_say_signed(line.change)} a year "
        f"({say_percent(0.95)} interval {change}), by the days of {span}. Drawn on, it is {phrase} than "
        f"{ALL_DAYS}.",
        f"A line over dots of the months, {say_months(first, end)}, from {say_rate(line.start)} a day by "
        f"{_say_signed(line.change)} a year; interval {change}; drawn on after {say_months(last, last)}.",
        ("year", "month", "came", "line", "ahead"),
        tuple(
            (
                int(str(month)[:4]),
                int(str(month)[5:]),
                round(float(came), 6) if n >= ENOUGH_KNOWN else None,
                round(float(guess), 6),
                int(is_ahead),
            )
            for month, came, guess, n, is_ahead in zip(months, *means, known, ahead, strict=True)
        ),
    )


def tell_ways(
    subject: Subject, line: Line, walks: Sequence[Walk], near: float, years: Array, counts: Array
) -> Belief:
    """Return the places of each way to the line, with their errors, and say what each took to come near."""
    n, exact, names = len(counts), np.array([line.change, line.start]), WAYS_TO_A_LINE[1:]
    arrived = {
        name: int(walk.steps[walk.near]) * walk.rows_a_step
        for name, walk in zip(names, walks, strict=True)
        if walk.near is not None
    }
    told = "; ".join(f"{name}, {say_count(arrived[name]) if name in arrived else 'never'}" for name in names)
    headline = "No way down came to the exact line"
    if arrived:
        n_ways = begin(spell_small(len(arrived)))
        come = f"{n_ways} of four ways" if len(arrived) < len(names) else "All four ways down"
        headline = f"{come} {'comes' if len(arrived) == 1 else 'come'} to the same line"
    rows = [(0.0, 1.0, float(n), *_round(exact), _find_error(exact, years, counts), 1.0)]
    for k, walk in enumerate(walks, 1):
        for at in _choose_places(walk):
            step = int(walk.steps[at])
            rows.append(
                (
                    float(k), float(step), float(step * walk.rows_a_step), *_round(walk.places[at]),
                    _find_error(walk.places[at], years, counts),
                    float(walk.near is not None and at >= walk.near),
                )
            )  # fmt: skip
    return Belief(
        TREND_WAYS,
        headline,
        "From a line at nothing into the innermost ring of the loss: a way has arrived once it stays within "
        f"{say_rate(near)} {subject.nouns} a day of the exact line. Descent by 32 days and by one runs for a "
        "set number of passes, so when it settles is set too; the normal equations look once.",
        "Rings of the loss of every line, by its change a year and its start, with four ways into the "
        f"innermost; days looked at: the normal equations, {say_count(n)}; {told}.",
        ("way", "steps", "rows", "change", "level", "off", "near"),
        tuple(rows),
    )


def _choose_places(walk: Walk) -> list[int]:
    """Choose the places that are kept of a way: more of its beginning, where it comes near, and its end."""
    last = len(walk.places) - 1
    chosen = {0, last, *np.geomspace(1, max(last, 1), MOST_PLACES).astype(int).tolist()}
    return sorted(at for at in chosen | ({walk.near} if walk.near is not None else set()) if at <= last)


def _find_error(place: Array, years: Array, counts: Array) -> float:
    return round(float(np.sqrt(((place[0] * years + place[1] - counts) ** 2).mean())), 6)


def _round(place: Array) -> tuple[float, float]:
    return round(float(place[0]), 6), round(float(place[1]), 6)


def _say_signed(rate: float) -> str:
    text = say_rate(rate)
    if not text.strip(f"{MINUS}0."):
        return "0"
    return text if text.startswith(MINUS) else f"+{text}"


def _ask(subject: Subject) -> str:
    return f"How many {subject.nouns} a day, by a straight line?"
