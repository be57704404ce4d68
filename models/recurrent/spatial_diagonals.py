"""The spatial LSTM by anti-diagonals: cells with one i + j need only the diagonal before, and go together.

The same numbers as ``models.recurrent.spatial_lstm``, to rounding, in rows + columns − 1 steps. Inside,
arrays are feature-major. A diagonal's states lie by row, one row of zeros before them: then the left
neighbours (the same rows of the diagonal before) and the upper ones (one row less) are slices of it, and
what lies beyond the map's edges is zero:

    diagonal d − 1:  0   (0, d−1)  (1, d−2)  (2, d−3) …
    upper of d:      └───────┴─────────┘
    left of d:               └─────────┴─────────┘

One product a step takes the input, the bias and both neighbours to all gates. One exponential serves all
gates, as tanh z = 2σ(2z) − 1: the rows of the weights are multiplied by −2 and −1 beforehand. On the way
back, all gates' derivatives of a diagonal are two calls.

Shapes: x (n, rows, columns, n_in) → h (n, rows, columns, k).

References: those of ``models.recurrent.spatial_lstm``; A. van den Oord, N. Kalchbrenner & K. Kavukcuoglu
2016, *Pixel Recurrent Neural Networks*, arXiv 1601.06759, sec. 3.2 (an LSTM by diagonals).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.recurrent.spatial_lstm import SpatialLSTM, check_maps
from models.types import Array, Pullback


class Diagonal(NamedTuple):
    """One anti-diagonal of a map, and where its cells lie."""

    cells: slice  # of the map's cells, row by row
    here: slice  # its rows of states, counted from 1: 0 is beyond the edge
    upper: slice  # the rows of its upper neighbours in the diagonal before; the left ones are ``here``
    n_cells: int


def list_diagonals(n_rows: int, n_columns: int) -> list[Diagonal]:
    """Return a map's anti-diagonals from the upper left to the lower right."""
    diagonals = []
    for d in range(n_rows + n_columns - 1):
        first, end = max(0, d - n_columns + 1), min(n_rows, d + 1)
        start, step = first * n_columns + d - first, max(n_columns - 1, 1)  # one row down, one column back
        cells = slice(start, start + (end - first - 1) * step + 1, step)
        diagonals.append(Diagonal(cells, slice(first + 1, end + 1), slice(first, end), end - first))
    return diagonals


def spatial_lstm_by_diagonals(p: SpatialLSTM, x: Array, *, pull_input: bool = True) -> tuple[Array, Pullback]:
    """Return h (n, rows, columns, k) of the maps ``x (n, rows, columns, n_in)``, in the type of the weight.

    Where ``x`` is data, which nobody moves, ``pull_input=False`` gives None as its gradient.
    """
    dtype = p.weight.dtype
    x = np.asarray(x, dtype)
    check_maps(p, x)
    n, n_rows, n_columns, n_in = x.shape
    k = len(p.bias) // 5
    diagonals = list_diagonals(n_rows, n_columns)
    scales = np.repeat(np.array([-2, -1, -1, -1, -1], dtype), k)
    weight = np.concatenate([p.weight.T, p.bias[:, None]], axis=1) * scales[:, None]  # (5k, n_in + 2k + 1)
    x_cells = x.reshape(n, n_rows * n_columns, n_in)
    value = np.empty((n, n_rows * n_columns, k), dtype)
    h, c = np.zeros((2, len(diagonals) + 1, k, n_rows + 1, n), dtype)  # the first diagonal has none
    gates, inputs = [], []
    with np.errstate(over="ignore"):  # 1 / (1 + e^∞) is 0
        for d, (cells, here, upper, m) in enumerate(diagonals):
            z = np.empty((n_in + 2 * k + 1, m, n), dtype)
            z[:n_in] = x_cells[:, cells].transpose(2, 1, 0)
            z[n_in : n_in + k] = h[d, :, here]
            z[n_in + k : -1] = h[d, :, upper]
            z[-1] = 1
            gate = (weight @ z.reshape(len(z), m * n)).reshape(5, k, m, n)
            _bend(gate)
            g, o, i, f_row, f_column = gate
            c_new, h_new = c[d + 1, :, here], h[d + 1, :, here]
            np.multiply(g, i, out=c_new)
            np.add(c_new, c[d, :, here] * f_column, out=c_new)
            np.add(c_new, c[d, :, upper] * f_row, out=c_new)
            np.multiply(c_new, o, out=h_new)
            np.tanh(h_new, out=h_new)
            value[:, cells] = h_new.transpose(2, 1, 0)
            gates.append(gate)
            inputs.append(z)

    def pull_diagonals(dy: Array, out: SpatialLSTM | None = None) -> tuple[SpatialLSTM, Array | None]:
        dp = SpatialLSTM(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        dy_cells = dy.reshape(n, n_rows * n_columns, k)
        dx_cells = np.empty_like(x_cells) if pull_input else None
        back = np.ascontiguousarray(
            p.weight[0 if pull_input else n_in :]
        )  # to the inputs and both neighbours
        n_before = len(back) - 2 * k
        d_weight = np.zeros((len(p.weight) + 1, 5 * k), dtype)
        dh, dc = np.zeros((2, k, n_rows + 1, n), dtype)
        for d in range(len(diagonals) - 1, -1, -1):
            cells, here, upper, m = diagonals[d]
            gate, h_here = gates[d], h[d + 1, :, here]
            g, o, i, f_row, f_column = gate
            dz = gate * (1 - gate)  # σ' = σ (1 − σ)
            np.subtract(1, g * g, out=dz[0])  # tanh' = 1 − tanh²
            inner = (dh[:, here] + dy_cells[:, cells].transpose(2, 1, 0)) * (1 - h_here * h_here)
            d_cell = inner * o
            np.add(d_cell, dc[:, here], out=d_cell)
            dz[0] *= i
            dz[1] *= c[d + 1, :, here]
            dz[2] *= g
            dz[3] *= c[d, :, upper]
            dz[4] *= c[d, :, here]
            dz[1] *= inner
            dz[0] *= d_cell
            dz[2:] *= d_cell
            d_gates = dz.reshape(5 * k, m * n)
            d_weight += inputs[d].reshape(-1, m * n) @ d_gates.T
            d_inputs = (back @ d_gates).reshape(-1, m, n)
            if dx_cells is not None:
                dx_cells[:, cells] = d_inputs[:n_in].transpose(2, 1, 0)
            dh, dc = np.zeros((2, k, n_rows + 1, n), dtype)
            dh[:, here] = d_inputs[n_before : n_before + k]
            dh[:, upper] += d_inputs[n_before + k :]
            np.multiply(d_cell, f_column, out=dc[:, here])
            dc[:, upper] += d_cell * f_row
        np.copyto(dp.weight, d_weight[:-1])
        np.copyto(dp.bias, d_weight[-1])
        return dp, None if dx_cells is None else dx_cells.reshape(x.shape)

    return value.reshape(n, n_rows, n_columns, k), pull_diagonals


def _bend(gate: Array) -> None:
    """Turn −2z of the first gate into tanh z, and −z of the others into σ(z), in place."""
    np.exp(gate, out=gate)
    np.add(gate, 1, out=gate)
    np.reciprocal(gate, out=gate)
    np.multiply(gate[0], 2, out=gate[0])
    np.subtract(gate[0], 1, out=gate[0])
