"""Nets in the words that they are composed of: parts in a row, side by side, branching, joining.

    net = sequence(dense(32), activation(relu), dropout(0.8), dense(1))
    parameters, _ = net.init(rng, (24,), dtype=np.float32)
    value, pullback = net(parameters, x)             # evaluation: dropout is the identity
    value, pullback = net(parameters, x, rng=rng)    # training
    d_parameters, dx = pullback(d_value)

A net with two inputs and two outputs is ``sequence(join(dense(8), dense(8)), branch(dense(7), dense(1)))``,
called as ``net(parameters, x1, x2)``; its value is then a tuple of two. ``tree.pack`` makes one flat buffer
of the parameters. A new layer becomes a part by ``Part(name, make, layer)``; see ``models.composition``.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Callable
from typing import Any

import numpy as np

from models.composition import Branch, Net, Parallel, Part, Random, Row, Sequence, Shape
from models.errors import InputError
from models.initial import Initial, glorot_uniform, zeros
from models.layers import dropout as dropout_layer
from models.layers.affine import Affine, affine
from models.types import Array, Pullback, Tree

__all__ = [
    "Net",
    "Part",
    "Row",
    "activation",
    "add",
    "branch",
    "concatenate",
    "dense",
    "dropout",
    "flatten",
    "join",
    "parallel",
    "sequence",
]


def sequence(*parts: Net) -> Net:
    """Return ``parts`` in a row: each takes what the one before it gives."""
    return Sequence(parts)


def parallel(*parts: Net) -> Net:
    """Return ``parts`` side by side, each with an input and an output of its own."""
    return Parallel(parts)


def branch(*parts: Net) -> Net:
    """Return ``parts`` that all take the same input; each has its own output."""
    return Branch(parts)


def join(*parts: Net) -> Net:
    """Return ``parts`` with an input each, whose outputs become one, end to end."""
    return Sequence((Parallel(parts), concatenate()))


def dense(n_out: int, initial: Initial = glorot_uniform, bias: Initial = zeros) -> Part:
    """Return an affine layer to ``n_out`` units, its parameters an ``Affine``; it takes rows of one axis."""
    n_out = operator.index(n_out)  # a number of NumPy's too, as a search over settings gives it

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Affine, Shape]:
        if len(shape) != 1 or isinstance(shape[0], tuple):
            raise InputError(
                f"A dense layer cannot take the shape {shape}",
                where="net",
                remedy="Put flatten() or concatenate() before it.",
            )
        weight = initial(rng, (shape[0], n_out), dtype)
        return Affine(weight, bias(rng, (n_out,), dtype)), (n_out,)

    def layer(p: Affine, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return affine(p, x, pull_input=pull_input)

    return Part(f"dense {n_out}", make, layer)


def activation(function: Callable[[Array], tuple[Array, Pullback]], name: str = "") -> Part:
    """Return a function of one array, without parameters and of the same shape, as a part."""

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return _without_parameters(*function(x))

    return Part(name or getattr(function, "__name__", "activation"), _keep_shape, layer)


def dropout(keep_probability: float) -> Part:
    """Return dropout: it keeps each value with ``keep_probability``, above 0 and at most 1."""
    dropout_layer.check_probability(keep_probability)

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return _without_parameters(*dropout_layer.dropout(x, keep_probability=keep_probability, rng=rng))

    return Part(f"dropout {keep_probability:g}", _keep_shape, layer)


def flatten() -> Part:
    """Return the part that makes one axis of all but the batch."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        return (), (math.prod(shape),)

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return x.reshape(len(x), math.prod(x.shape[1:])), lambda dy, out=None: ((), dy.reshape(x.shape))

    return Part("flatten", make, layer)


def concatenate() -> Part:
    """Return the part that puts several arrays end to end, along their last axis."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        if not isinstance(shape[0], tuple) or len({s[:-1] for s in shape}) > 1:
            raise InputError(
                f"There is nothing to put end to end in the shape {shape}",
                where="net",
                remedy="Put join() or branch() before it.",
            )
        return (), (*shape[0][:-1], sum(s[-1] for s in shape))

    def layer(p: Tree, x: tuple[Array, ...], rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        ends = np.cumsum([part.shape[-1] for part in x])[:-1]
        return np.concatenate(x, axis=-1), lambda dy, out=None: ((), tuple(np.split(dy, ends, axis=-1)))

    return Part("concatenate", make, layer)


def add() -> Part:
    """Return the part that adds arrays of one shape; each gets the whole gradient."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        if len(set(shape)) != 1 or not isinstance(shape[0], tuple):
            raise InputError(
                f"The shapes {shape} cannot be added",
                where="net",
                remedy="Put a branch() before it, whose parts give one shape.",
            )
        return (), shape[0]

    def layer(p: Tree, x: tuple[Array, ...], rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return sum(x[1:], start=x[0]), lambda dy, out=None: ((), (dy,) * len(x))

    return Part("add", make, layer)


def _keep_shape(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
    return (), shape


def _without_parameters(value: Array, pull: Pullback) -> tuple[Array, Pullback]:
    """Give a function of one array the pullback of a part: no parameters, then the array's gradient."""
    return value, lambda dy, out=None: ((), *pull(dy))
