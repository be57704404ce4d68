"""Weekend or workday? A classifier of the day's 24 hours, beside always saying the commoner one.

Judged by the probabilities, not by the days named right: on a year of scored days the count of right
answers is too coarse a measure, and it throws away how sure each answer was. The baseline's probability
is the share of weekend days. The last 20 % of the covered days are scored once, by the one model that was
chosen on the 20 % before them (day_ways.py).

References: G. W. Brier 1950, *Verification of Forecasts Expressed in Terms of Probability*.
"""

from __future__ import annotations

import numpy as np

from flows.work.card import fill_card
from flows.work.classified import SHUFFLED, say_base_rate, say_control, shuffle_labels
from flows.work.day_ways import TRIED, Taught, name_model, say_chosen
from flows.work.day_ways import teach as teach_days
from flows.work.evidence import (
    N_TRIED,
    find_too_little,
    judge,
    say_avoided,
    say_interval,
    say_off,
    weigh_control,
    weigh_errors,
)
from flows.work.result import NO_BETTER, TOO_LITTLE, WorkDone, WorkResult, say_start, span_days
from flows.work.weekend_beliefs import say_weights
from models.baselines import MajorityClass
from models.estimator import Classifier
from models.types import Array, Flags
from models.validation import Split, split_by_time
from pipeline.features.day_profile import NAMES, DayProfile, make_day_profile
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_count, say_days, say_percent
from pipeline.settings import ZoneSpan

NAME = "weekend_or_weekday"
QUESTION = "Weekend or workday?"
MODEL_NAME, LINEAR_NAME = "logistic on hours", "logistic"
PENALTIES = (0.3, 0.1, 0.03, 0.01, 0.003)  # of logistic regression, the strongest first
LABELS = ("workday", "weekend")
HOW = (
    "Each covered day is 24 numbers: the logarithm of one plus the count of each clock hour, smoothed with "
    "its neighbours, against the mean of the fortnight before. Weekend or workday comes from the calendar. "
    f"The last fifth of the days is scored once. {TRIED}An error is how far the stated "
    "probability of a weekend lies from what the day was (root of the mean square); the baseline always "
    "states the share of weekend days. A day counts as right where the likelier kind was the true one. "
    "Shuffled labels: the same model, taught and asked in the same way, but with the labels of all days "
    "shuffled. "
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
    taught, truth = teach(profile, split), profile.weekend
    before = taught.rows
    blind = profile._replace(weekend=shuffle_labels(truth, split, seed))
    control = teach(blind, split).model
    baseline = MajorityClass().fit(profile.x[split.before_test], truth[split.before_test])
    result = make_result(profile, split, taught, (baseline, control), blind.weekend[split.test], seed)
    result = fill_card(
        result,
        n_learned=before.stop - before.start, learned_nouns=("day", "days"),
        looks_at="A day’s counts by hour, smoothed, against the fortnight before.",
        features=NAMES,
        label="weekend or workday, by the calendar and your weekend days alone.",
        chosen=say_chosen(
            taught, profile.days[split.validation], LINEAR_NAME, picture="word on what speaks for a weekend"
        ),
        file="weights, means, spreads and covariances of counts; no word.",
        not_for="It must not be used to tell when somebody works.",
    )  # fmt: skip
    content = taught.model.save(NAMES, LABELS)
    return WorkDone(result, content, before.stop - before.start, say_start(saved))


def teach(profile: DayProfile, split: Split) -> Taught:
    """Choose the model on the validation span, then learn from all days before the scored ones."""
    return teach_days(profile.x, profile.weekend.astype(np.int64), split, PENALTIES)


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
    taught: Taught,
    others: tuple[MajorityClass, Classifier],
    blind: Flags,
    seed: int,
) -> WorkResult:
    """Score model, baseline and control (by its ``blind`` labels) on the last days; say what came of it."""
    model, (baseline, control) = taught.model, others
    x, y, days = profile.x[split.test], profile.weekend[split.test], profile.days[split.test]
    avoided, shuffled = (
        weigh(square_errors(one, x, right), square_errors(baseline, x, right), days, seed)
        for weigh, one, right in ((weigh_errors, model, y), (weigh_control, control, blind))
    )
    verdict = judge(avoided) if judge(shuffled) == NO_BETTER else NO_BETTER
    off, off_baseline = (say_off(square_errors(one, x, y)) for one in (model, baseline))
    score, baseline_score = model.score(x, y), baseline.score(x, y)
    usual = LABELS[int(baseline.predict(x[:1])[0])]
    in_hundred = f"{score * 100:.0f} times in 100"
    learned_from = profile.x[taught.rows], profile.weekend[taught.rows]
    weights = None if verdict == NO_BETTER else model.weigh_columns(learned_from[0])
    if verdict == NO_BETTER:
        headline, emphasis = f"A day’s hours tell weekend from workday {NO_BETTER}", NO_BETTER
    elif score > baseline_score:
        beside = say_base_rate(usual, in_hundred, baseline_score)
        headline, emphasis = f"A day’s hours tell weekend from workday {in_hundred}; {beside}", in_hundred
    else:  # surer or less sure in the right places, but rarely enough to say the rarer kind
        headline, emphasis = "A day’s hours shift the odds of a weekend", "shift the odds"
    learned, scored = span_days(profile.days[taught.rows]), span_days(days)
    deck = (
        f"Share of days named right, on {say_count(len(days))} days that the model had not seen. "
        f"Always saying {usual}: {say_percent(baseline_score)}."
    )
    return WorkResult(
        NAME, QUESTION, name_model(taught.way, LINEAR_NAME), f"always {usual}", headline,
        emphasis=emphasis, deck=deck,
        alt=f"{say_percent(score)} of days named right by the model, {say_percent(baseline_score)} by always "
        f"saying {usual}, {say_days(scored.first, scored.last)}.",
        how=HOW,
        notes=()
        if weights is None
        else (("What tells weekend from workday", say_weights(weights[:, 0], *learned_from)),),
        card=((SHUFFLED, say_control(control.score(x, blind), judge(shuffled), "days")),),
        model_score_text=off, baseline_score_text=off_baseline,
        model_right_text=f"{say_percent(score)} right",
        baseline_right_text=f"{say_percent(baseline_score)} right",
        model_score=score, baseline_score=baseline_score,
        avoided=avoided.share, low=avoided.low, high=avoided.high,
        verdict=verdict, certainty=say_avoided(avoided),
        n_scored=len(days), scored_unit="days", learned=learned, scored=scored, n_tried=N_TRIED,
    )  # fmt: skip
