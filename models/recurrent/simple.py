"""The simple recurrent net: the state is a squashed affine map of the input and of the state before.

    a = [x, h] W + b            W (m + n, n), b (n,)
    h' = tanh a
        da = dh'·(1 − h'²)
        dh = da Wₕᵀ,  dx = da Wₓᵀ

Every gradient passes the same Wₕᵀ at each step, and so grows or fades like a power of its size.

Shapes: x (batch, m) and h (batch, n) → h' (batch, n).

References: J. L. Elman 1990, *Finding Structure in Time*; J. Collins, J. Sohl-Dickstein & D. Sussillo 2017,
*Capacity and Trainability in Recurrent Neural Networks*, arXiv 1611.09913, eq. 1 (its “RNN”).
"""

from __future__ import annotations

import numpy as np

from models.layers.activations import tanh
from models.layers.affine import Affine
from models.recurrent.cells import run_cell, step_cell
from models.types import Array, Pullback


def simple_cell(a: Array, h: Array) -> tuple[Array, Pullback]:
    """Return h' = tanh a; the state before, ``h``, is in ``a`` alone. Both are (batch, n)."""
    value, pull_tanh = tanh(a)

    def pull_simple(dh: Array, out: Array | None = None) -> tuple[Array, Array]:
        return *pull_tanh(dh, out), np.zeros_like(h)

    return value, pull_simple


def simple_step(p: Affine, h: Array, x: Array) -> tuple[Array, Pullback]:
    """Take one step: ``h`` (batch, n) and ``x`` (batch, m) to the state after it, (batch, n)."""
    return step_cell(simple_cell, p, h, x)


def simple_rnn(p: Affine, h: Array, x: Array) -> tuple[Array, Pullback]:
    """Return the states (batch, steps, n) along ``x`` (batch, steps, m), ``h`` being the one before them."""
    return run_cell(simple_cell, p, h, x)
