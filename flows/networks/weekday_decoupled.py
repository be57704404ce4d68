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

from flows.networks.network import Network, NetworkDone
from flows.networks.teaching import Recipe
from flows.networks.weekdays import JUDGED, NEEDS, SEEN, make_head, name_weekdays
from flows.work import weekday_result
from flows.work.materials import Materials
from models.early_stopping import Tell
from models.initial import he_uniform
from models.layers.activations import relu
from models.losses import cross_entropy
from models.net import activation, dense, dropout, sequence
from models.objective import list_weights
from models.optimizers import Adam, with_noise, with_shrinking
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
from pipeline.patterns.wording import WEEKDAYS

NAME = "weekday_decoupled"
HEAD = make_head("DecoupledNet", 1)
N_HIDDEN, KEEP = 24, 0.8
RATE, N_BATCH, N_EPOCHS, PATIENCE = 3e-3, 32, 40, 6
NOISES, DECAYS = (0.0, 1e-4), (1.0, 0.3)  # η; how strongly weights are drawn to 0
HOW = (
    f"{SEEN}Two hidden layers of {N_HIDDEN} rectified units, of which a fifth is left out at each step, and "
    "seven probabilities. Each hidden layer moves by a guess of its gradient (decoupled neural interfaces), "
    "which an affine interface makes of what the layer puts out and of the day’s true weekday; the interface "
    "learns from what the next layer passes back. Noise is added to all gradients or not, and weights are "
    f"drawn to 0 more or less. {JUDGED}"
)


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Learn, and score beside the classical model of the same days."""
    return name_weekdays(
        materials, list_recipes(seed), head=HEAD,
        file="weights of the net and of its interfaces, without a word.", tell=tell, seed=seed,
    )  # fmt: skip


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
    needs=NEEDS,
    estimate=lambda materials: 5.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)
