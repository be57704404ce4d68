"""The spatial LSTM: each cell of a map remembers what its left and its upper neighbour remembered.

For the cell in row i and column j of a map, with the input x, k units, and zeros beyond the edges,

    (g, o, i, fʳ, fᶜ) = (tanh, σ, σ, σ, σ)([x; h_{i,j−1}; h_{i−1,j}] A + b)
    c_{i,j} = g ⊙ i + c_{i,j−1} ⊙ fᶜ + c_{i−1,j} ⊙ fʳ
    h_{i,j} = tanh(c_{i,j} ⊙ o)

so that h has heard of all cells above and to the left. Both forget gates begin at one half, for a bias of
zero: a cell then starts as the mean of what its neighbours hold; with more it would grow from cell to cell.

This file is the formula, one cell after another; ``models.recurrent.spatial_diagonals`` computes the same by
anti-diagonals, many times as fast.

Shapes: x (n, rows, columns, n_in) → h (n, rows, columns, k); A (n_in + 2k, 5k), b (5k,).

References: L. Theis & M. Bethge 2015, *Generative Image Modeling Using Spatial LSTMs*, arXiv 1506.03478, sec.
2.2; A. Graves, S. Fernández & J. Schmidhuber 2007, *Multi-Dimensional Recurrent Neural Networks*, arXiv
0705.2011.
"""

from __future__ import annotations

from typing import Any, NamedTuple, TypeAlias

import numpy as np

from models.errors import InputError
from models.initial import Initial, glorot_uniform
from models.layers.activations import compute_logistic
from models.layers.affine import Affine, affine
from models.types import Array, Pullback

State: TypeAlias = tuple[Array, Array]  # h and c, each (batch, k)


class SpatialLSTM(NamedTuple):
    """The parameters of a spatial LSTM of k units over n_in inputs."""

    weight: Array  # A, (n_in + 2k, 5k): rows x, left h, upper h; columns g, o, i, fʳ, fᶜ
    bias: Array  # b, (5k,)


def make_spatial_lstm(
    rng: np.random.Generator, n_in: int, n_units: int, dtype: Any, *, initial: Initial = glorot_uniform
) -> SpatialLSTM:
    """Return new parameters, each gate's weights drawn for themselves, biases of zero."""
    gates = [initial(rng, (n_in + 2 * n_units, n_units), dtype) for _ in range(5)]
    return SpatialLSTM(np.concatenate(gates, axis=1), np.zeros(5 * n_units, dtype))


def spatial_step(p: SpatialLSTM, x: Array, left: State, upper: State) -> tuple[State, Pullback]:
    """Return (h, c) of one cell: ``x (batch, n_in)``, and the states of its left and its upper neighbour."""
    (h_left, c_left), (h_upper, c_upper) = left, upper
    n_in, k = x.shape[1], h_left.shape[1]
    z, pull_affine = affine(Affine(*p), np.concatenate([x, h_left, h_upper], axis=1))
    g = np.tanh(z[:, :k])
    o, i, f_row, f_column = np.split(compute_logistic(z[:, k:]), 4, axis=1)
    c = g * i + c_left * f_column + c_upper * f_row
    h = np.tanh(c * o)

    def pull_step(d_state: State, out: SpatialLSTM | None = None) -> tuple[Any, ...]:
        dh, dc = d_state
        d_inner = dh * (1 - h * h)  # of c ⊙ o
        dc = dc + d_inner * o
        dz = np.concatenate(
            [
                dc * i * (1 - g * g),
                d_inner * c * o * (1 - o),
                dc * g * i * (1 - i),
                dc * c_upper * f_row * (1 - f_row),
                dc * c_left * f_column * (1 - f_column),
            ],
            axis=1,
        )
        dp, d_inputs = pull_affine(dz, None if out is None else Affine(*out))
        dx, dh_left, dh_upper = np.split(d_inputs, [n_in, n_in + k], axis=1)
        return SpatialLSTM(*dp), dx, (dh_left, dc * f_column), (dh_upper, dc * f_row)

    return (h, c), pull_step


def spatial_lstm(p: SpatialLSTM, x: Array) -> tuple[Array, Pullback]:
    """Return h (n, rows, columns, k) of the maps ``x (n, rows, columns, n_in)``, cell by cell."""
    x = np.asarray(x, p.weight.dtype)
    check_maps(p, x)
    n, n_rows, n_columns, _ = x.shape
    k = len(p.bias) // 5
    nothing = (np.zeros((n, k), x.dtype), np.zeros((n, k), x.dtype))
    places = [(i, j) for i in range(n_rows) for j in range(n_columns)]
    h = np.empty((n, n_rows, n_columns, k), x.dtype)
    states: dict[tuple[int, int], State] = {}
    pulls: dict[tuple[int, int], Pullback] = {}
    for i, j in places:
        left, upper = states.get((i, j - 1), nothing), states.get((i - 1, j), nothing)
        states[i, j], pulls[i, j] = spatial_step(p, x[:, i, j], left, upper)
        h[:, i, j] = states[i, j][0]

    def pull_spatial_lstm(dh: Array, out: SpatialLSTM | None = None) -> tuple[SpatialLSTM, Array]:
        dp = SpatialLSTM(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        for part in dp:
            part[...] = 0
        dx = np.empty_like(x)
        d_states = {place: (dh[:, *place], np.zeros((n, k), x.dtype)) for place in places}
        for i, j in reversed(places):
            d_step, dx[:, i, j], d_left, d_upper = pulls[i, j](d_states[i, j])
            for part, more in zip(dp, d_step, strict=True):
                np.add(part, more, out=part)
            for place, (more_h, more_c) in (((i, j - 1), d_left), ((i - 1, j), d_upper)):
                if place in d_states:
                    d_h, d_c = d_states[place]
                    d_states[place] = (d_h + more_h, d_c + more_c)
        return dp, dx

    return h, pull_spatial_lstm


def check_maps(p: SpatialLSTM, x: Array) -> None:
    """Raise ``InputError`` unless ``x`` are maps of at least one cell, with the channels that ``p`` reads."""
    n_in = len(p.weight) - 2 * (len(p.bias) // 5)
    if x.ndim != 4 or x.shape[3] != n_in or 0 in x.shape:
        raise InputError(
            f"A spatial LSTM of {n_in} inputs cannot read the shape {x.shape}",
            where="spatial LSTM",
            remedy=f"Give maps as (maps, rows, columns, {n_in}), none of them empty.",
        )
