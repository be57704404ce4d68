"""Digits by three residual blocks, and by the same with stochastic depth; what is lost without one block.

In use a block of a residual net can be left out: its shortcut hands on what came in. A net that was taught
with stochastic depth has met that, and is to lose less by it. The article has separate rates for hidden and
other weights; ours is one rate that rises and falls once.

References: K. He, X. Zhang, S. Ren & J. Sun 2016, *Deep Residual Learning for Image Recognition*, arXiv
1512.03385; G. Huang et al. 2016, *Deep Networks with Stochastic Depth*, arXiv 1603.09382; A. Veit, M. Wilber
& S. Belongie 2016, *Residual Networks Behave Like Ensembles of Relatively Shallow Networks*, arXiv
1605.06431 (blocks left out).
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from models.layers.normalise import RunningMoments
from models.net import sequence
from models.studies.picture_nets import (
    Plan,
    Taught,
    ask,
    count_parameters,
    describe,
    measure_error,
    show_wrong,
    teach_pictures,
    tell_from,
)
from models.studies.study import Figure, Images, StudyData, StudyResult, Tell, silent
from models.systems.residual import Residual
from models.systems.resnet import make_resnet
from models.types import Array

SOURCE = "article on residual networks: MNIST, three blocks; He, Zhang, Ren & Sun 2016; Huang et al. 2016"
PUBLISHED = 72.0
WIDTHS = (8, 16, 32)
KEEPS = {"resnet": 1.0, "stochastic": 0.6}  # of the last block
PLAN = Plan(3, rate=1e-2)
NEVER = 1e-12  # a keep probability, for a block that is left out in use


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Teach both nets, then leave out one block at a time.

    Arrays: of ``resnet`` and ``stochastic`` what ``picture_nets.describe`` gives, and ``<name>_without``
    (4,): the share of test pictures named right by all blocks, and without the first, second, third;
    ``wrong``, ``wrong_label``, ``wrong_said`` of the first net.
    """
    images = data.images("mnist")
    taught: dict[str, Taught] = {}
    for number, (name, keep) in enumerate(KEEPS.items()):
        running: list[RunningMoments] = []
        net = make_resnet(10, running=running, widths=WIDTHS, keep_last=keep)
        told = tell_from(tell, number * PLAN.n_epochs, len(KEEPS) * PLAN.n_epochs)
        taught[name] = teach_pictures(net, images, PLAN, seed=seed, running=running, tell=told)
    right = {name: 100 * each.right for name, each in taught.items()}
    without = {name: leave_out(each, images) for name, each in taught.items()}
    least = {name: 100 * shares[1:].min() for name, shares in without.items()}
    return StudyResult(
        "resnet",
        "Digits by three residual blocks",
        SOURCE,
        (
            Figure("right on test pictures", PUBLISHED, "72 %", right["resnet"], "%"),
            Figure("right on test pictures, stochastic depth", None, "", right["stochastic"], "%"),
            Figure("one standard error of the first", None, "", measure_error(taught["resnet"], images), "%"),
            Figure("parameters of each", None, "", count_parameters(taught["resnet"].net)),
            Figure("right without the block that is missed most", None, "", least["resnet"], "%"),
            Figure("the same, stochastic depth", None, "", least["stochastic"], "%"),
        ),
        describe(taught)
        | {f"{name}_without": shares for name, shares in without.items()}
        | show_wrong(taught["resnet"], images),
        (
            f"Three residual blocks read {right['resnet']:.1f} digits in 100, with stochastic depth "
            f"{right['stochastic']:.1f}.",
            f"Without the block that it misses most the one is right {least['resnet']:.0f} times in 100, the "
            f"other {least['stochastic']:.0f}.",
        ),
    )  # fmt: skip


def leave_out(taught: Taught, images: Images) -> Array:
    """Return the share of test pictures named right with all blocks, then without each."""
    parts = list(taught.net.parts)  # type: ignore[attr-defined]
    shares = [taught.right]
    for k, part in enumerate(parts):
        if isinstance(part, Residual):
            rest = sequence(*parts[:k], replace(part, keep=NEVER), *parts[k + 1 :])
            said = ask(rest, taught.parameters, images.x_test).argmax(axis=1)
            shares.append(float(np.mean(said == images.y_test)))
    return np.array(shares)
