"""Clothes by a small net: VGG-7 with batch normalising, moved and mirrored pictures, and one cycle of rates.

Six convolutions and one affine layer have 38,000 parameters, fewer than a sixth of the dense nets of the
study ``whitening``. Each picture is moved by up to two pixels, and mirrored half of the times it is shown.

References: K. Simonyan & A. Zisserman 2015, arXiv 1409.1556; S. Ioffe & C. Szegedy 2015, arXiv 1502.03167;
L. N. Smith & N. Topin 2019, arXiv 1708.07120; H. Xiao, K. Rasul & R. Vollgraf 2017, arXiv 1708.07747.
"""

from __future__ import annotations

import numpy as np

from models.layers.normalise import RunningMoments
from models.studies.picture_nets import (
    Plan,
    count_parameters,
    describe,
    measure_error,
    show_wrong,
    teach_pictures,
)
from models.studies.study import Figure, StudyData, StudyResult, Tell, silent
from models.systems.vgg import make_vgg7

SOURCE = "VGG-7, Simonyan & Zisserman 2015, with batch normalising, Ioffe & Szegedy 2015; Fashion-MNIST"
BLOCKS = ((8, 12), (24, 32), (32, 40))
PLAN = Plan(12, rate=1e-2, shift=2, mirrored=True)
CLOTHES = (
    "T-shirt", "trousers", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "boot",
)  # fmt: skip


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Teach the net.

    Arrays: of ``small`` what ``picture_nets.describe`` gives; ``confusion (10, 10)`` on the test (row: what
    it is), ``clothes (10,)`` their names; ``wrong``, ``wrong_label``, ``wrong_said``.
    """
    images = data.images("fashion_mnist")
    running: list[RunningMoments] = []
    net = make_vgg7(10, blocks=BLOCKS, hidden=(), running=running)
    taught = teach_pictures(net, images, PLAN, seed=seed, running=running, tell=tell)
    pairs = images.y_test.astype(int) * 10 + taught.said
    confusion = np.bincount(pairs, minlength=100).reshape(10, 10)
    off = confusion - np.diag(np.diag(confusion))
    one, other = sorted(np.unravel_index((off + off.T).argmax(), off.shape))
    n_wrong = int(off.sum())
    held_right = 100 * float(taught.held_right[taught.best])
    share = (off[one, other] + off[other, one]) / max(n_wrong, 1)
    return StudyResult(
        "small_net",
        "Clothes by a small net",
        SOURCE,
        (
            Figure("right on the test", None, "", 100 * taught.right, "%"),
            Figure("right on the pictures held back", None, "", held_right, "%"),
            Figure("one standard error on the test", None, "", measure_error(taught, images), "%"),
            Figure("parameters", None, "", count_parameters(net)),
        ),
        describe({"small": taught})
        | {"confusion": confusion, "clothes": np.array(CLOTHES)}
        | show_wrong(taught, images),
        (
            f"A net of {count_parameters(net):,} parameters names {100 * taught.right:.1f} clothes in 100.",
            f"Of its errors {100 * share:.0f} in 100 confuse {CLOTHES[one]} and {CLOTHES[other]}.",
        ),
    )  # fmt: skip
