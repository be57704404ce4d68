"""Term or holiday? A decoupled convolutional LSTM that sees three weeks one after another, as maps.

Its cell moves after each week, by a guess of its gradient that an interface makes of the maps so far and,
while it learns, of the clip's true label; the answer is the cell's and the head's alone. The classical model
of the same clips sees all three weeks at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from flows.networks.network import Answers, Facts, Network, NetworkDone, lack, try_classes
from flows.networks.teaching import Head, Recipe, pack_taught, teach, tell_of_half
from flows.work import term_or_holiday, weekly
from flows.work.card import say_choice
from flows.work.classified import find_shares, shuffle_labels
from flows.work.evidence import find_too_little
from flows.work.materials import Materials
from flows.work.result import span_days
from flows.work.term_or_holiday import CLASSES, NO_FREE_DAYS, find_missing, number_blocks
from models.early_stopping import Tell
from models.losses import cross_entropy
from models.objective import list_weights
from models.optimizers import Adam, with_shrinking
from models.optimizers.shrinking import WithShrinking
from models.schedules import keep_constant
from models.systems.decoupled_conv_lstm import DecoupledClips, make_joint_clips, train_at_once
from models.training import Step
from models.types import Array
from models.validation import split_by_time
from pipeline.features.clips import NAMES, make_clips

NAME = "holiday_conv_lstm"
CHANNELS, N_NARROW, DECAY = (2, 4), 4, 1.0
RATE, N_BATCH, N_EPOCHS, PATIENCE = 3e-3, 16, 40, 8
HEAD = Head("DecoupledClips", 1, NAMES, CLASSES, (3, 7, 24, 1))
HOW = (
    "A clip is three whole covered weeks in a row, as the classical model sees them: three maps of 7 × 24 "
    "hours. A convolutional LSTM with kernels of 3 × 3 takes them one by one; an affine head reads its last "
    "maps. The cell moves after each week by a guess of its gradient (decoupled neural interfaces), which "
    f"an affine interface through {N_NARROW} units makes of the maps so far and of the clip’s true label; "
    "the interface learns from what the next week passes back. The cell has 2 or 4 channels. An error "
    "is how far the stated probability lies from what the week was (root of the mean square); the baseline "
    "always states the share of holiday weeks."
)


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Learn, and score beside the classical model of the same clips."""
    subject, whose = materials.subject, term_or_holiday.OF_SETTINGS
    if materials.planted:
        subject, whose = replace(subject, free_days=materials.planted), term_or_holiday.OF_SAMPLE
    clips = make_clips(subject)
    if clips.holiday is None:
        return lack(NO_FREE_DAYS)
    truth, split = clips.holiday.astype(np.int64), split_by_time(len(clips.weeks))
    too_little = find_too_little(
        len(subject.covered), len(subject.rows), subject.noun, subject.nouns
    ) or find_missing(truth, split)
    if too_little is not None:
        return lack(too_little)
    shuffled, recipes = shuffle_labels(truth, split, seed), list_recipes()
    taught = teach(recipes, clips.x, truth, split, seed=seed, tell=tell_of_half(tell, 0))
    control = teach(recipes, clips.x, shuffled, split, seed=seed, tell=tell_of_half(tell, 1))
    x, scored, before = clips.x[split.test], truth[split.test], truth[split.before_test]
    soft = weekly.teach(clips.x, truth, split)
    classical = weekly.say_all(soft.model, weekly.look_at(x, soft.choice.view), truth)
    shares = find_shares(before, len(CLASSES), len(scored))
    answers = Answers(taught.say(x), classical, shares, control.say(x), scored, shuffled[split.test])
    weeks = clips.weeks[split.test]
    usual = CLASSES[int(shares[0].argmax())]
    tried = try_classes(
        weeks, answers, baseline_name=f"always {usual}", rows="weeks", blocks=number_blocks(weeks)
    )
    facts = Facts(
        n_learned=len(before),
        learned_nouns=("clip of three weeks", "clips of three weeks"),
        learned=span_days(clips.weeks[split.before_test]),
        looks_at="Three weeks’ counts against the year before, one after another.",
        features=NAMES,
        label=f"whether most workdays of the last of the three weeks are {whose}.",
        chosen=say_choice(
            f"{taught.recipe.name}, {taught.n_epochs} epochs", len(recipes), "weeks",
            span_days(clips.weeks[split.validation]),
        ),
        file="weights of the net and of its interfaces; no word, and no date of a holiday.",
        not_for="It must not be used to find out when a home stands empty.",
    )  # fmt: skip
    return NetworkDone(tried, facts, pack_taught(taught, HEAD))


def list_recipes() -> list[Recipe]:
    """List the ways to learn, the smaller cell first."""
    return [
        Recipe(
            f"{n_channels} channels",
            partial(make_joint_clips, n_channels, len(CLASSES), len(CLASSES), n_narrow=N_NARROW),
            rate=RATE, batch_rows=N_BATCH, n_epochs=N_EPOCHS, patience=PATIENCE, l2=DECAY, walk=walk,
        )
        for n_channels in CHANNELS
    ]  # fmt: skip


def walk(
    flat: Array, p: DecoupledClips, batches: Iterator[dict[str, Any]], rate: float, decay: float
) -> Iterator[Step]:
    """Move the cell at each week, head and interfaces at a batch's end; weights are drawn to 0."""
    labels = np.eye(len(CLASSES), dtype=flat.dtype)

    def optimize(part: Array) -> WithShrinking:
        mine = [weight for weight in list_weights((p.cell, p.head)) if np.shares_memory(weight, part)]
        return with_shrinking(Adam(part), mine, l1=0.0, l2=decay)

    return train_at_once(
        flat,
        p,
        ({**batch, "context": labels[batch["label"]]} for batch in batches),
        loss=cross_entropy,
        schedule=keep_constant(rate),
        optimize=optimize,
    )


def estimate(materials: Materials) -> float:
    """Return the seconds that it takes: none without free days, which it only asks for."""
    is_told = materials.planted or materials.subject.free_days
    return 7.0 * len(materials.subject.covered) / 1000 if is_told else 0.0


NETWORK = Network(
    NAME,
    term_or_holiday.QUESTION,
    "a decoupled convolutional LSTM",
    term_or_holiday.MODEL_NAME,
    HOW,
    needs="free days, and four weeks of each kind to learn from and to score by",
    estimate=estimate,
    run=run_work,
)
