"""Weekend or workday? Logistic regression on the day's 24 hours, beside always saying the commoner one.

Judged by the probabilities, not by the days named right: on a year of scored days the count of right
answers is too coarse a measure, and it throws away how sure each answer was. The baseline's probability
is the share of weekend days. The last 20 % of the covered days are scored once; the penalty, and how far
back to learn from, are chosen on the 20 % before them.

References: G. W. Brier 1950, *Verification of Forecasts Expressed in Terms of Probability*.
"""

from __future__ import annotations

from itertools import product
from typing import NamedTuple

from flows.work.evidence import N_TRIED, find_too_little, judge, say_avoided, say_interval, weigh_errors
from flows.work.result import NO_BETTER, TOO_LITTLE, WorkDone, WorkResult, say_start, span_days
from models.baselines import MajorityClass
from models.classifiers.logistic import LogisticClassifier
from models.estimator import Classifier
from models.saving import pack_model
from models.types import Array, Flags
from models.validation import Split, choose_lowest, split_by_time
from pipeline.features.day_profile import NAMES, DayProfile, make_day_profile
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_count, say_days, say_hour, say_percent
from pipeline.settings import ZoneSpan

NAME = "weekend_or_weekday"
QUESTION = "Weekend or workday?"
MODEL_NAME = "logistic on hours"
VERSION = 2
PENALTIES = (0.003, 0.01, 0.03, 0.1, 0.3)
MEMORIES = (730, None)  # days to learn from; habits change, and old days may mislead
LABELS = ("workday", "weekend")
HOW = (
    "Each covered day is 24 numbers: the logarithm of one plus the count of each clock hour, smoothed with "
    "its neighbours, against the mean of the fortnight before. Weekend or workday comes from the calendar. "
    "The last fifth of the days is scored once. The model learns from the days before; how far back, and "
    "how strong its penalty, is chosen on the last quarter of those. An error is how far the stated "
    "probability of a weekend lies from what the day was (root of the mean square); the baseline always "
    "states the share of weekend days. A day counts as right where the likelier kind was the true one. "
) + say_interval()


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all days again takes a moment."""
    profile = make_day_profile(subject)
    split = split_by_time(len(profile.days))
    too_little = find_too_little(
        len(profile.days), int(profile.counts.sum()), subject.noun, subject.nouns
    ) or _find_one_kind(profile, split)
    if too_little is not None:
        return WorkDone(_say_too_little(too_little), None, 0, TOO_LITTLE)
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
    content = pack_model(
        "LogisticClassifier", VERSION, NAMES, arrays, settings=model.get_params(), classes=list(LABELS)
    )
    return WorkDone(result, content, before.stop - before.start, say_start(saved))


class Choice(NamedTuple):
    """One way to learn: how strong a penalty, and from how many of the last days (``None``: all)."""

    penalty: float
    memory_days: int | None


def recall(rows: slice, memory_days: int | None) -> slice:
    """Return the last ``memory_days`` of ``rows``."""
    return rows if memory_days is None else slice(max(rows.stop - memory_days, rows.start), rows.stop)


def choose_settings(profile: DayProfile, split: Split) -> Choice:
    """Return the settings whose model, learned before the validation span, fits that span best."""
    x, y = profile.x[split.validation], profile.weekend[split.validation]

    def measure(choice: Choice) -> float:
        rows = recall(split.train, choice.memory_days)
        model = LogisticClassifier(choice.penalty).fit(profile.x[rows], profile.weekend[rows])
        return float(square_errors(model, x, y).mean())

    longest = split.train.stop
    memories = [days for days in MEMORIES if days is None or days < longest]
    return choose_lowest([Choice(*pair) for pair in product(PENALTIES, memories)], measure)


def square_errors(model: Classifier, x: Array, y: Flags) -> Array:
    """Return the squared difference between each day's probability of a weekend and what it was, 0 or 1."""
    errors: Array = (model.predict_proba(x)[:, 1] - y) ** 2
    return errors


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
    avoided = weigh_errors(square_errors(model, x, y), square_errors(baseline, x, y), days, seed)
    verdict = judge(avoided)
    score, baseline_score = model.score(x, y), baseline.score(x, y)
    usual = LABELS[int(baseline.predict(x[:1])[0])]
    in_hundred = f"{score * 100:.0f} times in 100"
    found = verdict != NO_BETTER
    if not found:
        headline, emphasis = f"A day’s hours tell weekend from workday {NO_BETTER}", NO_BETTER
    elif score > baseline_score:
        headline, emphasis = f"A day’s hours tell weekend from workday {in_hundred}", in_hundred
    else:  # surer or less sure in the right places, but rarely enough to say the rarer kind
        headline, emphasis = "A day’s hours shift the odds of a weekend", "shift the odds"
    learned, scored = span_days(profile.days[before]), span_days(days)
    deck = (
        f"Share of days named right, on {say_count(len(days))} days that the model had not seen. "
        f"Always saying {usual}: {say_percent(baseline_score)}."
    )
    return WorkResult(
        NAME, QUESTION, MODEL_NAME, f"always {usual}", headline,
        emphasis=emphasis, deck=deck,
        alt=f"{say_percent(score)} of days named right by the model, {say_percent(baseline_score)} by always "
        f"saying {usual}, {say_days(scored.first, scored.last)}.",
        how=HOW,
        notes=(("What it goes by", say_weights(model.parameters_.weight[:, 0])),) if found else (),
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
        f"More than usual around {say_hour(for_weekend)} speaks for a weekend day, "
        f"more than usual around {say_hour(for_workday)} for a workday."
    )
