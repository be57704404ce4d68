"""Digits by three residual blocks, four ways; what is lost without a block.

In use a block of a residual net can be left out: its shortcut hands on what came in. A net that was taught
with stochastic depth has met that, and is to lose less by it. Mean pooling halves the sides of these two; of
a third net blocks go by two places, as He's do.

The article's blocks are of affine layers, x ↦ ReLU(W₂ arctan(W₁ x) + tanh(W₃ x)), without normalising, and
its "hidden" weights W₃, the shortcuts, have a rate of their own. They are taught so too, narrower, the rates
rising and falling together.

References: K. He, X. Zhang, S. Ren & J. Sun 2016, *Deep Residual Learning for Image Recognition*, arXiv
1512.03385; G. Huang et al. 2016, *Deep Networks with Stochastic Depth*, arXiv 1603.09382; A. Veit, M. Wilber
& S. Belongie 2016, *Residual Networks Behave Like Ensembles of Relatively Shallow Networks*, arXiv
1605.06431 (blocks left out); J. D. Seo 2018, *Only NumPy: Implementing Simple ResNet for MNIST
Classification*.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import numpy as np

from models.layers.activations import arctan, relu, tanh
from models.layers.normalise import RunningMoments
from models.net import Net, activation, dense, flatten, sequence
from models.studies.picture_nets import (
    Plan,
    Taught,
    ask,
    count_parameters,
    describe,
    measure_error,
    show_wrong,
    teach_pictures,
)
from models.studies.study import Figure, Images, StudyData, StudyResult, Tell, silent, tell_from
from models.systems.residual import Residual
from models.systems.resnet import make_resnet
from models.types import Array, Tree

SOURCE = "article on residual networks: MNIST, three blocks; He, Zhang, Ren & Sun 2016; Huang et al. 2016"
PUBLISHED, NOT_COMPARED = 72.0, "the author’s code learns from 600 pictures, and is tested on 50"
WIDTHS = (8, 16, 32)
KEEPS = {"resnet": 1.0, "strided": 1.0, "stochastic": 0.6}  # of the last block
LEFT_OUT = ("resnet", "stochastic")  # the nets of which a block is left out
PLAN = Plan(3, rate=1e-2)
ARTICLE = Plan(6, rate=3e-3)
INNER, OUTER = (256, 128, 64), (128, 64, 10)  # the units within and behind each of the article's blocks
HIDDEN = 0.01  # times the rate of the other weights
NEVER = 1e-12  # a keep probability, for a block that is left out in use


def run_study(data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyResult:
    """Teach the nets, the article's too, and leave out one block at a time of two of them.

    Arrays: of ``resnet``, ``strided``, ``stochastic`` and ``article`` what ``picture_nets.describe`` gives;
    ``resnet_without`` and ``stochastic_without`` (4,): the share of test pictures named right by all blocks,
    and without the first, second, third; ``wrong``, ``wrong_label``, ``wrong_said`` of the first net.
    """
    images = data.images("mnist")
    taught: dict[str, Taught] = {}
    before, of = len(KEEPS) * PLAN.n_epochs, len(KEEPS) * PLAN.n_epochs + ARTICLE.n_epochs
    for number, (name, keep) in enumerate(KEEPS.items()):
        running: list[RunningMoments] = []
        net = make_resnet(10, running=running, widths=WIDTHS, keep_last=keep, pool=name != "strided")
        told = tell_from(tell, number * PLAN.n_epochs, of)
        taught[name] = teach_pictures(net, images, PLAN, seed=seed, running=running, tell=told)
    without = {name: leave_out(taught[name], images) for name in LEFT_OUT}
    article = make_article()
    taught["article"] = teach_pictures(
        article, images, ARTICLE, seed=seed, tell=tell_from(tell, before, of),
        rate_parts=partial(rate_hidden, article),
    )  # fmt: skip
    right = {name: 100 * each.right for name, each in taught.items()}
    least = {name: 100 * shares[1:].min() for name, shares in without.items()}
    return StudyResult(
        "resnet",
        "Digits by three residual blocks",
        SOURCE,
        (
            Figure(
                "right on test pictures", PUBLISHED, "72 %", right["resnet"], "%",
                comparable=False, note=NOT_COMPARED,
            ),
            Figure("right on test pictures, by two places", None, "", right["strided"], "%"),
            Figure("right on test pictures, stochastic depth", None, "", right["stochastic"], "%"),
            Figure(
                "right on test pictures, affine blocks, two rates", None, "", right["article"], "%",
                note=f"as in the article; shortcuts at {HIDDEN:g} times the rate of the other weights",
            ),
            Figure("one standard error of the first", None, "", measure_error(taught["resnet"], images), "%"),
            Figure("parameters of the first", None, "", count_parameters(taught["resnet"].net)),
            Figure("parameters of the affine blocks", None, "", count_parameters(article)),
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
            f"Where blocks go by two places, and nothing is pooled, they read {right['strided']:.1f}.",
            "Those of affine layers, as in the article, with a rate for shortcuts and one for all else: "
            f"{right['article']:.1f}.",
        ),
    )  # fmt: skip


def make_article() -> Net:
    """Return three blocks x ↦ ReLU(W₂ arctan(W₁ x) + tanh(W₃ x)), with biases; the last gives the scores."""
    blocks: list[Net] = []
    for n_inner, n_outer in zip(INNER, OUTER, strict=True):
        added = sequence(dense(n_inner), activation(arctan), dense(n_outer))
        blocks += [Residual(added, sequence(dense(n_outer), activation(tanh))), activation(relu)]
    return sequence(flatten(), *blocks)


def rate_hidden(net: Net, parameters: Tree) -> Tree:
    """Return the factors of the rate: another for the blocks' shortcuts, 1 for all else."""
    parts = net.parts  # type: ignore[attr-defined]  # a row
    return tuple((1.0, HIDDEN) if isinstance(part, Residual) else 1.0 for part in parts)


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
