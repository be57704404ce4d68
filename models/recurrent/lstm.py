"""Long short-term memory: a cell that is written, kept and read by three gates.

    a = [x, h] W + b                    W (m + n, 4n), b (4n,): eight matrices in one
    f, i, o = σ(a₁), σ(a₂), σ(a₃)       forget, input and output gate
    g = tanh a₄                         the activation, what might be written
    c' = f·c + i·g
    h' = o·tanh c'
        do = dh'·tanh c',               da₃ = do·o·(1 − o)
        dc'' = dc' + dh'·o·(1 − tanh² c')
        df = dc''·c,                    da₁ = df·f·(1 − f)
        di = dc''·g,                    da₂ = di·i·(1 − i)
        dg = dc''·i,                    da₄ = dg·(1 − g²)
        dc = dc''·f,                    dh = da Wₕᵀ

Along the cell a gradient is only multiplied by f. A loss at each step is a gradient for every h'. The form
that is made for speed stands in ``models.recurrent.lstm_flat``.

Shapes: x (batch, m), h and c (batch, n) → h' and c' (batch, n).

References: S. Hochreiter & J. Schmidhuber 1997, *Long Short-Term Memory*; F. Gers, J. Schmidhuber & F.
Cummins 2000, *Learning to Forget* (the forget gate); R. Jozefowicz, W. Zaremba & I. Sutskever 2015, *An
Empirical Exploration of Recurrent Network Architectures* (a forget gate that begins open). The formulas are
eq. 9 to 14 of J. Collins, J. Sohl-Dickstein & D. Sussillo 2017, arXiv 1611.09913, with tanh for s.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.layers.activations import compute_logistic
from models.layers.affine import Affine
from models.recurrent.cells import run_cell, step_cell
from models.types import Array, Pullback


class Memory(NamedTuple):
    """The state of an LSTM; along a sequence its arrays are (batch, steps, n)."""

    hidden: Array  # (batch, n), h: what the next step and the outside see
    cell: Array  # (batch, n), c


def lstm_cell(a: Array, state: Memory) -> tuple[Memory, Pullback]:
    """Return the state after a step with the pre-activations ``a`` (batch, 4n)."""
    n = state.cell.shape[1]
    gates, g = compute_logistic(a[:, : 3 * n]), np.tanh(a[:, 3 * n :])
    f, i, o = gates[:, :n], gates[:, n : 2 * n], gates[:, 2 * n :]
    c = f * state.cell + i * g
    squashed = np.tanh(c)

    def pull_lstm(d_state: Memory, out: Array | None = None) -> tuple[Array, Memory]:
        dh = d_state.hidden
        dc = d_state.cell + dh * o * (1 - squashed * squashed)
        da = np.empty_like(a) if out is None else out
        np.concatenate([dc * state.cell, dc * g, dh * squashed], axis=1, out=da[:, : 3 * n])
        da[:, : 3 * n] *= gates * (1 - gates)
        np.multiply(dc * i, 1 - g * g, out=da[:, 3 * n :])
        return da, Memory(np.zeros_like(state.hidden), dc * f)

    return Memory(o * squashed, c), pull_lstm


def lstm_step(p: Affine, state: Memory, x: Array) -> tuple[Memory, Pullback]:
    """Take one step with the input ``x`` (batch, m)."""
    return step_cell(lstm_cell, p, state, x)


def lstm(p: Affine, state: Memory, x: Array) -> tuple[Memory, Pullback]:
    """Return the states after each step of ``x`` (batch, steps, m), ``state`` being the one before them."""
    return run_cell(lstm_cell, p, state, x)
