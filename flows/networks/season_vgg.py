"""Which season was it? A small VGG-7 on the map of a week."""

from __future__ import annotations

from functools import partial

from flows.networks.network import Network, NetworkDone
from flows.networks.seasons import JUDGED, NEEDS, SEEN, make_head, name_seasons
from flows.networks.teaching import Recipe
from flows.work import season
from flows.work.materials import Materials
from models.early_stopping import Tell
from models.net import Net
from models.systems.vgg import make_vgg7
from pipeline.features.week_maps import SEASONS

NAME = "season_vgg"
HEAD = make_head("VGG7", 1)
CHANNELS, HIDDEN, KEEP = (8, 16), (16, 16), 0.5
RATE, L2, N_EPOCHS = 3e-3, 1e-2, 40
HOW = (
    f"{SEEN}VGG-7: twice two convolutions of 3 × 3 hours with ReLU, then means over squares of 2 × 2; "
    f"{HIDDEN[0]} units that bend by tanh and {HIDDEN[1]} by arctan, half of what goes into each layer of "
    "them left out at each step of learning; four probabilities. The first two convolutions have 8 or 16 "
    f"channels, the others twice as many. {JUDGED}"
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
    blocks = ((n_channels, n_channels), (2 * n_channels, 2 * n_channels))
    return make_vgg7(len(SEASONS), blocks=blocks, hidden=HIDDEN, keep=KEEP)


NETWORK = Network(
    NAME,
    season.QUESTION,
    "VGG-7 on week maps",
    season.MODEL_NAME,
    HOW,
    needs=NEEDS,
    estimate=lambda materials: 4.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)
