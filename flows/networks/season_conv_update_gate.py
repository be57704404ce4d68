"""Which season was it? A convolutional update-gate net that looks twice at the map of a week."""

from __future__ import annotations

from functools import partial

from flows.networks.network import Network, NetworkDone
from flows.networks.seasons import JUDGED, NEEDS, SEEN, make_head, name_seasons
from flows.networks.teaching import Recipe
from flows.work import season
from flows.work.materials import Materials
from models.early_stopping import Tell
from models.layers.activations import tanh
from models.net import Net, activation, dense, dropout, flatten, sequence
from models.parts.convolution import pool_mean
from models.parts.looks import look_again
from pipeline.features.week_maps import SEASONS

NAME = "season_conv_update_gate"
HEAD = make_head("ConvUpdateGate", 1)
CHANNELS, N_LOOKS, SIZE, N_HIDDEN, KEEP = (2, 4), 2, 5, 8, 0.5
RATE, L2, N_EPOCHS = 3e-3, 1e-2, 40
HOW = (
    f"{SEEN}A convolutional update-gate net looks twice at it, with kernels of {SIZE} × {SIZE} hours on the "
    "map and of 3 × 3 on what it holds: at each place a gate says how much of that stays. Means over squares "
    f"of 2 × 2 go, half of them left out at each step of learning, into {N_HIDDEN} units and from there into "
    f"four probabilities. It holds 2 or 4 numbers for each place. {JUDGED}"
)


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Learn, and score beside the classical model of the same weeks."""
    return name_seasons(materials, list_recipes(), head=HEAD, tell=tell, seed=seed)


def list_recipes() -> list[Recipe]:
    """List the ways to learn, the smaller net first."""
    return [
        Recipe(f"{n} channels", partial(make_net, n), rate=RATE, n_epochs=N_EPOCHS, l2=L2) for n in CHANNELS
    ]


def make_net(n_channels: int) -> Net:
    """Return the net from a map (7, 24, 1) to the scores of the seasons."""
    return sequence(
        look_again(n_channels, n_looks=N_LOOKS, size=SIZE, padding="valid"),
        pool_mean(2),
        flatten(),
        dropout(KEEP),
        dense(N_HIDDEN),
        activation(tanh),
        dense(len(SEASONS)),
    )


NETWORK = Network(
    NAME,
    season.QUESTION,
    "a convolutional update-gate net",
    season.MODEL_NAME,
    HOW,
    needs=NEEDS,
    estimate=lambda materials: 2.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)
