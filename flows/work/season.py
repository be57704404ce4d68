"""Which season was it? Softmax regression on the map of a week, beside the share of each season.

A season is told by the calendar and a week by its counts. Neighbouring weeks are of one season, and busy
weeks follow busy ones: so a whole quarter of the year counts as one observation for the interval, and a model
has to be better in nearly each of them to be called so. The last 20 % of the whole weeks are scored once.
"""

from __future__ import annotations

import numpy as np

from flows.work import far_ahead
from flows.work.card import fill_card, say_choice
from flows.work.classified import (
    SIMPLEST,
    Answers,
    Task,
    find_shares,
    make_result,
    say_too_little,
    shuffle_labels,
)
from flows.work.evidence import find_too_little, say_interval
from flows.work.result import TOO_LITTLE, WorkDone, say_start, span_days
from flows.work.weekly import (
    LEVEL,
    PENALTIES,
    VIEWS,
    look_at,
    name_model,
    name_view,
    pack_softmax,
    say_all,
    teach,
)
from models.types import Array
from models.validation import Split, split_by_time
from pipeline.features.week_maps import SEASONS, make_week_maps
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import spell_small
from pipeline.settings import ZoneSpan

NAME = "season"
QUESTION = "Which season was it?"
MODEL_NAME = "softmax on week maps"
VERSION = 1
TWICE = 2  # each season, before the scored weeks: once, it cannot be told from the year
TASK = Task(
    NAME,
    QUESTION,
    "A week’s hours tell its season",
    "A week’s hours shift the odds of its season",
    "weeks",
    SEASONS,
    "Share of weeks whose season was named right",
    "Each whole covered week is a map of 7 × 24 hours: the logarithm of one plus the count, against the mean "
    "of the 52 weeks before. The seasons are quarters of the year that begin with December. The last fifth "
    "of the weeks is scored once. The model learns from the weeks before; whether it sees the "
    "whole map, the hours and the weekdays, or only how full the week is, and how strong its penalty, is "
    "chosen on the last quarter of those, the simplest of what does about as well as the best there. An "
    "error is how far the stated probabilities lie from what the week was (root of the mean square); the "
    "baseline always states each season’s share. Shuffled labels: the same model, taught in the same way, "
    "but with the seasons of all weeks shuffled. "
    + say_interval("how the quarters of the scored weeks differ (Student’s t)"),
)


LEVEL_TASK = TASK._replace(
    finding="How full a week is tells its season",
    odds="How full a week is shifts the odds of its season",
)


def run_work(
    subject: Subject, home_zone: tuple[ZoneSpan, ...], saved: bytes | None = None, *, seed: int = 0
) -> WorkDone:
    """Learn and score; ``saved`` is not needed, since learning all weeks again takes a moment."""
    maps = make_week_maps(subject)
    split = split_by_time(len(maps.weeks))
    too_little = find_too_little(
        len(subject.covered), int(maps.counts.sum()), subject.noun, subject.nouns
    ) or find_missing(maps.season, number_quarters(maps.weeks), split)
    if too_little is not None:
        return WorkDone(say_too_little(TASK, too_little, MODEL_NAME), None, 0, TOO_LITTLE)
    truth = maps.season
    taught = teach(maps.x, truth, split)
    shuffled = shuffle_labels(truth, split, seed)
    control = teach(maps.x, shuffled, split)
    scored = truth[split.test]
    model, other = (
        say_all(one.model, look_at(maps.x[split.test], one.choice.view), truth) for one in (taught, control)
    )
    shares = find_shares(truth[split.before_test], len(SEASONS), len(scored))
    answers = Answers(model, shares, other, scored, shuffled[split.test])
    learned, weeks = maps.weeks[split.before_test], maps.weeks[split.test]
    task = LEVEL_TASK if taught.choice.view == LEVEL else TASK  # no more was seen of it
    result = make_result(
        task, answers, weeks, span_days(learned), model_name=name_model(MODEL_NAME, taught.choice.view),
        seed=seed, blocks=number_quarters(weeks),
    )  # fmt: skip
    features = name_view(taught.choice.view)
    chosen_on = span_days(maps.weeks[split.validation])
    result = fill_card(
        result,
        n_learned=len(learned), learned_nouns=("whole week", "whole weeks"),
        looks_at=f"A week’s counts against the year before: {taught.choice.view}.",
        features=features,
        label="the quarter of the year in which the week’s Thursday lies, by the calendar alone.",
        chosen=say_choice(
            f"{taught.choice.view}, penalty {taught.choice.penalty:g}", len(VIEWS) * len(PENALTIES), "weeks",
            chosen_on, rule=SIMPLEST,
        ),
        file="weights, means and spreads of counts; no word.",
    )  # fmt: skip
    content = pack_softmax(taught, VERSION, features, list(SEASONS))
    return WorkDone(result, content, len(learned), say_start(saved))


def number_quarters(weeks: Array) -> Array:
    """Return a number for the quarter of each week (its Monday), by its Thursday's month."""
    return far_ahead.number_quarters(weeks + np.timedelta64(3, "D"))


def find_missing(season: Array, quarters: Array, split: Split) -> str | None:
    """Say which seasons the archive has not held twice before the scored weeks, or once to choose by."""
    before = split.before_test
    times = np.array([len(np.unique(quarters[before][season[before] == k])) for k in range(len(SEASONS))])
    in_train = np.bincount(season[split.train], minlength=len(SEASONS))
    n_met = int(((times >= TWICE) & (in_train > 0)).sum())
    if n_met == len(SEASONS):
        return None
    met = spell_small(n_met) if n_met else "none"
    return (
        f"Still learning: it takes two of each of the four seasons before the weeks to score by; {met} of "
        f"them {'has' if n_met <= 1 else 'have'} come twice so far."
    )
