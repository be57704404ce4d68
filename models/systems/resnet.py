"""ResNet: residual blocks of two convolutions, with stochastic depth where it is asked for.

    picture → convolution, norm, ReLU → blocks → mean over the places → one score for each class
    block: x ↦ ReLU(b·f(x) + s(x)),   f = convolution, norm, ReLU, convolution, norm

Between stages the sides are halved: the new stage's first block goes by two places, in its first convolution
and in its shortcut, as He's nets do; or mean pooling stands before it. That block also widens the channels;
its shortcut s is a 1×1 convolution, and the identity in all others. Of L blocks the l-th is kept with the
probability

    p_l = 1 − l/L · (1 − p_L)        l = 1 … L

so that the first, whose features all others use, falls away least. With p_L = 1 it is the plain ResNet.

Shapes: pictures (n, h, w, c) → scores (n, n_classes).

References: K. He, X. Zhang, S. Ren & J. Sun 2016, *Deep Residual Learning for Image Recognition*, arXiv
1512.03385, fig. 2, sec. 3.3 and 4.2; G. Huang et al. 2016, *Deep Networks with Stochastic Depth*, arXiv
1603.09382, eq. 4.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from models.initial import glorot_uniform, he_normal
from models.layers.normalise import RunningMoments
from models.net import Net, dense, sequence
from models.parts.kits import FAST, Kit
from models.systems.residual import Residual

WIDTHS = (16, 32, 64)


def make_resnet(
    n_classes: int,
    *,
    running: list[RunningMoments],
    widths: Sequence[int] = WIDTHS,
    n_blocks: int = 1,
    keep_last: float = 1.0,
    pool: bool = False,
    by_place: bool = False,
    kit: Kit = FAST,
) -> Net:
    """Return the net for pictures of any size.

    Parameters
    ----------
    running : a list to which the running moments of batch normalising are added, in order; they belong to
        the caller, for ``train_until_worse`` and for saving.
    widths : the channels of each stage.
    n_blocks : residual blocks a stage.
    keep_last : the keep probability p_L of the last block, above 0; 1 is the ResNet without stochastic depth.
    pool : whether mean pooling halves the sides, and not a step of two places.
    by_place : whether the scores see each place of the last maps, not their mean: where a thing lies counts.
    kit : the plain layers or the fast ones.
    """

    def convolve(width: int, norm: Callable[[RunningMoments], Net], stride: int = 1) -> list[Net]:
        running.append(RunningMoments(width))
        return [kit.conv(width, stride=stride, initial=he_normal), norm(running[-1])]

    keeps = iter(list_keeps(len(widths) * n_blocks, keep_last))
    parts = [kit.enter(), *convolve(widths[0], kit.norm_relu)]
    n_in = widths[0]
    for stage, width in enumerate(widths):
        parts += [kit.pools["mean"]()] if stage and pool else []
        for number in range(n_blocks):
            stride = 2 if stage and number == 0 and not pool else 1
            added = sequence(*convolve(width, kit.norm_relu, stride), *convolve(width, kit.norm))
            same = width == n_in and stride == 1
            shortcut = [] if same else [kit.conv(width, 1, stride=stride, initial=he_normal)]
            parts += [Residual(added, sequence(*shortcut), next(keeps)), kit.relu()]
            n_in = width
    last = kit.flatten() if by_place else kit.average()
    return sequence(*parts, last, dense(n_classes, glorot_uniform))


def list_keeps(n_blocks: int, keep_last: float) -> list[float]:
    """Return the keep probability of each block, falling in a line to ``keep_last``."""
    return [1 - number / n_blocks * (1 - keep_last) for number in range(1, n_blocks + 1)]
