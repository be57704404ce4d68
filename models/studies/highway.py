"""Digits by highway layers: four of them, and forty beside forty plain ones.

The article's net has four highway layers on MNIST, taught with batches of 3. Ours has the same four, of 128
units, with dropout. Where the widths differ the article carries an affine map that begins with ones: all
units then carry one number, the sum of the picture; it is tried beside a random beginning. Depth is what
highway layers are for: 40 narrow ones are taught on a tenth of the pictures beside 40 plain layers of as
many units.

Reference: R. K. Srivastava, K. Greff & J. Schmidhuber 2015, *Training Very Deep Networks*, arXiv 1507.06228
(plain and highway nets by depth; what the gates do).
"""

from __future__ import annotations

import numpy as np

from models.composition import Net
from models.initial import draw_uniform, glorot_uniform, he_normal
from models.layers.activations import relu
from models.net import activation, dense, dropout, flatten, sequence
from models.studies.picture_nets import (
    Plan,
    Taught,
    brighten,
    count_parameters,
    describe,
    measure_error,
    show_wrong,
    teach_pictures,
)
from models.studies.study import Figure, Images, StudyData, StudyResult, Tell, silent, tell_from
from models.systems.highway import find_gate, make_highway
from models.types import Array

SOURCE = "article on highway networks: MNIST, four layers; Srivastava, Greff & Schmidhuber 2015"
PUBLISHED, NOT_COMPARED = 77.0, "on how many test pictures is not known; the author’s drafts have 50"
WIDTH, N_LAYERS, KEEP = 128, 4, 0.8
DEEP_WIDTH, N_DEEP, DEEP_BIAS = 32, 40, -2.0
PLAN = Plan(12, rate=3e-3)
ONES = Plan(3, rate=3e-3)
DEEP = Plan(6, rate=3e-3, batch=64)
N_FEW = 6000


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Teach four layers in two ways, then forty of two kinds.

    Arrays: of each of ``random``, ``ones``, ``highway`` and ``plain`` what ``picture_nets.describe`` gives;
    ``gates (40, 10)``, how far the layers of the deep net are open for each digit, on the mean; and
    ``wrong``, ``wrong_label``, ``wrong_said`` of the four layers.
    """
    images = data.images("mnist")
    few = images._replace(x_train=images.x_train[:N_FEW], y_train=images.y_train[:N_FEW])
    cases = {
        "random": (make_four(), images, PLAN),
        "ones": (make_four(ones=True), images, ONES),
        "highway": (make_deep(), few, DEEP),
        "plain": (make_plain(), few, DEEP),
    }
    of, before = sum(plan.n_epochs for *_, plan in cases.values()), 0
    taught: dict[str, Taught] = {}
    for name, (net, pictures, plan) in cases.items():
        taught[name] = teach_pictures(net, pictures, plan, seed=seed, tell=tell_from(tell, before, of))
        before += plan.n_epochs
    gates = measure_gates(taught["highway"], images)
    right = {name: 100 * each.right for name, each in taught.items()}
    return StudyResult(
        "highway",
        "Digits by highway layers, four and forty",
        SOURCE,
        (
            Figure(
                "right on test pictures, four layers", PUBLISHED, "77 %", right["random"], "%",
                comparable=False, note=NOT_COMPARED,
            ),
            Figure("one standard error of it", None, "", measure_error(taught["random"], images), "%"),
            Figure("parameters of it", None, "", count_parameters(cases["random"][0])),
            Figure(
                "right on test pictures, the carried map begun with ones", None, "", right["ones"], "%",
                note=f"as in the article, {ONES.n_epochs} epochs",
            ),
            Figure("right on test pictures, forty highway layers", None, "", right["highway"], "%"),
            Figure("right on test pictures, forty plain layers", None, "", right["plain"], "%"),
            Figure("mean of the forty layers’ gates", None, "", float(gates.mean())),
        ),
        describe(taught) | {"gates": gates} | show_wrong(taught["random"], images),
        (
            f"Four highway layers read {right['random']:.1f} digits in 100.",
            f"Taught on {N_FEW:,} pictures, forty highway layers read {right['highway']:.0f} in 100, forty "
            f"plain ones {right['plain']:.0f}.",
            f"In the deep net a gate is open {100 * gates.mean():.0f} parts in 100 on the mean: most of a "
            "digit is handed on.",
        ),
    )  # fmt: skip


def make_four(*, ones: bool = False) -> Net:
    """Return four highway layers; ``ones``: the carried map begins as in the article."""
    initial = draw_uniform(1, 1) if ones else glorot_uniform
    return make_highway(10, width=WIDTH, n_layers=N_LAYERS, between=(dropout(KEEP),), carry_initial=initial)


def make_deep() -> Net:
    """Return forty narrow highway layers."""
    return make_highway(10, width=DEEP_WIDTH, n_layers=N_DEEP, gate_bias=DEEP_BIAS)


def make_plain() -> Net:
    """Return forty plain layers of as many units."""
    layers = [sequence(dense(DEEP_WIDTH, he_normal), activation(relu)) for _ in range(N_DEEP)]
    return sequence(flatten(), *layers, dense(10))


def measure_gates(taught: Taught, images: Images) -> Array:
    """Return how far each layer's gates are open for the test pictures of each digit, (n_layers, 10)."""
    x = brighten(images.x_test).reshape(len(images.x_test), -1)
    gates = []
    for part, p in zip(taught.net.parts[1:-1], taught.parameters[1:-1], strict=True):  # type: ignore[attr-defined]  # a row
        by_picture = find_gate(p, x).mean(axis=1)
        gates.append([by_picture[images.y_test == digit].mean() for digit in range(10)])
        x, _ = part(p, x)
    return np.array(gates)
