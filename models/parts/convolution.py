"""Convolution, pooling and up-sampling as parts of a net: pictures (n, h, w, c) between them.

    net = sequence(conv(16), activation(relu), pool_mean(2), flatten(), dense(10))
    parameters, _ = net.init(rng, (28, 28, 1), dtype=np.float32)

Batch normalising of channels is ``models.parts.normalise.batch_norm``, which takes any number of axes.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from models.composition import Part, Random, Shape
from models.errors import InputError
from models.initial import Initial, he_uniform, zeros
from models.layers.convolution import Convolution, Padding, convolve, find_extent
from models.layers.pooling import check_size, max_pool, mean_pool
from models.layers.upsampling import find_sides, repeat_up
from models.types import Array, Pullback, Tree


def conv(
    n_out: int,
    size: int = 3,
    padding: Padding = "same",
    stride: int = 1,
    initial: Initial = he_uniform,
    bias: Initial = zeros,
) -> Part:
    """Return a convolution to ``n_out`` channels by kernels of ``size`` × ``size``."""
    n_out, size, stride = map(operator.index, (n_out, size, stride))

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Convolution, Shape]:
        h, w, c_in = check_shape(shape, "A convolution")
        places = (find_extent(side, size, padding, stride).n_out for side in (h, w))
        weight = initial(rng, (size, size, c_in, n_out), dtype)
        return Convolution(weight, bias(rng, (n_out,), dtype)), (*places, n_out)

    def layer(p: Convolution, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return convolve(p, x, padding=padding, stride=stride, pull_input=pull_input)

    notes = [f"conv {n_out}", f"{size}×{size}", *(["valid"] if padding == "valid" else [])]
    return Part(" ".join([*notes, *([f"by {stride}"] if stride > 1 else [])]), make, layer)


def pool_mean(size: int = 2) -> Part:
    """Return mean pooling by squares of ``size`` × ``size``."""
    return _make_pooling("mean pool", mean_pool, size)


def pool_max(size: int = 2) -> Part:
    """Return maximum pooling by squares of ``size`` × ``size``."""
    return _make_pooling("max pool", max_pool, size)


def average() -> Part:
    """Return the part that gives the mean over all places of a picture, a number for each channel."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        return (), check_shape(shape, "An average")[2:]

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        n_places = x.shape[1] * x.shape[2]

        def pull_average(dy: Array, out: Tree | None = None) -> tuple[Tree, Array]:
            return (), np.broadcast_to((dy / n_places)[:, None, None], x.shape)

        return x.mean(axis=(1, 2)), pull_average

    return Part("average", make, layer)


def repeat(size: int = 2, shape: tuple[int, int] | None = None) -> Part:
    """Return up-sampling by repetition, cut to ``shape`` (height, width) where that is given."""
    check_size(size)

    def make(rng: np.random.Generator, shape_in: Shape, dtype: Any) -> tuple[Tree, Shape]:
        h, w, c = check_shape(shape_in, "Up-sampling")
        return (), (*find_sides(h, w, size, shape), c)

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        y, pull = repeat_up(x, size=size, shape=shape)
        return y, lambda dy, out=None: ((), *pull(dy))

    return Part(f"repeat {size}×{size}", make, layer)


def _make_pooling(name: str, pool: Callable[..., tuple[Array, Pullback]], size: int) -> Part:
    check_size(size)

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        h, w, c = check_shape(shape, "Pooling")
        return (), (-(-h // size), -(-w // size), c)

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        y, pull = partial(pool, size=size)(x)
        return y, lambda dy, out=None: ((), *pull(dy))

    return Part(f"{name} {size}×{size}", make, layer)


def check_shape(shape: Shape, who: str) -> tuple[int, int, int]:
    """Return height, width and channels; raise ``InputError`` for any other shape."""
    if len(shape) != 3 or isinstance(shape[0], tuple):
        raise InputError(
            f"{who} cannot take the shape {shape}",
            where="net",
            remedy="Give pictures as (height, width, channels).",
        )
    return shape[0], shape[1], shape[2]
