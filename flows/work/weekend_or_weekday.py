"""Weekend or workday? Logistic regression on the day's 24 hours, beside always saying the commoner one.

Judged by the probabilities, not by the days named right: on a year of scored days the count of right
answers is too coarse a measure, and it throws away how sure each answer was. The baseline's probability
is the share of weekend days. The last 20 % of the covered days are scored once; the penalty, and how far
back to learn from, are chosen on the 20 % before them.

References: G. W. Brier 1950, *Verification of Forecasts Expressed in Terms of Probability*.
"""

from __future__ import annotations

from itertools import product

from flows.work.card import fill_card, say_choice
from flows.work.classified import SHUFFLED, SIMPLEST, choose_simplest, say_control, shuffle_labels
from flows.work.evidence import N_TRIED, find_too_little, judge, say_avoided, say_interval, weigh_errors
from flows.work.memory import Choice, list_memories, recall, say_memory
from flows.work.result import NO_BETTER, TOO_LITTLE, WorkDone, WorkResult, say_start, span_days
from models.baselines import MajorityClass
from models.classifiers.logistic import LogisticClassifier
from models.estimator import Classifier
from models.saving import pack_model
from models.types import Array, Flags
from models.validation import Split, split_by_time
from pipeline.features.day_profile import NAMES, DayProfile, make_day_profile
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import say_count, say_days, say_hour, say_percent
from pipeline.settings import ZoneSpan

NAME = "weekend_or_weekday"
QUESTION = "Weekend or workday?"
MODEL_NAME = "logistic on hours"
VERSION = 2
PENALTIES = (0.3, 0.1, 0.03, 0.01, 0.003)  # the strongest, which leaves least to learn, first
LABELS = ("workday", "weekend")
HOW = (
    "Each covered day is 24 numbers: the logarithm of one plus the count of each clock hour, smoothed with "
    "its neighbours, against the mean of the fortnight before. Weekend or workday comes from the calendar. "
    "The last fifth of the days is scored once. The model learns from the days before; how far back, and "
    "how strong its penalty, is chosen on the last quarter of those, the simplest of what does about as well "
    "as the best there. An error is how far the stated "
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
    choice, before, model = teach(profile, split)
    blind = profile._replace(weekend=shuffle_labels(profile.weekend, split, seed))
    control = teach(blind, split)[2]
    baseline = MajorityClass().fit(profile.x[split.before_test], profile.weekend[split.before_test])
    result = make_result(profile, split, before, (model, baseline, control), blind.weekend[split.test], seed)
    result = fill_card(
        result,
        n_learned=before.stop - before.start, learned_nouns=("day", "days"),
        looks_at="A day’s counts by hour, smoothed, against the fortnight before.",
        features=NAMES,
        label="weekend or workday, by the calendar and your weekend days alone.",
        chosen=say_choice(
            f"penalty {choice.penalty:g}, {say_memory(choice.memory_days)}",
            len(PENALTIES) * len(list_memories(split)),
            "days", span_days(profile.days[split.validation]), rule=SIMPLEST,
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
        "LogisticClassifier", VERSION, NAMES, arrays, settings=model.get_params(), classes=list(LABELS)
    )
    return WorkDone(result, content, before.stop - before.start, say_start(saved))


def teach(profile: DayProfile, split: Split) -> tuple[Choice, slice, LogisticClassifier]:
    """Choose the settings on the validation span, then learn from all days before the scored ones."""
    choice = choose_settings(profile, split)
    rows = recall(split.before_test, choice.memory_days)
    return choice, rows, LogisticClassifier(choice.penalty).fit(profile.x[rows], profile.weekend[rows])


def choose_settings(profile: DayProfile, split: Split) -> Choice:
    """Return the simplest settings whose model, learned before the validation span, fits it about best."""
    x, y = profile.x[split.validation], profile.weekend[split.validation]
    errors = {}
    for choice in (Choice(*pair) for pair in product(PENALTIES, list_memories(split))):
        rows = recall(split.train, choice.memory_days)
        model = LogisticClassifier(choice.penalty).fit(profile.x[rows], profile.weekend[rows])
        errors[choice] = square_errors(model, x, y)
    return choose_simplest(errors)


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
    three: tuple[LogisticClassifier, MajorityClass, LogisticClassifier],
    blind: Flags,
    seed: int,
) -> WorkResult:
    """Score model, baseline and control (by its ``blind`` labels) on the last days; say what came of it."""
    model, baseline, control = three
    x, y, days = profile.x[split.test], profile.weekend[split.test], profile.days[split.test]
    avoided, shuffled = (
        weigh_errors(square_errors(one, x, right), square_errors(baseline, x, right), days, seed)
        for one, right in ((model, y), (control, blind))
    )
    verdict = judge(avoided) if judge(shuffled) == NO_BETTER else NO_BETTER
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
        notes=(("What speaks for a weekend", say_weights(model.parameters_.weight[:, 0])),) if found else (),
        card=((SHUFFLED, say_control(control.score(x, blind), judge(shuffled), "days")),),
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
