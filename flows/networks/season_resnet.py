"""Which season was it? A small ResNet with stochastic depth on the map of a week."""

from __future__ import annotations

from functools import partial

from flows.networks.network import Network, NetworkDone
from flows.networks.seasons import JUDGED, NEEDS, SEEN, make_head, name_seasons
from flows.networks.teaching import Recipe
from flows.work import season
from flows.work.materials import Materials
from models.early_stopping import Tell
from models.net import Net
from models.systems.resnet import make_resnet
from pipeline.features.week_maps import SEASONS

NAME = "season_resnet"
HEAD = make_head("ResNet", 1)
WIDTHS, KEEP_LAST = (4, 8, 8), 0.5
HEADS = {"the mean over all places": False, "each place": True}
RATE, L2, N_EPOCHS = 1e-3, 1e-2, 40
HOW = (
    f"{SEEN}A ResNet: three residual blocks of two convolutions of 3 × 3 hours, batch-normalised, with "
    f"{WIDTHS[0]}, {WIDTHS[1]} and {WIDTHS[2]} channels, and means over squares of 2 × 2 between them. In "
    "learning a block falls away at times (stochastic depth: the first in one step of six, the last in every "
    "other one). The four probabilities are made of the last map’s mean over all places, or of each of its "
    f"places. {JUDGED}"
)


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Learn, and score beside the classical model of the same weeks."""
    return name_seasons(materials, list_recipes(), head=HEAD, tell=tell, seed=seed)


def list_recipes() -> list[Recipe]:
    """List the ways to learn, the smaller net first."""
    return [
        Recipe(name, partial(make_net, by_place=by_place), rate=RATE, n_epochs=N_EPOCHS, l2=L2)
        for name, by_place in HEADS.items()
    ]


def make_net(*, by_place: bool) -> Net:
    """Return the net from a map (7, 24, 1) to the scores of the seasons."""
    return make_resnet(
        len(SEASONS), running=[], widths=WIDTHS, keep_last=KEEP_LAST, pool=True, by_place=by_place
    )


NETWORK = Network(
    NAME,
    season.QUESTION,
    "a ResNet on week maps",
    season.MODEL_NAME,
    HOW,
    needs=NEEDS,
    estimate=lambda materials: 6.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)
