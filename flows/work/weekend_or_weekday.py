"""Weekend or workday? Logistic regression on the day's 24 hours, beside always saying the commoner one.

The last 20 % of the covered days are scored once; the penalty, and how far back to learn from, are
chosen on the 20 % before them.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

import numpy as np

from flows.work.done import WorkDone
from flows.work.evidence import N_TRIED, find_too_little, judge, say_avoided, say_interval, weigh_errors
from flows.work.result import NO_BETTER, Span, WorkResult
from models.baselines import MajorityClass
from models.classifiers.logistic import LogisticClassifier
from models.saving import pack_model
from models.types import Array
from models.validation import Split, choose_lowest, split_by_time
from pipeline.features.day_profile import NAMES, DayProfile, make_day_profile
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_count, say_days, say_hour, say_percent
from pipeline.settings import ZoneSpan

NAME = "weekend_or_weekday"
QUESTION = "Weekend or workday?"
MODEL_NAME = "logistic on hours"
VERSION = 1
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3)
MEMORIES = (365, 730, None)  # days to learn from; habits change, and old days may mislead
LABELS = ("workday", "weekend")


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all days again takes a moment."""
    profile = make_day_profile(subject)
    split = split_by_time(len(profile.days))
    too_little = find_too_little(
        len(profile.days), int(np.rint(np.expm1(profile.x).sum())), subject.noun, subject.nouns
    ) or _find_one_kind(profile, split)
    if too_little is not None:
        return WorkDone(_say_too_little(too_little), None, 0, "new")
    choice = choose_settings(profile, split)
    before = recall(split.before_test, choice.memory_days)
    model = LogisticClassifier(choice.penalty).fit(profile.x[before], profile.weekend[before])
    baseline = MajorityClass().fit(profile.x[split.before_test], profile.weekend[split.before_test])
    result = make_result(profile, split, before, model, baseline, seed)
    arrays = {
        "weight": model.parameters_.weight,
        "bias": model.parameters_.bias,
        "mean": model.mean_,
        "scale": model.scale_,
    }
    saved = pack_model(
        "LogisticClassifier", VERSION, NAMES, arrays, settings=model.get_params(), classes=list(LABELS)
    )
    return WorkDone(result, saved, before.stop - before.start, "new")


class Choice(NamedTuple):
    """One way to learn: how strong a penalty, and from how many of the last days (``None``: all)."""

    penalty: float
    memory_days: int | None


def recall(rows: slice, memory_days: int | None) -> slice:
    """Return the last ``memory_days`` of ``rows``."""
    return rows if memory_days is None else slice(max(rows.stop - memory_days, rows.start), rows.stop)


def choose_settings(profile: DayProfile, split: Split) -> Choice:
    """Return the settings whose model, learned before the validation span, fits that span best."""
    x, y = profile.x[split.validation], profile.weekend[split.validation].astype(int)

    def measure(choice: Choice) -> float:
        rows = recall(split.train, choice.memory_days)
        model = LogisticClassifier(choice.penalty).fit(profile.x[rows], profile.weekend[rows])
        right = model.predict_proba(x)[np.arange(len(y)), y]
        return float(-np.log(np.maximum(right, 1e-12)).mean())

    longest = split.train.stop
    memories = [days for days in MEMORIES if days is None or days < longest]
    return choose_lowest([Choice(*pair) for pair in product(PENALTIES, memories)], measure)


def _find_one_kind(profile: DayProfile, split: Split) -> str | None:
    if 0 < profile.weekend[split.train].sum() < split.train.stop:
        return None
    return "Still learning: the days to learn from are all weekend days or all workdays."


def _say_too_little(too_little: str) -> WorkResult:
    return WorkResult(
        NAME, QUESTION, MODEL_NAME, "the commoner of the two",
        headline=too_little, emphasis="", deck="Whether a day’s hours tell weekend from workday.",
        alt=too_little, how=HOW, too_little=too_little,
    )  # fmt: skip


HOW = (
    "Each covered day is 24 numbers, the logarithm of one plus the count of each clock hour; weekend or "
    "workday comes from the calendar. The last fifth of the days is scored once. The model learns "
    "from the days before; how far back, and how strong its penalty, is chosen on the last quarter of those. "
    + say_interval()
)


def make_result(
    profile: DayProfile,
    split: Split,
    before: slice,
    model: LogisticClassifier,
    baseline: MajorityClass,
    seed: int,
) -> WorkResult:
    """Score both on the last days and say what came of it."""
    x, y, days = profile.x[split.test], profile.weekend[split.test], profile.days[split.test]
    wrong, wrong_baseline = (guess.predict(x) != y for guess in (model, baseline))
    avoided = weigh_errors(wrong.astype(float), wrong_baseline.astype(float), days, seed)
    verdict = judge(avoided)
    score, baseline_score = float(1 - wrong.mean()), float(1 - wrong_baseline.mean())
    usual = LABELS[int(baseline.predict(x[:1])[0])]
    in_hundred = f"{score * 100:.0f} times in 100"
    found = verdict != NO_BETTER
    headline = (
        f"A day’s hours tell weekend from workday {in_hundred}"
        if found
        else "A day’s hours tell weekend from workday no better than the baseline"
    )
    learned, scored = _span(profile.days[before]), _span(days)
    deck = (
        f"Share of days named right, on {say_count(len(days))} days that the model had not seen. "
        f"Always saying {usual}: {say_percent(baseline_score)}."
    )
    return WorkResult(
        NAME, QUESTION, MODEL_NAME, f"always {usual}", headline,
        emphasis=in_hundred if found else "no better than the baseline",
        deck=deck,
        alt=f"{say_percent(score)} of days named right by the model, {say_percent(baseline_score)} by always "
        f"saying {usual}, {say_days(scored.first, scored.last)}.",
        how=HOW,
        notes=(("What it goes by", say_weights(model.parameters_.weight[:, 0])),),
        model_score_text=f"{say_percent(score)} right",
        baseline_score_text=f"{say_percent(baseline_score)} right",
        model_score=score, baseline_score=baseline_score,
        avoided=avoided.share, low=avoided.low, high=avoided.high,
        verdict=verdict, certainty=say_avoided(avoided),
        n_scored=len(days), scored_unit="days", learned=learned, scored=scored, n_tried=N_TRIED,
    )  # fmt: skip


def say_weights(weight: Array) -> str:
    """Name the hours that speak most for each kind of day; ``weight (24,)`` is for the weekend."""
    for_weekend, for_workday = int(weight.argmax()), int(weight.argmin())
    return (
        f"Much at {say_hour(for_weekend)} speaks for a weekend day, "
        f"much at {say_hour(for_workday)} for a workday."
    )


def _span(days: Array) -> Span:
    return Span(days[0].astype(object), days[-1].astype(object))
