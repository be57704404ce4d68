"""Which weekday? Highway layers over a day's 24 hours, beside the classical model.

A layer has a unit for each hour, so that what is carried is the hour's own number: where a gate is shut, the
layer leaves that hour as it is. The seven scores are an affine map of what is left at the end; with all gates
shut that is softmax regression, the classical model's linear way.
"""

from __future__ import annotations

from functools import partial
from itertools import product

import numpy as np

from flows.networks.network import Answers, Facts, Network, NetworkDone, lack, try_classes
from flows.networks.teaching import Recipe, teach, tell_of_half
from flows.work import weekday, weekday_result
from flows.work.card import say_choice
from flows.work.classified import find_shares, shuffle_labels
from flows.work.materials import Materials
from flows.work.result import span_days
from models.early_stopping import Tell
from models.net import dropout
from models.saving import pack_model
from models.systems.highway import make_highway
from models.validation import split_by_time
from pipeline.features.day_profile import NAMES, make_day_profile
from pipeline.patterns.wording import WEEKDAYS, say_count

NAME = "weekday_highway"
VERSION = 1
ENOUGH = 280  # covered days: eight weeks to score by
WIDTH, KEEP = 24, 0.8
RATE, N_BATCH, N_EPOCHS, PATIENCE = 2e-3, 32, 40, 6
DEPTHS, PENALTIES = (2, 4), (1e-2, 3e-3)  # layers; ½·l2·Σw², the strongest first
HOW = (
    f"Each covered day is 24 numbers, as the classical model sees them. Highway layers of {WIDTH} units, one "
    "for each hour: a gate decides how far a unit is changed and how far it is handed on as it came. A fifth "
    "of the units is left out at each step; then seven probabilities. Whether there are two layers or four, "
    "how strong the penalty on the weights is, and how many epochs to learn, is chosen on the last quarter "
    "of the days before the scored ones; then a new net learns all of them. An error is how far the stated "
    "probabilities lie from what the day was (root of the mean square); the baseline always states each "
    "weekday’s share. Shuffled labels: the same net, taught and asked in the same way, but with the "
    "weekdays of all days shuffled."
)


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Learn, and score beside the classical model of the same days."""
    profile = make_day_profile(materials.subject)
    days, truth = profile.days, weekday_result.list_weekdays(profile)
    if len(days) < ENOUGH:
        return lack(f"Still learning: {say_count(len(days))} of {ENOUGH} covered days.")
    split = split_by_time(len(days))
    if len(np.unique(truth[split.train])) < len(WEEKDAYS):
        return lack("Still learning: a weekday is missing among the days to learn from.")
    shuffled, recipes = shuffle_labels(truth, split, seed), list_recipes()
    taught = teach(recipes, profile.x, truth, split, seed=seed, tell=tell_of_half(tell, 0))
    control = teach(recipes, profile.x, shuffled, split, seed=seed, tell=tell_of_half(tell, 1))
    classical = weekday.teach(profile.x, truth, split).model
    x, scored, before = profile.x[split.test], truth[split.test], truth[split.before_test]
    shares = find_shares(before, len(WEEKDAYS), len(scored))
    answers = Answers(
        taught.say(x), classical.predict_proba(x), shares, control.say(x), scored, shuffled[split.test]
    )
    usual = WEEKDAYS[int(shares[0].argmax())]
    tried = try_classes(days[split.test], answers, baseline_name=f"always {usual}", rows="days")
    facts = Facts(
        n_learned=len(before),
        learned_nouns=("day", "days"),
        learned=span_days(days[split.before_test]),
        looks_at="A day’s counts by hour, smoothed, against the fortnight before.",
        features=NAMES,
        label="the weekday, by the calendar alone.",
        chosen=say_choice(
            f"{taught.recipe.name}, {taught.n_epochs} epochs", len(recipes), "days",
            span_days(days[split.validation]),
        ),
        file="weights; no word.",
        not_for="It must not be used to tell when somebody works.",
    )  # fmt: skip
    saved = pack_model(
        "Highway", VERSION, NAMES, {"flat": taught.flat, "scale": taught.scale},
        width=WIDTH, way=taught.recipe.name, classes=list(WEEKDAYS),
    )  # fmt: skip
    return NetworkDone(tried, facts, saved)


def list_recipes() -> list[Recipe]:
    """List the ways to learn, the simplest first."""
    return [
        Recipe(
            f"{depth} layers, penalty {l2:g}",
            partial(make_highway, len(WEEKDAYS), width=WIDTH, n_layers=depth, between=(dropout(KEEP),)),
            rate=RATE, batch_rows=N_BATCH, n_epochs=N_EPOCHS, patience=PATIENCE, l2=l2,
        )
        for depth, l2 in product(DEPTHS, PENALTIES)
    ]  # fmt: skip


NETWORK = Network(
    NAME,
    weekday_result.QUESTION,
    "a highway network",
    "the model of hours",
    HOW,
    needs=f"{ENOUGH} covered days",
    estimate=lambda materials: 5.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)
