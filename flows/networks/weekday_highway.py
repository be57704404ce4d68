"""Which weekday? Highway layers over a day's 24 hours, beside the classical model.

A layer has a unit for each hour, so that what is carried is the hour's own number: where a gate is shut, the
layer leaves that hour as it is. The seven scores are an affine map of what is left at the end; with all gates
shut that is softmax regression, the classical model's linear way.
"""

from __future__ import annotations

from functools import partial
from itertools import product

from flows.networks.network import Network, NetworkDone
from flows.networks.teaching import Recipe
from flows.networks.weekdays import JUDGED, NEEDS, SEEN, make_head, name_weekdays
from flows.work import weekday_result
from flows.work.materials import Materials
from models.early_stopping import Tell
from models.net import dropout
from models.systems.highway import make_highway
from pipeline.patterns.wording import WEEKDAYS

NAME = "weekday_highway"
HEAD = make_head("Highway", 1)
WIDTH, KEEP = 24, 0.8
RATE, N_BATCH, N_EPOCHS, PATIENCE = 2e-3, 32, 40, 6
DEPTHS, PENALTIES = (2, 4), (1e-2, 3e-3)  # layers; ½·l2·Σw², the strongest first
HOW = (
    f"{SEEN}Highway layers of {WIDTH} units, one for each hour: a gate decides how far a unit is changed and "
    "how far it is handed on as it came. A fifth of the units is left out at each step; then seven "
    f"probabilities. There are two layers or four, and the penalty on the weights is weak or strong. {JUDGED}"
)


def run_work(materials: Materials, *, tell: Tell, seed: int = 0) -> NetworkDone:
    """Learn, and score beside the classical model of the same days."""
    return name_weekdays(
        materials, list_recipes(), head=HEAD, file="weights without a word.", tell=tell, seed=seed
    )


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
    needs=NEEDS,
    estimate=lambda materials: 5.0 * len(materials.subject.covered) / 1000,
    run=run_work,
)
