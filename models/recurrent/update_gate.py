"""The update-gate net: one gate says for each unit how much of its state stays.

    a = [x, h] W + b                    W (m + n, 2n), b (2n,); columns: gate, candidate
    g = σ(a₁),  c = tanh a₂
    h' = g·h + (1 − g)·c
        dg = dh'·(h − c),   da₁ = dg·g·(1 − g)
        dc = dh'·(1 − g),   da₂ = dc·(1 − c²)
        dh = dh'·g + da Wₕᵀ

Where the gate is open (g = 1) the state stays, and so does its gradient: through any number of steps.

Shapes: x (batch, m) and h (batch, n) → h' (batch, n).

References: J. Collins, J. Sohl-Dickstein & D. Sussillo 2017, *Capacity and Trainability in Recurrent Neural
Networks*, arXiv 1611.09913, eq. 2 to 4 (its “UGRNN”).
"""

from __future__ import annotations

import numpy as np

from models.layers.activations import compute_logistic
from models.layers.affine import Affine
from models.recurrent.cells import run_cell, step_cell
from models.types import Array, Pullback


def update_gate_cell(a: Array, h: Array) -> tuple[Array, Pullback]:
    """Return g·h + (1 − g)·c for ``a`` (batch, 2n) and the state before, ``h`` (batch, n)."""
    n = h.shape[1]
    gate, candidate = compute_logistic(a[:, :n]), np.tanh(a[:, n:])

    def pull_update_gate(dh: Array, out: Array | None = None) -> tuple[Array, Array]:
        da = np.empty_like(a) if out is None else out
        np.multiply(dh * (h - candidate), gate * (1 - gate), out=da[:, :n])
        np.multiply(dh * (1 - gate), 1 - candidate * candidate, out=da[:, n:])
        return da, dh * gate

    return gate * h + (1 - gate) * candidate, pull_update_gate


def update_gate_step(p: Affine, h: Array, x: Array) -> tuple[Array, Pullback]:
    """Take one step: ``h`` (batch, n) and ``x`` (batch, m) to the state after it, (batch, n)."""
    return step_cell(update_gate_cell, p, h, x)


def update_gate_rnn(p: Affine, h: Array, x: Array) -> tuple[Array, Pullback]:
    """Return the states (batch, steps, n) along ``x`` (batch, steps, m), ``h`` being the one before them."""
    return run_cell(update_gate_cell, p, h, x)
