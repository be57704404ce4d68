"""Digits, and clothes, by the course's net of two convolutions of 3×3, each followed by pooling.

The course has 128 filters a layer; ours has 16 and 32, with an affine layer of 64 and dropout. Where the
folder also holds Fashion-MNIST, the same net learns clothes.

Reference: Y. LeCun, L. Bottou, Y. Bengio & P. Haffner 1998, *Gradient-Based Learning Applied to Document
Recognition*.
"""

from __future__ import annotations

from models.composition import Net
from models.initial import he_normal
from models.layers.activations import relu
from models.net import activation, dense, dropout, sequence
from models.parts.kits import FAST
from models.studies.picture_nets import (
    Plan,
    Taught,
    count_parameters,
    describe,
    measure_error,
    show_wrong,
    teach_pictures,
)
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent, tell_from
from models.studies.vgg import find_kernels

SOURCE = "course on neural networks: MNIST and Fashion-MNIST by a convolutional net"
FILTERS, N_UNITS, KEEP = (16, 32), 64, 0.7
PLANS = {"mnist": Plan(4, rate=3e-3), "fashion_mnist": Plan(6, rate=3e-3)}
NAMES = {"mnist": "digits", "fashion_mnist": "clothes"}


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Teach the net digits, and clothes where they are at hand.

    Arrays: of ``digits``, and ``clothes``, what ``picture_nets.describe`` gives; of the net for digits
    ``kernels (16, 3, 3)`` of its first convolution, and ``wrong``, ``wrong_label``, ``wrong_said``.
    """
    plans = {key: plan for key, plan in PLANS.items() if key == "mnist" or data.holds(key)}
    of, before = sum(plan.n_epochs for plan in plans.values()), 0
    taught: dict[str, Taught] = {}
    figures: list[Figure] = []
    for key, plan in plans.items():
        images, name = data.images(key), NAMES[key]
        each = teach_pictures(make_net(), images, plan, seed=seed, tell=tell_from(tell, before, of))
        before += plan.n_epochs
        taught[name] = each
        figures += [
            Figure(f"{name} right on the test", None, "", 100 * each.right, "%"),
            Figure(f"one standard error, {name}", None, "", measure_error(each, images), "%"),
        ]
    digits = taught["digits"]
    words = [f"Two convolutions read {100 * digits.right:.1f} digits in 100."]
    if "clothes" in taught:
        words.append(f"The same net names {100 * taught['clothes'].right:.1f} clothes in 100.")
    return StudyResult(
        "convolutional",
        "Digits and clothes by two convolutions",
        SOURCE,
        (*figures, Figure("parameters", None, "", count_parameters(digits.net))),
        describe(taught) | {"kernels": find_kernels(digits)} | show_wrong(digits, data.images("mnist")),
        tuple(words),
    )


def make_net() -> Net:
    """Return two convolutions with maximum pooling, an affine layer, and ten scores."""
    parts = [FAST.enter()]
    for n_filters in FILTERS:
        parts += [FAST.conv(n_filters, initial=he_normal), FAST.relu(), FAST.pools["max"]()]
    hidden = [dense(N_UNITS, he_normal), activation(relu), dropout(KEEP)]
    return sequence(*parts, FAST.flatten(), dropout(KEEP), *hidden, dense(10))
