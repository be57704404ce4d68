"""VGG-7: small convolutions in a row, pooled between blocks, then affine layers.

    picture → (3×3 convolution, ReLU) × n, pooling → … → flatten → affine layers → one score for each class

A block's convolutions keep the picture's size, and pooling halves it: two kernels of 3×3 see 5×5 places
with 18 weights for each pair of channels in place of 25, and bend twice. Seven layers have weights. Softmax
belongs to the loss (``models.losses.cross_entropy``). With batch normalising, a convolution's own bias is
undone, and stays where it began.

Shapes: pictures (n, h, w, c) → scores (n, n_classes); sides that 2 does not divide are rounded up.

References: K. Simonyan & A. Zisserman 2015, *Very Deep Convolutional Networks for Large-Scale Image
Recognition*, arXiv 1409.1556, sec. 2.1 and 2.3; S. Ioffe & C. Szegedy 2015, *Batch Normalization*, arXiv
1502.03167, sec. 3.2.
"""

from __future__ import annotations

from collections.abc import Sequence

from models.errors import InputError
from models.initial import glorot_uniform, he_normal
from models.layers.activations import arctan, tanh
from models.layers.normalise import RunningMoments
from models.net import Net, activation, dense, dropout, sequence
from models.parts.kits import FAST, Kit

N_LAYERS = 7
BLOCKS = ((16, 16), (32, 32))
HIDDEN = (64, 32)


def make_vgg7(
    n_classes: int,
    *,
    blocks: Sequence[Sequence[int]] = BLOCKS,
    hidden: Sequence[int] = HIDDEN,
    pool: str = "mean",
    keep: float = 1.0,
    running: list[RunningMoments] | None = None,
    kit: Kit = FAST,
) -> Net:
    """Return the net for pictures of any size: seven layers with weights.

    Parameters
    ----------
    blocks : the channels of each convolution, by blocks that end with pooling.
    hidden : the units of the affine layers before the last; the first bends by tanh, the others by arctan.
    pool : "mean" or "max".
    keep : the probability with which dropout keeps what goes into an affine layer; 1 for no dropout.
    running : a list to which the running moments of batch normalising are added, one for each convolution;
        they belong to the caller, for ``train_until_worse`` and for saving. None is no batch normalising.
    kit : the plain layers or the fast ones.

    Raises ``InputError`` for another number of layers, or other pooling.
    """
    n_layers = sum(map(len, blocks)) + len(hidden) + 1
    if n_layers != N_LAYERS or pool not in kit.pools:
        raise InputError(
            f"VGG-7 cannot have {n_layers} layers with weights and {pool} pooling",
            where="vgg",
            remedy='Choose seven (convolutions, hidden layers and the last), and "mean" or "max".',
        )
    parts = [kit.enter()]
    for block in blocks:
        for n_channels in block:
            if running is None:
                parts.append(kit.conv_relu(n_channels, initial=he_normal))
                continue
            running.append(RunningMoments(n_channels))
            parts += [kit.conv(n_channels, initial=he_normal), kit.norm_relu(running[-1])]
        parts.append(kit.pools[pool]())
    parts.append(kit.flatten())
    drop: list[Net] = [dropout(keep)] if keep < 1 else []
    for number, n_units in enumerate(hidden):
        bend = tanh if number == 0 else arctan
        parts += [*drop, dense(n_units, glorot_uniform), activation(bend)]
    return sequence(*parts, *drop, dense(n_classes, glorot_uniform))
