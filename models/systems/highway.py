"""Highway networks: layers that choose, unit by unit, how much of their input they let pass unchanged.

    H = f(x Wₕ + bₕ)            the candidate, f any activation
    T = logistic(x Wₜ + bₜ)     the transform gate
    A = x, or x Wₐ + bₐ         what is carried; an affine map where the widths differ
    y = H·T + A·(1 − T)
        dH = dy·T,  dT = dy·(H − A),  dA = dy·(1 − T)

The gate of the paper's plain form is coupled, with 1 − T for the carry gate C. Where bₜ is very negative T is
0 and the layer is the identity, with the gradient 1; where it is large, T is 1 and the layer is an affine map
and f. It begins at −1, so that a deep net first carries what came in, and learns where to change it. Both
products of x are one here: the columns of ``both`` are the candidate's, and then the gate's.

Shapes: x (n, n_in) → y (n, n_out).

Reference: R. K. Srivastava, K. Greff & J. Schmidhuber 2015, *Training Very Deep Networks*, arXiv 1507.06228,
eq. 3 to 5; in place of its padding, the affine map A is that of the article that the study repeats.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from models.composition import Part, Random, Shape
from models.errors import InputError
from models.initial import Initial, glorot_uniform, he_uniform
from models.layers.activations import compute_logistic, relu
from models.layers.affine import Affine, affine
from models.net import Net, dense, flatten, sequence
from models.types import Array, Pullback

GATE_BIAS = -1.0
Bend = Callable[[Array], tuple[Array, Pullback]]


class Highway(NamedTuple):
    """The parameters of a highway layer."""

    both: Affine  # (n_in, 2·n_out), (2·n_out,): Wₕ and Wₜ, bₕ and bₜ
    carry: Affine | tuple[()]  # (n_in, n_out), (n_out,): Wₐ, bₐ; () carries x itself


def highway(p: Highway, x: Array, *, bend: Bend = relu, pull_input: bool = True) -> tuple[Array, Pullback]:
    """Return y = H·T + A·(1 − T) for ``x`` of shape (batch, n_in), in the type of the weights.

    ``bend`` is f. Where ``x`` is data, which nobody moves, ``pull_input=False`` gives None as its gradient.
    """
    n = p.both.bias.size // 2
    x = np.asarray(x, p.both.weight.dtype)
    pre, pull_both = affine(p.both, x, pull_input=pull_input)
    candidate, pull_bend = bend(pre[:, :n])  # H
    gate = compute_logistic(pre[:, n:])  # T
    carried, pull_carry = x, None  # A
    if isinstance(p.carry, Affine):
        carried, pull_carry = affine(p.carry, x, pull_input=pull_input)
    lead = candidate - carried

    def pull_highway(dy: Array, out: Highway | None = None) -> tuple[Highway, Array | None]:
        d_pre = np.empty_like(pre)
        (d_pre[:, :n],) = pull_bend(dy * gate)
        d_pre[:, n:] = dy * lead * gate * (1 - gate)
        d_both, dx = pull_both(d_pre, None if out is None else out.both)
        d_carried = dy * (1 - gate)
        if pull_carry is None:
            return Highway(d_both, ()), dx + d_carried if pull_input else None
        d_carry, dx_carried = pull_carry(d_carried, None if out is None else out.carry)
        return Highway(d_both, d_carry), dx + dx_carried if pull_input else None

    return carried + lead * gate, pull_highway


def find_gate(p: Highway, x: Array) -> Array:
    """Return T, (n, n_out): how far each unit changes each row; 0 carries, 1 transforms."""
    return compute_logistic(affine(p.both, x)[0][:, p.both.bias.size // 2 :])


def highway_layer(
    n_out: int,
    *,
    bend: Bend = relu,
    gate_bias: float = GATE_BIAS,
    initial: Initial = he_uniform,
    carry_initial: Initial = glorot_uniform,
) -> Part:
    """Return a highway layer to ``n_out`` units as a part of a net; it takes rows of one axis.

    ``gate_bias`` is where bₜ begins; ``initial`` draws Wₕ, and ``carry_initial`` Wₐ where the widths differ
    (the gate's weights begin as ``glorot_uniform`` draws them).
    """
    n_out = operator.index(n_out)

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[Highway, Shape]:
        if len(shape) != 1 or isinstance(shape[0], tuple):
            raise InputError(
                f"A highway layer cannot take the shape {shape}",
                where="highway",
                remedy="Put flatten() before it.",
            )
        n_in = shape[0]
        weights = [draw(rng, (n_in, n_out), dtype) for draw in (initial, glorot_uniform)]
        bias = np.repeat(np.array([0, gate_bias], dtype), n_out)
        carry = (
            () if n_in == n_out else Affine(carry_initial(rng, (n_in, n_out), dtype), np.zeros(n_out, dtype))
        )
        return Highway(Affine(np.concatenate(weights, axis=1), bias), carry), (n_out,)

    def layer(p: Highway, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        return highway(p, x, bend=bend, pull_input=pull_input)

    return Part(f"highway {n_out}", make, layer)


def make_highway(
    n_classes: int,
    *,
    width: int = 64,
    n_layers: int = 4,
    between: tuple[Net, ...] = (),
    gate_bias: float = GATE_BIAS,
    carry_initial: Initial = glorot_uniform,
) -> Net:
    """Return highway layers of one width and the scores of the classes, for rows or pictures of any size.

    ``between`` stands behind each layer, such as ``dropout(0.8)``; ``gate_bias`` and ``carry_initial`` are as
    in ``highway_layer``. Softmax belongs to the loss (``models.losses.cross_entropy``).
    """
    parts: list[Net] = [flatten()]
    for _ in range(n_layers):
        parts += [highway_layer(width, gate_bias=gate_bias, carry_initial=carry_initial), *between]
    return sequence(*parts, dense(n_classes, glorot_uniform))
