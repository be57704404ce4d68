"""The parts of ``convolution.py`` once more, in the fast layout of ``layers/padded.py``.

Between ``enter()`` and ``flatten()`` or ``average()`` the values are ``Padded``; parameters and answers are
those of the plain parts, to rounding, so that one net's parameters do in both. Convolutions have 3×3 or 1×1
places, those of a stride above 1 being worked on plainly, and pooling has squares of 2 × 2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from models import net
from models.composition import Net, Part, Random, Row, Shape
from models.errors import InputError
from models.initial import Initial, he_uniform
from models.layers import activations, padded_layers
from models.layers.convolution import Convolution, convolve
from models.layers.convolution_flat import convolve_padded
from models.layers.normalise import GainShift, RunningMoments
from models.layers.padded import Padded, pad
from models.parts import convolution as plain
from models.parts import normalise
from models.types import Array, Pullback, Tree

Layer: TypeAlias = Callable[[Any, Padded, Random, bool], tuple[Padded, Pullback]]


def enter() -> Part:
    """Return the part that lays pictures (n, h, w, c) out as ``Padded``."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        return (), plain.check_shape(shape, "A convolution")

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Padded, Pullback]:
        return pad(x), lambda dy, out=None: ((), dy.inner)

    return Entrance("enter", make, layer)


class Entrance(Part):
    """A part that changes nothing but the layout, and so stands in no table."""

    def trace(self, rows: list[Row], shape: Shape, after: Tree) -> tuple[Shape, Tree]:
        """Add nothing."""
        return shape, after


def conv(n_out: int, size: int = 3, *, stride: int = 1, initial: Initial = he_uniform) -> Part:
    """Return a convolution to ``n_out`` channels by kernels of 3×3, or of 1×1."""
    if size not in (1, 3):
        raise InputError(
            f"The fast convolution has no kernels of {size}×{size}",
            where="net",
            remedy="Choose 3 or 1, or the plain convolution.",
        )
    slow = plain.conv(n_out, size, stride=stride, initial=initial)

    def layer(p: Convolution, x: Padded, rng: Random, pull_input: bool) -> tuple[Padded, Pullback]:
        if stride == 1:
            return convolve_padded(p, x, pull_input=pull_input)
        y, pull = convolve(p, x.inner, stride=stride, pull_input=pull_input)

        def pull_conv(dy: Padded, out: Tree | None = None) -> tuple[Tree, Padded | None]:
            dp, dx = pull(dy.inner, out)
            return dp, pad(dx) if pull_input else None

        return pad(y), pull_conv

    return Part(slow.name, slow.make, layer)


def conv_relu(n_out: int, size: int = 3, *, initial: Initial = he_uniform) -> Net:
    """Return a convolution and ReLU, worked on together."""

    def layer(p: Convolution, x: Padded, rng: Random, pull_input: bool) -> tuple[Padded, Pullback]:
        return convolve_padded(p, x, bend=True, pull_input=pull_input)

    return Fused(net.sequence(conv(n_out, size, initial=initial), relu()), layer)


@dataclass(frozen=True)
class Fused(Net):
    """Parts in a row of which only the first has parameters, done by one function."""

    parts: Net
    layer: Layer

    def begin(self, rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        """Return the parts' parameters and the last one's shape."""
        return self.parts.begin(rng, shape, dtype)

    def run(self, parameters: Tree, x: Padded, rng: Random, pull_input: bool) -> tuple[Padded, Pullback]:
        """Return the function's value and pullback."""
        first, *others = parameters
        y, pull = self.layer(first, x, rng, pull_input)

        def pull_fused(dy: Padded, out: Tree | None = None) -> tuple[Tree, Padded | None]:
            dp, dx = pull(dy, None if out is None else out[0])
            return (dp, *others), dx

        return y, pull_fused

    def trace(self, rows: list[Row], shape: Shape, after: Tree) -> tuple[Shape, Tree]:
        """Add the parts' rows."""
        return self.parts.trace(rows, shape, after)


def batch_norm(running: RunningMoments) -> Part:
    """Return batch normalising, in training by the batch, whose moments ``running`` takes in."""
    slow = normalise.batch_norm(running)
    return normalise.Norm(slow.name, slow.make, _make_norm(running, bend=False), running)


def norm_relu(running: RunningMoments) -> Net:
    """Return batch normalising and ReLU, worked on together."""
    return Fused(net.sequence(batch_norm(running), relu()), _make_norm(running, bend=True))


def _make_norm(running: RunningMoments, *, bend: bool) -> Layer:
    def layer(p: GainShift, x: Padded, rng: Random, pull_input: bool) -> tuple[Padded, Pullback]:
        if rng is None:
            return padded_layers.batch_normalise(p, x, bend=bend, moments=running.moments)
        return padded_layers.batch_normalise(p, x, bend=bend, running=running)

    return layer


def relu() -> Part:
    """Return ReLU."""
    return _make_part(net.activation(activations.relu), padded_layers.relu)


def pool_mean() -> Part:
    """Return mean pooling by squares of 2 × 2."""
    return _make_part(plain.pool_mean(2), padded_layers.mean_pool)


def pool_max() -> Part:
    """Return maximum pooling by squares of 2 × 2."""
    return _make_part(plain.pool_max(2), padded_layers.max_pool)


def flatten() -> Part:
    """Return the part that makes rows of pictures, for affine layers."""
    return _make_part(net.flatten(), padded_layers.flatten)


def average() -> Part:
    """Return the part that gives the mean over all places of a picture, a number for each channel."""
    return _make_part(plain.average(), padded_layers.average)


def _make_part(slow: Part, function: Callable[[Padded], tuple[Any, padded_layers.PullPictures]]) -> Part:
    """Return a layer without parameters that does what the plain part does."""

    def layer(p: Tree, x: Padded, rng: Random, pull_input: bool) -> tuple[Any, Pullback]:
        y, pull = function(x)
        return y, lambda dy, out=None: ((), *pull(dy))

    return Part(slow.name, slow.make, layer)
