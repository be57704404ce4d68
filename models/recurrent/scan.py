"""The scan: one step, taken along a sequence with the same parameters at each place.

With a step sₜ = f(p, sₜ₋₁, xₜ) in value-and-pullback form and the gradient ds̄ₜ that comes from outside,

    s₁ … s_T = scan(f, p, s₀, x)
        dsₜ = ds̄ₜ + what the pullback of step t + 1 gives for its state
        dp = Σₜ what the pullback of step t gives for p

which is backpropagation through time. A loss at each step gives a gradient for every state, a loss at the end
only one for the last: ``take_last``. The state is an array or a tree of them. The parameters may be used in
any way that the step likes: nothing is flagged or flushed; but nobody moves them between value and pullback.

Shapes: x (batch, steps, …), each array of the state (batch, …) → of the states (batch, steps, …).

Reference: P. Werbos 1990, *Backpropagation Through Time: What It Does and How to Do It*, Proc. IEEE 78.
"""

from __future__ import annotations

from typing import Protocol

import numpy as np

from models.errors import InputError
from models.tree import list_leaves, map_tree
from models.types import Array, Pullback, Tree


class Step(Protocol):
    """One step: parameters, the state before it, its input → the state after it, of the same form."""

    def __call__(self, p: Tree, state: Tree, x: Array, /) -> tuple[Tree, Pullback]: ...


def scan(step: Step, p: Tree, state: Tree, x: Array) -> tuple[Tree, Pullback]:
    """Return the states after each step of ``x`` (batch, steps, …): leaves (batch, steps, …).

    ``state`` is the one before the first step, with leaves (batch, …). The pullback takes a gradient for all
    states and gives (dp, d_state, dx). Raises ``InputError`` where ``x`` has no step.
    """
    check_steps(x)
    states, pulls = [], []
    for t in range(x.shape[1]):
        state, pull = step(p, state, x[:, t])
        states.append(state)
        pulls.append(pull)
    value = map_tree(lambda *leaves: np.stack(leaves, axis=1), *states)

    def pull_scan(d_value: Tree, out: Tree | None = None) -> tuple[Tree, Tree, Array]:
        dp, d_state, dx = None, None, None
        for t in range(len(pulls) - 1, -1, -1):
            d_states = map_tree(lambda leaf: leaf[:, t], d_value)  # noqa: B023  # called at once
            if d_state is not None:
                d_states = map_tree(np.add, d_states, d_state)
            dp_t, d_state, dx_t = pulls[t](d_states)
            if dx is None:
                dp = map_tree(np.zeros_like, dp_t) if out is None else out
                map_tree(np.copyto, dp, dp_t)
                dx = np.empty((len(x), len(pulls), *dx_t.shape[1:]), dx_t.dtype)
            else:
                map_tree(lambda total, part: np.add(total, part, out=total), dp, dp_t)
            dx[:, t] = dx_t
        assert dx is not None
        return dp, d_state, dx

    return value, pull_scan


def check_steps(x: Array) -> None:
    """Raise ``InputError`` unless ``x`` is a sequence (batch, steps, …) of at least one step."""
    if x.ndim < 2 or x.shape[1] < 1:
        raise InputError(
            f"An array of the shape {x.shape} has no steps to go along",
            where="scan",
            remedy="Give (batch, steps, …) with at least one step.",
        )


def take_last(states: Tree) -> tuple[Tree, Pullback]:
    """Return the states after the last step, (batch, …), of those after every one, (batch, steps, …)."""

    def pull_last(d_last: Tree, out: Tree | None = None) -> tuple[Tree]:
        d_states = map_tree(np.empty_like, states) if out is None else out
        for d_leaf, d in zip(list_leaves(d_states), list_leaves(d_last), strict=True):
            d_leaf[:, :-1] = 0
            d_leaf[:, -1] = d
        return (d_states,)

    return map_tree(lambda leaf: leaf[:, -1], states), pull_last
