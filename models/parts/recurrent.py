"""Recurrent layers as parts of a net (``models.net``): sequences (batch, steps, m) go in, and come out.

    net = sequence(lstm(16), last(), dense(1))          one answer for each sequence
    net = sequence(update_gate(16), each_step(dense(1)))    one at each step

Each begins with a state of zeros. An update or forget gate begins open, so that a new net remembers.

References: R. Jozefowicz, W. Zaremba & I. Sutskever 2015, *An Empirical Exploration of Recurrent Network
Architectures* (the forget gate's bias of 1); A. M. Saxe, J. L. McClelland & S. Ganguli 2014, *Exact Solutions
to the Nonlinear Dynamics of Learning in Deep Linear Neural Networks*, arXiv 1312.6120, sec. 3 (orthogonal
weights).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from models.composition import Net, Part, Random, Shape
from models.errors import InputError
from models.initial import glorot_uniform
from models.layers.affine import Affine
from models.recurrent.intersection import Crossed, Intersection, intersection_rnn
from models.recurrent.lstm import Memory
from models.recurrent.lstm_flat import lstm_flat
from models.recurrent.scan import take_last
from models.recurrent.simple import simple_rnn
from models.recurrent.update_gate import update_gate_rnn
from models.types import Array, Pullback, Tree

OPEN = 1.0  # the bias with which a gate begins

Run = Callable[[Tree, Array, bool], tuple[Array, Pullback]]  # p, sequence, pull_input → sequence; (dp, dx)


def simple(n_units: int) -> Part:
    """Return a simple recurrent layer of ``n_units``."""

    def run(p: Affine, x: Array, pull_input: bool) -> tuple[Array, Pullback]:
        value, pull = simple_rnn(p, _begin(p, x, n_units), x)
        return value, _without_state(pull)

    return _make_part("simple RNN", n_units, n_units, run, opened=0)


def update_gate(n_units: int) -> Part:
    """Return an update-gate layer of ``n_units``."""

    def run(p: Affine, x: Array, pull_input: bool) -> tuple[Array, Pullback]:
        value, pull = update_gate_rnn(p, _begin(p, x, n_units), x)
        return value, _without_state(pull)

    return _make_part("update gate", n_units, 2 * n_units, run, opened=n_units)


def lstm(n_units: int) -> Part:
    """Return an LSTM layer of ``n_units``; what comes out is h."""

    def run(p: Affine, x: Array, pull_input: bool) -> tuple[Array, Pullback]:
        zeros = _begin(p, x, n_units)
        value, pull = lstm_flat(p, Memory(zeros, zeros), x, pull_input=pull_input)

        def pull_hidden(dy: Array, out: Affine | None = None) -> tuple[Affine, Array | None]:
            nothing = np.zeros((1, 1, 1), dy.dtype)  # nobody sees c
            dp, _, dx = pull(Memory(dy, nothing), out)
            return dp, dx

        return value.hidden, pull_hidden

    return _make_part("LSTM", n_units, 4 * n_units, run, opened=n_units)


def intersection(n_units: int) -> Part:
    """Return an intersection layer of ``n_units``; what comes out is y, as wide as the input."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Intersection, Shape]:
        _, m = _check_shape(shape)
        state = _draw(rng, m, n_units, 2 * n_units, dtype, opened=n_units)
        depth = _draw(rng, m, n_units, 2 * m, dtype, opened=m)
        return Intersection(state, depth), shape

    def layer(p: Intersection, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        x = np.asarray(x, p.state.weight.dtype)
        value, pull = intersection_rnn(p, Crossed(_begin(p.state, x, n_units), x[:, 0]), x)

        def pull_depth(dy: Array, out: Intersection | None = None) -> tuple[Intersection, Array]:
            dp, _, dx = pull(Crossed(np.zeros_like(value.hidden), dy), out)
            return dp, dx

        return value.depth, pull_depth

    return Part(f"intersection {n_units}", make, layer)


def last() -> Part:
    """Return the part that hands on the last step of a sequence alone."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        return (), _check_shape(shape)[1:]

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        value, pull = take_last(x)
        return value, lambda dy, out=None: ((), *pull(dy))

    return Part("last step", make, layer)


def each_step(net: Net) -> Part:
    """Return ``net``, which takes rows, as a part that takes every step of a sequence as one."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Tree, Shape]:
        n_steps, m = _check_shape(shape)
        p, after = net.begin(rng, (m,), dtype)
        return p, (n_steps, *after)

    def layer(p: Tree, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        value, pull = net.run(p, x.reshape(-1, x.shape[-1]), rng, pull_input)

        def pull_steps(dy: Array, out: Tree | None = None) -> tuple[Tree, Array | None]:
            dp, dx = pull(dy.reshape(value.shape), out)
            return dp, None if dx is None else dx.reshape(x.shape)

        return value.reshape(*x.shape[:2], *value.shape[1:]), pull_steps

    name = getattr(net, "name", "net")
    return Part(f"{name} at each step", make, layer)


def _make_part(name: str, n_units: int, n_columns: int, run: Run, *, opened: int) -> Part:
    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Affine, Shape]:
        n_steps, m = _check_shape(shape)
        return _draw(rng, m, n_units, n_columns, dtype, opened=opened), (n_steps, n_units)

    def layer(p: Affine, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return run(p, x, pull_input)

    return Part(f"{name} {n_units}", make, layer)


def _draw(
    rng: np.random.Generator, m: int, n_units: int, n_columns: int, dtype: Any, *, opened: int
) -> Affine:
    """Draw parameters: for the inputs, orthogonal ones for the units, and ``opened`` biases of open gates."""
    weight = np.empty((m + n_units, n_columns))
    weight[:m] = glorot_uniform(rng, (m, n_columns), np.float64)
    drawn = np.linalg.qr(rng.normal(size=(max(n_columns, n_units), n_units)))[0]  # orthonormal columns
    weight[m:] = drawn[:n_columns].T
    bias = np.zeros(n_columns)
    bias[:opened] = OPEN
    return Affine(weight.astype(dtype), bias.astype(dtype))


def _begin(p: Affine, x: Array, n_units: int) -> Array:
    return np.zeros((len(x), n_units), p.weight.dtype)


def _without_state(pull: Pullback) -> Pullback:
    """Give the pullback of a part: (dp, dx), the state before the first step being a constant."""

    def pull_part(dy: Array, out: Tree | None = None) -> tuple[Tree, Array]:
        dp, _, dx = pull(dy, out)
        return dp, dx

    return pull_part


def _check_shape(shape: Shape) -> Shape:
    """Raise ``InputError`` unless ``shape`` is that of a sequence, (steps, m)."""
    if len(shape) != 2 or isinstance(shape[0], tuple):
        raise InputError(
            f"A recurrent layer cannot take the shape {shape}",
            where="net",
            remedy="Give it sequences (batch, steps, inputs).",
        )
    return shape
