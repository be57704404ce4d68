"""Cells whose every gate is an affine map of input and state: one step of them, and a whole sequence.

    z = [x, h]          (batch, m + n)
    a = z W + b         (batch, k), all gates in one product
    s' = cell(a, s)

where h, the first leaf of the state s, is what the affine map sees, and ``cell`` is the element-wise rest: a
function ``cell(a, s) -> (s', pullback)`` whose pullback gives (da, ds). W (m + n, k) holds the m rows of the
input first. ``step_cell`` is a step for ``scan``; ``run_cell`` gives the same states as that scan, but takes
the input through W in one product for all steps, and the gradient of W in one product at the end.

Shapes: x (batch, m) and h (batch, n) → a (batch, k) and s'; along a sequence x (batch, steps, m), and each
array of the states (batch, steps, n).

Reference: J. Collins, J. Sohl-Dickstein & D. Sussillo 2017, *Capacity and Trainability in Recurrent Neural
Networks*, arXiv 1611.09913, sec. 1.4, eq. 1 to 20: all its cells but the GRU have gates of this form.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from models.errors import InputError
from models.layers.affine import Affine, affine
from models.recurrent.scan import check_steps
from models.tree import list_leaves, map_tree
from models.types import Array, Pullback, Tree


class Cell(Protocol):
    """The element-wise part of a step."""

    def __call__(self, a: Array, state: Tree, /) -> tuple[Tree, Pullback]: ...


def step_cell(cell: Cell, p: Affine, state: Tree, x: Array) -> tuple[Tree, Pullback]:
    """Return the state after one step with the input ``x`` (batch, m); back come (dp, d_state, dx)."""
    state = map_tree(lambda leaf: np.asarray(leaf, p.weight.dtype), state)
    h = list_leaves(state)[0]
    check_widths(p, h, x)
    m = x.shape[1]
    a, pull_affine = affine(p, np.concatenate([x, h], axis=1, dtype=h.dtype))
    after, pull_cell = cell(a, state)

    def pull_step(d_after: Tree, out: Affine | None = None) -> tuple[Affine, Tree, Array]:
        da, d_state = pull_cell(d_after)
        dp, dz = pull_affine(da, out)
        return dp, add_to_first(d_state, dz[:, m:]), dz[:, :m]

    return after, pull_step


def run_cell(cell: Cell, p: Affine, state: Tree, x: Array) -> tuple[Tree, Pullback]:
    """Return the states after each step of ``x`` (batch, steps, m), as ``scan`` of ``step_cell`` does."""
    check_steps(x)
    state = map_tree(lambda leaf: np.asarray(leaf, p.weight.dtype), state)
    h = list_leaves(state)[0]
    check_widths(p, h, x[:, 0])
    n_rows, n_steps, m = x.shape
    of_input, of_state = p.weight[:m], p.weight[m:]
    x = np.asarray(x, h.dtype).swapaxes(0, 1).reshape(n_steps * n_rows, m)  # step by step, (steps · batch, m)
    a = (x @ of_input).reshape(n_steps, n_rows, len(p.bias))
    a += p.bias
    before, states, pulls = [], [], []
    for t in range(n_steps):
        h = list_leaves(state)[0]
        a[t] += h @ of_state
        before.append(h)
        state, pull = cell(a[t], state)
        states.append(state)
        pulls.append(pull)
    value = map_tree(lambda *leaves: np.stack(leaves, axis=1), *states)

    def pull_run(d_value: Tree, out: Affine | None = None) -> tuple[Affine, Tree, Array]:
        da, d_state = np.empty_like(a), None
        for t in range(n_steps - 1, -1, -1):
            d_states = map_tree(lambda leaf: leaf[:, t], d_value)  # noqa: B023  # called at once
            if d_state is not None:
                d_states = map_tree(np.add, d_states, d_state)
            da[t], d_state = pulls[t](d_states)
            d_state = add_to_first(d_state, da[t] @ of_state.T)
        flat = da.reshape(n_steps * n_rows, len(p.bias))
        dp = Affine(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        np.matmul(x.T, flat, out=dp.weight[:m])
        np.matmul(np.concatenate(before).T, flat, out=dp.weight[m:])
        np.add.reduce(flat, axis=0, out=dp.bias)
        return dp, d_state, (flat @ of_input.T).reshape(n_steps, n_rows, m).swapaxes(0, 1)

    return value, pull_run


def check_widths(p: Affine, h: Array, x: Array) -> None:
    """Raise ``InputError`` unless the weight has a row for each input and for each unit of the state."""
    if x.ndim != 2 or len(p.weight) != x.shape[1] + h.shape[1]:
        raise InputError(
            f"A cell with {len(p.weight)} rows of weights cannot take inputs of the shape {x.shape[1:]} "
            f"and {h.shape[1]} units",
            where="recurrent",
            remedy="Its rows are the inputs and the units together.",
        )


def add_to_first(state: Tree, extra: Array) -> Tree:
    """Return ``state`` with ``extra`` added to its first leaf."""
    if not isinstance(state, tuple):
        return state + extra
    return type(state)(state[0] + extra, *state[1:])  # a NamedTuple
