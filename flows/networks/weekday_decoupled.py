"""Which weekday? A net of three modules that move by guesses of their gradients, beside the classical model.

Each hidden module has an interface, which sees what the module put out and, while it learns, the day's true
weekday; the answer is the modules' alone. What a guessed gradient costs or saves is seen beside the classical
model of the same days: this net can bend as a joint one can.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np

from flows.networks.network import Answers, Facts, Network, NetworkDone, lack, try_classes
from flows.networks.teaching import Recipe, teach, tell_of_half
from flows.work import weekday, weekday_result
from flows.work.card import say_choice
from flows.work.classified import find_shares, shuffle_labels
from flows.work.materials import Materials
from flows.work.result import span_days
from models.early_stopping import Tell
from models.initial import he_uniform
from models.layers.activations import relu
from models.losses import cross_entropy
from models.net import activation, dense, dropout, sequence
from models.objective import list_weights
from models.optimizers import Adam, with_noise, with_shrinking
from models.saving import pack_model
from models.schedules import keep_constant
from models.systems.decoupled import (
    Decoupled,
    DecoupledNet,
    make_decoupled_objective,
    make_interface,
    make_joint,
)
from models.training import Step, train
from models.types import Array
from models.validation import split_by_time
from pipeline.features.day_profile import NAMES, make_day_profile
from pipeline.patterns.wording import WEEKDAYS, say_count

NAME = "weekday_decoupled"
VERSION = 1
ENOUGH = 280  # covered days: eight weeks to score by
N_HIDDEN, KEEP = 24, 0.8
RATE, N_BATCH, N_EPOCHS, PATIENCE = 3e-3, 32, 40, 6
NOISES, DECAYS = (0.0, 1e-4), (1.0, 0.3)  # η; how strongly weights are drawn to 0
HOW = (
    f"Each covered day is 24 numbers, as the classical model sees them. Two hidden layers of {N_HIDDEN} "
    "rectified units, of which a fifth is left out at each step, and seven probabilities. Each hidden layer "
    "moves by a guess of its gradient (decoupled neural interfaces), which an affine interface makes of "
    "what the layer puts out and of the day’s true weekday; the interface learns from what the next layer "
    "passes back. Whether noise is added to all gradients, how strongly weights are drawn to 0, and how "
    "many epochs to learn, is chosen on the last quarter of the days before the scored ones; then a new net "
    "learns all of them. An error is how far the stated probabilities lie from what the day was (root of "
    "the mean square); the baseline always states each weekday’s share. Shuffled labels: the same net, "
    "taught and asked in the same way, but with the weekdays of all days shuffled."
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
    shuffled = shuffle_labels(truth, split, seed)
    recipes = list_recipes(seed)
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
        file="weights of the net and of its interfaces; no word.",
        not_for="It must not be used to tell when somebody works.",
    )  # fmt: skip
    saved = pack_model(
        "DecoupledNet", VERSION, NAMES, {"flat": taught.flat, "scale": taught.scale},
        hidden=[N_HIDDEN, N_HIDDEN], way=taught.recipe.name, classes=list(WEEKDAYS),
    )  # fmt: skip
    return NetworkDone(tried, facts, saved)


def list_recipes(seed: int) -> list[Recipe]:
    """List the ways to learn, the simplest first."""
    return [
        Recipe(
            f"{'no noise' if eta == 0 else f'noise of {eta:g}'}, decay {decay:g}",
            partial(make_joint, make_net(), len(WEEKDAYS)),
            rate=RATE, batch_rows=N_BATCH, n_epochs=N_EPOCHS, patience=PATIENCE, l2=decay,
            walk=partial(walk, eta=eta, seed=seed),
        )
        for eta in NOISES
        for decay in DECAYS
    ]  # fmt: skip


def make_net() -> DecoupledNet:
    """Return two hidden modules with their interfaces, and the scores of the weekdays."""
    hidden = sequence(dense(N_HIDDEN, he_uniform), activation(relu), dropout(KEEP))
    interface = make_interface(N_HIDDEN)
    return DecoupledNet((hidden, hidden, sequence(dense(len(WEEKDAYS)))), (interface, interface))


def walk(
    flat: Array,
    p: Decoupled,
    batches: Iterator[dict[str, Any]],
    rate: float,
    decay: float,
    *,
    eta: float,
    seed: int,
) -> Iterator[Step]:
    """Move modules and interfaces along the batches, with noise of the strength ``eta``."""
    rng, weekdays = np.random.default_rng([seed, 2]), np.eye(len(WEEKDAYS), dtype=flat.dtype)
    optimizer = with_noise(Adam(flat), eta, rng)
    return train(
        make_decoupled_objective(make_net(), cross_entropy, rng=rng),
        flat,
        p,
        ({**batch, "context": weekdays[batch["label"]]} for batch in batches),
        optimizer=with_shrinking(optimizer, list_weights(p.modules), l1=0.0, l2=decay),
        schedule=keep_constant(rate),
    )


NETWORK = Network(
    NAME,
    weekday_result.QUESTION,
    "a net of decoupled modules",
    "the model of hours",
    HOW,
    needs=f"{ENOUGH} covered days",
    estimate=lambda materials: 5.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)
