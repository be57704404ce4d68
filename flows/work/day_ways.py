"""Which model tells kinds of day: the ways to learn that are tried, the choice among them, the words for it.

Each way is learned before the validation span and asked about it; of those that do about as well as the best
there, the simplest is taken: linear before Gaussian before a net, as they are before whitened, the strongest
penalty before a weaker one. The scored days are seen by the chosen model alone.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from flows.work.card import say_choice
from flows.work.classified import SIMPLEST, choose_simplest
from flows.work.classified import square_errors as square_table
from flows.work.day_classifier import (
    LINEAR,
    N_HIDDEN,
    NET,
    OWN,
    PART_SHARED,
    SHARED,
    DayClassifier,
    hold_back,
)
from flows.work.memory import list_memories, recall, say_memory
from flows.work.result import span_days
from models.types import Array
from models.validation import Split
from pipeline.patterns.wording import say_percent

SHRINKAGES = (1.0, 0.5, 0.1)  # the strongest, which leaves hours independent, first
WHITENED_PENALTIES = (0.3, 0.1)
NET_PENALTY = 0.01

TRIED: str = (
    "Tried are logistic (for weekdays: softmax) regression and Gaussian classifiers, with one covariance for "
    "all kinds of day or with their own, each on the hours as they are and on whitened ones (ZCA, from the "
    f"days learned alone), and a net of {N_HIDDEN} hidden units, which stops by the last fifth of its days; "
    "with each goes how strong a penalty or shrinkage is, and how far back to learn from. The model learns "
    "from the days before the scored ones, and is chosen on the last quarter of those: the simplest of what "
    "does about as well as the best there. "
)


class Way(NamedTuple):
    """One way to learn: which model, on what, how strong its penalty or shrinkage, and from how many days."""

    family: str
    whitened: bool
    strength: float
    memory_days: int | None  # the last ones; ``None``: all

    def make_model(self, seed: int = 0) -> DayClassifier:
        """Return the model, which has learned nothing yet."""
        return DayClassifier(self.family, whitened=self.whitened, strength=self.strength, seed=seed)


class Taught(NamedTuple):
    """A model, the days that it learned from, how it was chosen to, and among how many ways."""

    model: DayClassifier
    rows: slice
    way: Way
    n_ways: int


def list_ways(y: Array, split: Split, penalties: tuple[float, ...]) -> list[Way]:
    """List the ways to learn, the simplest first; ``penalties`` of the linear model, the strongest first.

    Left out are those that would not meet every class, in whichever days they are to learn from.
    """
    settings = [
        (LINEAR, False, penalties),
        (LINEAR, True, WHITENED_PENALTIES),
        (SHARED, False, SHRINKAGES),
        (SHARED, True, SHRINKAGES),
        (OWN, False, SHRINKAGES),
        (OWN, True, SHRINKAGES),
        (NET, False, (NET_PENALTY,)),
    ]
    ways = [
        Way(family, whitened, strength, memory)
        for family, whitened, strengths in settings
        for strength in strengths
        for memory in list_memories(split)
    ]
    n_classes = len(np.unique(y[split.before_test]))
    return [way for way in ways if _meets_all(way, y, split, n_classes)]


def choose_way(x: Array, y: Array, split: Split, ways: list[Way], seed: int = 0) -> Way:
    """Return the simplest way whose model, learned before the validation span, fits it about best."""
    errors = {}
    for way in ways:
        rows = recall(split.train, way.memory_days)
        model = way.make_model(seed).fit(x[rows], y[rows])
        errors[way] = square_table(model.predict_proba(x[split.validation]), y[split.validation])
    return choose_simplest(errors)


def teach(x: Array, y: Array, split: Split, penalties: tuple[float, ...], seed: int = 0) -> Taught:
    """Choose on the validation span, then learn from all days before the scored ones.

    ``y`` holds the classes 0, 1, … of the rows; all are among those before the validation span.
    """
    ways = list_ways(y, split, penalties)
    way = choose_way(x, y, split, ways, seed)
    rows = recall(split.before_test, way.memory_days)
    return Taught(way.make_model(seed).fit(x[rows], y[rows]), rows, way, len(ways))


def name_model(way: Way, linear: str) -> str:
    """Name a model for the table: Gaussian on whitened hours; ``linear``: "logistic" or "softmax"."""
    name = {LINEAR: linear, SHARED: "Gaussian", OWN: "Gaussian", NET: "net"}[way.family]
    return f"{name} on {'whitened ' if way.whitened else ''}hours"


def say_way(way: Way, linear: str) -> str:
    """Write a way to learn: logistic regression on hours, penalty 0.1, from all days."""
    name = {
        LINEAR: f"{linear} regression",
        SHARED: "Gaussian classifier with one covariance",
        OWN: f"Gaussian classifier with own covariances ({say_percent(PART_SHARED)} of each shared)",
        NET: f"net of {N_HIDDEN} hidden units",
    }[way.family]
    strength = "shrinkage" if way.family in (SHARED, OWN) else "penalty"
    on = "whitened hours" if way.whitened else "hours"
    return f"{name} on {on}, {strength} {way.strength:g}, {say_memory(way.memory_days)}"


def say_chosen(taught: Taught, days: Array, linear: str, *, picture: str) -> str:
    """Write for the card what was chosen on these ``days``, of how many; ``picture``: what others lack."""
    chosen = say_choice(say_way(taught.way, linear), taught.n_ways, "days", span_days(days), rule=SIMPLEST)
    if taught.way.family == LINEAR:
        return chosen
    return f"{chosen} It is not {linear} regression: it has no weight for each hour, and so no {picture}."


def _meets_all(way: Way, y: Array, split: Split, n_classes: int) -> bool:
    spans = [recall(span, way.memory_days) for span in (split.train, split.before_test)]
    if way.family == NET:
        spans = [slice(span.start, span.start + hold_back(span.stop - span.start)) for span in spans]
    return all(len(np.unique(y[span])) == n_classes for span in spans)
