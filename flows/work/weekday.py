"""Which weekday? A classifier of the day's 24 hours, beside always saying the commonest one.

Judged as weekend or workday is, by the probabilities; the days named right are counted beside it, for the
model, for its baseline, and for a model that was taught in the same way with the weekdays shuffled among its
days, and is asked about shuffled ones: what that one finds, the way of looking puts there. The last 20 % of
the covered days are scored once, by the one model that was chosen on the days before (day_ways.py).

References: G. W. Brier 1950, *Verification of Forecasts Expressed in Terms of Probability*.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from flows.work.card import fill_card
from flows.work.classified import shuffle_labels
from flows.work.day_ways import Taught, say_chosen
from flows.work.day_ways import teach as teach_days
from flows.work.evidence import find_too_little
from flows.work.result import TOO_LITTLE, WorkDone, say_start
from flows.work.weekday_result import (
    LINEAR_NAME,
    is_found,
    list_weekdays,
    make_result,
    say_too_little,
    tell_weights,
)
from models.baselines import MajorityClass
from models.types import Array
from models.validation import Split, split_by_time
from pipeline.features.day_profile import NAMES, make_day_profile
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import WEEKDAYS, spell_small
from pipeline.settings import ZoneSpan

PENALTIES = (0.3, 0.1, 0.03, 0.01)  # of softmax regression, the strongest first


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
    result = make_result(profile, split, taught, (baseline, control.model), shuffled, seed)
    weights = model.weigh_columns(profile.x[taught.rows])
    if is_found(result) and weights is not None:
        result = replace(result, beliefs=(tell_weights(weights),))
    result = fill_card(
        result,
        n_learned=taught.rows.stop - taught.rows.start, learned_nouns=("day", "days"),
        looks_at="A day’s counts by hour, smoothed, against the fortnight before.",
        features=NAMES,
        label="the weekday, by the calendar alone.",
        chosen=say_chosen(
            taught, profile.days[split.validation], LINEAR_NAME, picture="picture of weights"
        ),
        file="weights, means, spreads and covariances of counts; no word.",
        not_for="It must not be used to tell when somebody works.",
    )  # fmt: skip
    content = model.save(NAMES, WEEKDAYS)
    return WorkDone(result, content, taught.rows.stop - taught.rows.start, say_start(saved))


def teach(x: Array, weekday: Array, split: Split) -> Taught:
    """Choose the model on the validation span, then learn from all days before the scored ones."""
    return teach_days(x, weekday, split, PENALTIES)


def _find_missing(weekday: Array, split: Split) -> str | None:
    missing = 7 - len(np.unique(weekday[split.train]))
    if missing == 0:
        return None
    are = "is" if missing == 1 else "are"
    return f"Still learning: {spell_small(missing)} of the weekdays {are} not among the days to learn from."
