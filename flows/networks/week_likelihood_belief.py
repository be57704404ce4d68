"""Which weeks a model of hours finds unusual: those far less, or far more, likely than it expected itself."""

from __future__ import annotations

import numpy as np

from flows.work.result import Belief, span_days
from models.types import Array
from pipeline.patterns.wording import MINUS, begin, count_noun, say_count, say_day, say_days, spell_small

NAME = "week_surprise"
FAR = 3.0  # spreads
COLUMNS = ("week", "surprise", "far", "learned")


def tell_surprise(days: Array, surprise: Array, n_learned: int) -> Belief:
    """Return the belief of weeks (their Mondays) and how surprising each was, in spreads.

    The first ``n_learned`` are those that the model learned, which surprise it less.
    """
    far = np.abs(surprise) > FAR
    n_far, n = int(far.sum()), len(days)
    if n_far == 0:
        headline = f"None of {say_count(n)} weeks was far from what its hours foretold"
    elif n_far == 1:
        headline = f"One of {say_count(n)} weeks was far from what its hours foretold"
    else:
        many = begin(spell_small(n_far))
        headline = f"{many} of {say_count(n)} weeks were far from what their hours foretold"
    deck = (
        "How much less likely a week was than the model expected of itself, in its own spreads. Upwards: "
        "fuller or wilder than the hours before foretold; downwards: emptier or calmer. Red: more than "
        f"{spell_small(int(FAR))}. Faint: learned weeks, which surprise it less; strong: those from "
        f"{say_day(days[n_learned].astype('datetime64[D]').item())} on, which it had not seen."
    )
    alt = (
        f"Needles, one for each whole week, {say_days(*span_days(days))}. Highest {surprise.max():.1f} "
        f"spreads, lowest {surprise.min():.1f}; {count_noun(n_far, 'week', 'weeks')} beyond {FAR:g}."
    ).replace("-", MINUS)
    numbers = days.astype("datetime64[D]").astype(np.int64)
    rows = tuple(
        (float(day), round(float(one), 3), float(red), float(k < n_learned))
        for k, (day, one, red) in enumerate(zip(numbers, surprise, far, strict=True))
    )
    return Belief(NAME, headline, deck, alt, COLUMNS, rows)
