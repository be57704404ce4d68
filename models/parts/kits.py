"""Two kits of the same parts: the plain layers, easy to read, and the fast ones.

A net built of either has the same parameters in the same places, and the same answers to rounding.

Shapes: pictures (n, h, w, c), in the fast kit ``Padded`` between ``enter`` and ``flatten`` or ``average``.

References: those of ``models.layers.convolution``, ``models.layers.normalise`` and ``models.layers.pooling``.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import NamedTuple

from models import net
from models.initial import Initial, he_uniform
from models.layers import activations
from models.layers.normalise import RunningMoments
from models.net import Net
from models.parts import convolution, convolution_flat, normalise


class Kit(NamedTuple):
    """What nets of convolutions are built of."""

    enter: Callable[[], Net]
    conv: Callable[..., Net]  # (n_out, size=3, stride=1, initial=…)
    conv_relu: Callable[..., Net]  # (n_out, size=3, initial=…), then ReLU
    norm: Callable[[RunningMoments], Net]
    norm_relu: Callable[[RunningMoments], Net]
    relu: Callable[[], Net]
    pools: dict[str, Callable[[], Net]]  # by squares of 2 × 2
    flatten: Callable[[], Net]
    average: Callable[[], Net]


def conv_relu(n_out: int, size: int = 3, *, initial: Initial = he_uniform) -> Net:
    """Return a plain convolution and ReLU."""
    return net.sequence(convolution.conv(n_out, size, initial=initial), net.activation(activations.relu))


def norm_relu(running: RunningMoments) -> Net:
    """Return plain batch normalising and ReLU."""
    return net.sequence(normalise.batch_norm(running), net.activation(activations.relu))


PLAIN = Kit(
    net.sequence,  # of no parts: the identity
    convolution.conv,
    conv_relu,
    normalise.batch_norm,
    norm_relu,
    partial(net.activation, activations.relu),
    {"mean": convolution.pool_mean, "max": convolution.pool_max},
    net.flatten,
    convolution.average,
)
FAST = Kit(
    convolution_flat.enter,
    convolution_flat.conv,
    convolution_flat.conv_relu,
    convolution_flat.batch_norm,
    convolution_flat.norm_relu,
    convolution_flat.relu,
    {"mean": convolution_flat.pool_mean, "max": convolution_flat.pool_max},
    convolution_flat.flatten,
    convolution_flat.average,
)
