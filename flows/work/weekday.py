"""Which weekday? Softmax regression on the day's 24 hours, beside always saying the commonest one.

Judged as weekend or workday is, by the probabilities; the days named right are counted beside it, for the
model, for its baseline, and for a model that was taught in the same way with the weekdays shuffled among its
days, and is asked about shuffled ones: what that one finds, the way of looking puts there. The last 20 % of
the covered days are scored once.

References: G. W. Brier 1950, *Verification of Forecasts Expressed in Terms of Probability*.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np

from flows.work.card import fill_card, say_choice
from flows.work.classified import shuffle_labels
from flows.work.evidence import find_too_little
from flows.work.memory import Choice, list_memories, recall, say_memory
from flows.work.result import TOO_LITTLE, WorkDone, say_start, span_days
from flows.work.weekday_result import (
    Taught,
    is_found,
    list_weekdays,
    make_result,
    say_too_little,
    square_errors,
    tell_weights,
)
from models.baselines import MajorityClass
from models.classifiers.softmax import SoftmaxClassifier
from models.saving import pack_model
from models.types import Array
from models.validation import Split, choose_lowest, split_by_time
from pipeline.features.day_profile import NAMES, make_day_profile
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import WEEKDAYS, spell_small
from pipeline.settings import ZoneSpan

VERSION = 1
PENALTIES = (0.01, 0.03, 0.1, 0.3)
MOST_STEPS = 200


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all days again takes a moment."""
    profile = make_day_profile(subject)
    split = split_by_time(len(profile.days))
    weekday = list_weekdays(profile)
    too_little = find_too_little(
        len(profile.days), int(profile.counts.sum()), subject.noun, subject.nouns
    ) or _find_missing(weekday, split)
    if too_little is not None:
        return WorkDone(say_too_little(too_little), None, 0, TOO_LITTLE)
    taught = teach(profile.x, weekday, split)
    shuffled = shuffle_labels(weekday, split, seed)
    control = teach(profile.x, shuffled, split)
    baseline = MajorityClass().fit(profile.x[split.before_test], weekday[split.before_test])
    model = taught.model
    control_hits = control.model.predict(profile.x[split.test]) == shuffled[split.test]
    result = make_result(profile, split, taught, baseline, control_hits, seed)
    if is_found(result):
        result = replace(result, beliefs=(tell_weights(model.parameters_.weight),))
    result = fill_card(
        result,
        n_learned=taught.rows.stop - taught.rows.start, learned_nouns=("day", "days"),
        looks_at="A day’s counts by hour, smoothed, against the fortnight before.",
        features=NAMES,
        label="the weekday, by the calendar alone.",
        chosen=say_choice(
            f"penalty {taught.choice.penalty:g}, {say_memory(taught.choice.memory_days)}",
            len(PENALTIES) * len(list_memories(split)), "days", span_days(profile.days[split.validation]),
        ),
        file="weights, means and spreads of counts; no word.",
        not_for="It must not be used to tell when somebody works.",
    )  # fmt: skip
    arrays = {
        "weight": model.parameters_.weight,
        "bias": model.parameters_.bias,
        "mean": model.mean_,
        "scale": model.scale_,
    }
    content = pack_model(
        "SoftmaxClassifier", VERSION, NAMES, arrays, settings=model.get_params(), classes=list(WEEKDAYS)
    )
    return WorkDone(result, content, taught.rows.stop - taught.rows.start, say_start(saved))


def teach(x: Array, weekday: Array, split: Split) -> Taught:
    """Choose the settings on the validation span, then learn from all days before the scored ones."""
    choice = choose_settings(x, weekday, split)
    rows = recall(split.before_test, choice.memory_days)
    model = SoftmaxClassifier(choice.penalty, max_steps=MOST_STEPS)
    return Taught(model.fit(x[rows], weekday[rows]), rows, choice)


def choose_settings(x: Array, weekday: Array, split: Split) -> Choice:
    """Return the settings whose model, learned before the validation span, fits that span best."""

    def measure(choice: Choice) -> float:
        rows = recall(split.train, choice.memory_days)
        model = SoftmaxClassifier(choice.penalty, max_steps=MOST_STEPS).fit(x[rows], weekday[rows])
        return float(square_errors(model, x[split.validation], weekday[split.validation]).mean())

    return choose_lowest([Choice(*pair) for pair in product(PENALTIES, list_memories(split))], measure)


def _find_missing(weekday: Array, split: Split) -> str | None:
    missing = 7 - len(np.unique(weekday[split.train]))
    if missing == 0:
        return None
    are = "is" if missing == 1 else "are"
    return f"Still learning: {spell_small(missing)} of the weekdays {are} not among the days to learn from."
