"""Convolutional cells: the gates are convolutions of input and state, and a place's cell is any cell's.

    a = x ⋆ W + h ⋆ U + b      h and a are maps; a has the channels of k gates
    s' = cell(a, s)            at each place of the map by itself, element by element

Here ⋆ is ``models.layers.convolution``; W may be "valid" and so make the maps smaller than the input, while U
is always "same": zeros stand around the state. Since channels come last, a map is a table with a row for each
place, and the cells of ``models.recurrent`` (``update_gate_cell``, ``lstm_cell``) serve as they are.
``step_maps`` is a step for ``scan``; ``run_maps`` gives the same states as that scan, but takes the input
through W for all steps at once. A state is a map, or a ``NamedTuple`` whose first leaf is what U sees.

Shapes: x (n, h, w, c_in), h (n, h', w', c), a (n, h', w', k·c); along a clip x (n, steps, h, w, c_in).

Reference: X. Shi et al. 2015, *Convolutional LSTM Network*, arXiv 1506.04214, sec. 3.1.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from models.errors import InputError
from models.initial import Initial, glorot_uniform
from models.layers.convolution import Convolution, Padding, convolve
from models.recurrent.cells import Cell, add_to_first
from models.recurrent.scan import check_steps
from models.tree import list_leaves, map_tree
from models.types import Array, Pullback, Tree


class ConvCell(NamedTuple):
    """The parameters of a convolutional cell with c channels and k gates."""

    inward: Convolution  # W (k_h, k_w, c_in, k·c) and b (k·c,)
    recurrent: Array  # U (r_h, r_w, c, k·c)


def init_conv_cell(
    rng: np.random.Generator,
    c_in: int,
    n_channels: int,
    *,
    n_gates: int,
    size: int = 3,
    recurrent_size: int = 3,
    initial: Initial = glorot_uniform,
    dtype: Any = np.float64,
) -> ConvCell:
    """Return new parameters, with square kernels and biases of 0."""
    inward = initial(rng, (size, size, c_in, n_gates * n_channels), dtype)
    recurrent = initial(rng, (recurrent_size, recurrent_size, n_channels, n_gates * n_channels), dtype)
    return ConvCell(Convolution(inward, np.zeros(n_gates * n_channels, dtype)), recurrent)


def step_maps(
    cell: Cell, p: ConvCell, state: Tree, x: Array, *, padding: Padding = "same"
) -> tuple[Tree, Pullback]:
    """Return the state after one step with the input ``x``; its pullback gives (dp, d_state, dx)."""
    state = map_tree(lambda leaf: np.asarray(leaf, p.recurrent.dtype), state)
    a, pull_inward = convolve(p.inward, x, padding=padding)
    check_maps(a, list_leaves(state))
    of_state, pull_recurrent = convolve(_without_bias(p), list_leaves(state)[0])
    after, pull_cell = _call_on_rows(cell, a + of_state, state)

    def pull_step(d_after: Tree, out: ConvCell | None = None) -> tuple[ConvCell, Tree, Array]:
        da, d_state = pull_cell(d_after)
        d_inward, dx = pull_inward(da, None if out is None else out.inward)
        d_recurrent, dh = pull_recurrent(da)
        dp = ConvCell(d_inward, d_recurrent.weight)
        if out is not None:
            np.copyto(out.recurrent, dp.recurrent)
            dp = out
        return dp, add_to_first(d_state, dh), dx

    return after, pull_step


def run_maps(
    cell: Cell, p: ConvCell, state: Tree, x: Array, *, padding: Padding = "same", pull_input: bool = True
) -> tuple[Tree, Pullback]:
    """Return the states after each step of the clips ``x`` (n, steps, h, w, c_in), (n, steps, h', w', c).

    ``state`` is the one before the first step. Where ``x`` is data, ``pull_input=False`` gives None for it.
    """
    check_steps(x)
    state = map_tree(lambda leaf: np.asarray(leaf, p.recurrent.dtype), state)
    n, n_steps = x.shape[:2]
    a, pull_inward = convolve(
        p.inward, x.reshape(n * n_steps, *x.shape[2:]), padding=padding, pull_input=pull_input
    )
    a = a.reshape(n, n_steps, *a.shape[1:])
    check_maps(a[:, 0], list_leaves(state))
    recurrent, states, pulls = _without_bias(p), [], []
    for t in range(n_steps):
        of_state, pull_recurrent = convolve(recurrent, list_leaves(state)[0])
        state, pull_cell = _call_on_rows(cell, a[:, t] + of_state, state)
        states.append(state)
        pulls.append((pull_cell, pull_recurrent))

    def pull_run(d_states: Tree, out: ConvCell | None = None) -> tuple[ConvCell, Tree, Array | None]:
        dp = map_tree(np.empty_like, p) if out is None else out
        dp.recurrent.fill(0)
        da, d_state = np.empty_like(a), None
        for t in range(n_steps - 1, -1, -1):
            d_after = map_tree(lambda leaf: leaf[:, t], d_states)  # noqa: B023  # called at once
            if d_state is not None:
                d_after = map_tree(np.add, d_after, d_state)
            pull_cell, pull_recurrent = pulls[t]
            da[:, t], d_state = pull_cell(d_after)
            d_recurrent, dh = pull_recurrent(da[:, t])
            np.add(dp.recurrent, d_recurrent.weight, out=dp.recurrent)
            d_state = add_to_first(d_state, dh)
        _, dx = pull_inward(da.reshape(n * n_steps, *a.shape[2:]), dp.inward)
        return dp, d_state, None if dx is None else dx.reshape(x.shape)

    return map_tree(lambda *leaves: np.stack(leaves, axis=1), *states), pull_run


def check_maps(a: Array, leaves: list[Array]) -> None:
    """Raise ``InputError`` unless the maps of the gates are as large as those of the state."""
    if any(leaf.shape[:3] != a.shape[:3] for leaf in leaves):
        raise InputError(
            f"Gates of the maps {a.shape[1:3]} meet a state of the shape {leaves[0].shape}",
            where="recurrent",
            remedy="Begin with as many maps of that size as there are clips.",
        )


def _without_bias(p: ConvCell) -> Convolution:
    return Convolution(p.recurrent, np.zeros(p.recurrent.shape[-1], p.recurrent.dtype))


def _call_on_rows(cell: Cell, a: Array, state: Tree) -> tuple[Tree, Callable[[Tree], tuple[Array, Tree]]]:
    """Let a cell see each place as a row, and give back maps; its pullback gives (da, d_state) as maps."""

    def to_rows(leaf: Array) -> Array:
        return leaf.reshape(-1, leaf.shape[-1])

    def to_maps(leaf: Array) -> Array:
        return leaf.reshape(*a.shape[:3], leaf.shape[-1])

    after, pull_cell = cell(to_rows(a), map_tree(to_rows, state))

    def pull_on_rows(d_after: Tree) -> tuple[Array, Tree]:
        da, d_state = pull_cell(map_tree(to_rows, d_after))
        return to_maps(da), map_tree(to_maps, d_state)

    return map_tree(to_maps, after), pull_on_rows
