"""What guesses of days far ahead were worth, whatever made them.

A day far ahead is missed as its whole season is. So a quarter of the year counts as one observation for the
interval: with whole months, one invented archive in ten whose level only wandered was called foreseen.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from flows.work.evidence import N_TRIED, find_off, list_scores, say_gain, weigh_errors
from flows.work.result import NO_BETTER, Span, span_days
from models.types import Array
from pipeline.patterns.wording import say_days, say_percent


class Weighed(NamedTuple):
    """How much closer guesses are than their baseline, in words, and what a ``WorkResult`` holds of it."""

    phrase: str  # "8 % closer", "no better"
    gain: str  # a sentence
    fields: dict[str, Any]


def number_quarters(days: Array) -> Array:
    """Return a number for the quarter of each day; like the seasons, they begin with December."""
    quarters: Array = (days.astype("datetime64[M]").astype(np.int64) + 1) // 3
    return quarters


def weigh_days(squares: tuple[Array, Array], learned: Span, days: Array, seed: int) -> Weighed:
    """Weigh the squared errors of a model and of its baseline on the scored ``days``."""
    avoided = weigh_errors(*squares, days, seed, blocks=number_quarters(days))
    off, off_baseline = (find_off(part) for part in squares)
    scores, scored = list_scores(off, off_baseline, avoided), span_days(days)
    fields = {
        "alt": f"On the scored days, {say_days(*scored)}: off by {off:#.3g} and {off_baseline:#.3g}.",
        **scores,
        **{"n_scored": len(days), "scored_unit": "days", "learned": learned, "scored": scored},
        "n_tried": N_TRIED,
    }
    phrase = "no better" if scores["verdict"] == NO_BETTER else f"{say_percent(avoided.share)} closer"
    return Weighed(phrase, say_gain(avoided), fields)
