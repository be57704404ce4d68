"""A convolutional LSTM on clips, decoupled in time: it moves after each frame, by a guess of its gradient.

A clip x₁ … x_T goes through one convolutional LSTM, s_t = (h_t, c_t) = f(θ, s_{t−1}, x_t); an affine head
reads the last hidden maps, y = flat(h_T) W + b, and L is a mean over n clips. Behind each step but the last
an *interface* of its own guesses the gradient of a clip's own loss from the state and a context z, such as
the clip's label, through a narrow layer of r units:

    g_t = (flat(s_t, z) A_t + a_t) B_t + b_t                ≈ n·∂L/∂s_t;   g_T = n·∂L/∂s_T is known
        dθ_t = (∂s_t/∂θ)ᵀ g_t / n                           at once: θ moves before the next frame
        u_{t−1} = (∂s_t/∂s_{t−1})ᵀ g_t                      what step t passes back
        dA, da, dB, db of step t: the pullback of g_t at (g_t − u_t) / n, later, u_t being a constant

No gradient goes further back than one frame. The layer is narrow since a square map of states would have
(2·h·w·c)² weights. Guesses begin at 0, as the paper has it.

``train_at_once`` moves θ at each frame, as the article does. The gradients of all frames at one θ are those
of ``make_decoupled_objective``; where the guesses are true, they sum up to that of ``run_clips``.

Shapes: x (n, T, h, w, c_in); h_t and c_t (n, h, w, c); y (n, n_out); z (n, n_context).

References: M. Jaderberg et al. 2017, *Decoupled Neural Interfaces using Synthetic Gradients*, arXiv
1608.05343, sec. 2.2 (recurrent nets; 2.1 in the first version); X. Shi et al. 2015, *Convolutional LSTM
Network*, arXiv 1506.04214, eq. 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

import numpy as np

from models.composition import Part, Random, Shape
from models.initial import glorot_uniform, zeros
from models.layers.affine import Affine, affine
from models.optimizers import Adam, Optimizer
from models.recurrent.conv_cells import ConvCell
from models.recurrent.conv_lstm import begin_memory, conv_lstm, conv_lstm_step, init_conv_lstm
from models.recurrent.lstm import Memory
from models.recurrent.scan import take_last
from models.schedules import Schedule
from models.training import Step
from models.tree import list_leaves, map_tree, view_as
from models.types import Array, Pullback, Tree

Value = tuple[Array, Pullback]


class Interface(NamedTuple):
    """The parameters of one step's guesses."""

    inner: Affine  # A (2·h·w·c + n_context, r), a (r,)
    outer: Affine  # B (r, 2·h·w·c), b


class DecoupledClips(NamedTuple):
    """All parameters; ``tree.pack`` puts the cell's first."""

    cell: ConvCell  # θ
    head: Affine  # (h·w·c, n_out)
    interfaces: tuple[Interface, ...]  # of the steps but the last


def init_decoupled_clips(
    rng: np.random.Generator,
    shape: tuple[int, int, int, int],
    *,
    n_channels: int,
    n_out: int,
    n_context: int,
    n_narrow: int = 4,
    size: int = 3,
    dtype: Any = np.float64,
) -> DecoupledClips:
    """Return new parameters for clips of the ``shape`` (steps, h, w, c_in); those of the cell come first."""
    n_steps, *maps, c_in = shape
    wide = math.prod(maps) * n_channels
    cell = init_conv_lstm(rng, c_in, n_channels, size=size, recurrent_size=size, dtype=dtype)
    head = Affine(glorot_uniform(rng, (wide, n_out), dtype), zeros(rng, (n_out,), dtype))
    interfaces = tuple(
        Interface(
            Affine(
                glorot_uniform(rng, (2 * wide + n_context, n_narrow), dtype), zeros(rng, (n_narrow,), dtype)
            ),
            Affine(zeros(rng, (n_narrow, 2 * wide), dtype), zeros(rng, (2 * wide,), dtype)),
        )
        for _ in range(n_steps - 1)
    )
    return DecoupledClips(cell, head, interfaces)


def run_clips(p: DecoupledClips, *, x: Array) -> Value:
    """Return y (n, n_out) for clips ``x``, with the true pullback, through all steps.

    The interfaces play no part; their gradients are 0.
    """
    states, pull_lstm = conv_lstm(p.cell, _begin(p, x), x, pull_input=False)
    last, pull_last = take_last(states)
    y, pull_head = affine(p.head, last.hidden.reshape(len(x), -1))

    def pull_clips(dy: Array, out: DecoupledClips | None = None) -> tuple[DecoupledClips]:
        dp = map_tree(np.empty_like, p) if out is None else out
        map_tree(lambda leaf: leaf.fill(0), dp.interfaces)
        _, dh = pull_head(dy, dp.head)
        (d_states,) = pull_last(Memory(dh.reshape(last.hidden.shape), np.zeros_like(last.cell)))
        pull_lstm(d_states, dp.cell)
        return (dp,)

    return y, pull_clips


def make_joint_clips(
    n_channels: int, n_out: int, n_context: int, *, n_narrow: int = 4, size: int = 3
) -> Part:
    """Return it as one part with the true gradient; the clips are data and get none."""

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[DecoupledClips, Shape]:
        steps, h, w, c_in = shape
        p = init_decoupled_clips(
            rng, (steps, h, w, c_in), n_channels=n_channels, n_out=n_out, n_context=n_context,
            n_narrow=n_narrow, size=size, dtype=dtype,
        )  # fmt: skip
        return p, (n_out,)

    def layer(p: DecoupledClips, x: Array, rng: Random, pull_input: bool) -> Value:
        y, pull_clips = run_clips(p, x=x)
        return y, lambda dy, out=None: (*pull_clips(dy, out), None)

    return Part("decoupled convolutional LSTM", make, layer)


def guess_gradient(p: Interface, *, state: Memory, context: Array) -> tuple[Memory, Pullback]:
    """Return g for a ``state`` and a ``context (n, n_context)``, which are constants."""
    seen = np.concatenate([leaf.reshape(len(leaf), -1) for leaf in state] + [context], axis=1)
    narrow, pull_inner = affine(p.inner, seen, pull_input=False)
    flat, pull_outer = affine(p.outer, narrow)
    shape, wide = state.hidden.shape, flat.shape[1] // 2

    def pull_guess(d_guess: Memory, out: Interface | None = None) -> tuple[Interface]:
        dp = map_tree(np.empty_like, p) if out is None else out
        d_flat = np.concatenate([leaf.reshape(len(leaf), -1) for leaf in d_guess], axis=1)
        _, d_narrow = pull_outer(d_flat, dp.outer)
        pull_inner(d_narrow, dp.inner)
        return (dp,)

    return Memory(flat[:, :wide].reshape(shape), flat[:, wide:].reshape(shape)), pull_guess


def make_decoupled_objective(loss: Callable[..., Value]) -> Callable[..., Value]:
    """Return what ``models.training.train`` takes: the loss, and what moves all parameters, once a batch.

    It is called as ``objective(parameters, x=…, context=…, **truth)``; ``truth`` goes to ``loss``, a mean
    over clips. What it gives beside the loss is no pullback of it: the gradients are borrowed.
    """

    def objective(p: DecoupledClips, *, x: Array, context: Array, **truth: Any) -> Value:
        state, pulls, guesses = _begin(p, x), [], []
        for t in range(x.shape[1]):
            state, pull = conv_lstm_step(p.cell, state, x[:, t])
            pulls.append(pull)
            if t < len(p.interfaces):
                guesses.append(guess_gradient(p.interfaces[t], state=state, context=context))
        value, pull_end = _read(p.head, state, loss, truth)

        def borrow(d_loss: float, out: DecoupledClips | None = None) -> tuple[DecoupledClips]:
            dp = map_tree(np.empty_like, p) if out is None else out
            d_last, _ = pull_end(d_loss, dp.head)
            _, passed, _ = pulls[-1](d_last, dp.cell)
            for t in range(len(guesses) - 1, -1, -1):
                guess, pull_guess = guesses[t]
                d_state = map_tree(lambda leaf: leaf * (float(d_loss) / len(x)), guess)
                pull_guess(map_tree(np.subtract, d_state, passed), dp.interfaces[t])
                d_cell, passed, _ = pulls[t](d_state)
                map_tree(lambda total, part: np.add(total, part, out=total), dp.cell, d_cell)
            return (dp,)

        return value, borrow

    return objective


def train_at_once(
    flat: Array,
    parameters: DecoupledClips,
    batches: Iterable[Mapping[str, Any]],
    *,
    loss: Callable[..., Value],
    schedule: Schedule,
    optimize: Callable[[Array], Optimizer] = Adam,
) -> Iterator[Step]:
    """Move ``flat`` (whose views are ``parameters``) along the batches, and yield what each step saw.

    In a batch the cell moves after every frame; the head and the interfaces move at its end. ``optimize``
    makes an optimizer for either; a batch holds ``x``, ``context`` and what ``loss`` asks for by name.
    """
    gradient = np.empty_like(flat)
    dp = view_as(gradient, parameters)
    size = sum(leaf.size for leaf in list_leaves(parameters.cell))
    of_cell, of_rest = optimize(flat[:size]), optimize(flat[size:])
    p = parameters
    for number, batch in enumerate(batches):
        truth = {name: value for name, value in batch.items() if name not in ("x", "context")}
        x, rate, steepest = batch["x"], schedule(number), 0.0
        state, behind, seen = _begin(p, x), None, np.inf
        for t in range(x.shape[1]):
            state, pull = conv_lstm_step(p.cell, state, x[:, t])
            if t < len(p.interfaces):
                guess, pull_guess = guess_gradient(p.interfaces[t], state=state, context=batch["context"])
                d_state = map_tree(lambda leaf: leaf / len(x), guess)  # noqa: B023  # called at once
            else:
                value, pull_end = _read(p.head, state, loss, truth)
                d_state, _ = pull_end(1.0, dp.head)
                seen = float(value)
            _, passed, _ = pull(d_state, dp.cell)
            steepest = max(steepest, float(np.abs(gradient[:size]).max()))
            of_cell.step(flat[:size], gradient[:size], rate)
            if behind is not None:
                d_behind, pull_behind = behind
                pull_behind(map_tree(np.subtract, d_behind, passed), dp.interfaces[t - 1])
            if t < len(p.interfaces):
                behind = (d_state, pull_guess)
        steepest = max(steepest, float(np.abs(gradient[size:]).max()))
        of_rest.step(flat[size:], gradient[size:], rate)
        yield Step(number, seen, steepest)


def _begin(p: DecoupledClips, x: Array) -> Memory:
    """Return the state before the first frame."""
    recurrent = p.cell.recurrent
    return begin_memory((len(x), *x.shape[2:4], recurrent.shape[2]), recurrent.dtype)


def _read(
    head: Affine, state: Memory, loss: Callable[..., Value], truth: Mapping[str, Any]
) -> tuple[Array, Pullback]:
    """Return the loss of what the head reads in the last state; its pullback gives (d_state, d_head)."""
    y, pull_head = affine(head, state.hidden.reshape(len(state.hidden), -1))
    value, pull_loss = loss(y, **truth)

    def pull_read(d_loss: float, out: Tree | None = None) -> tuple[Memory, Affine]:
        d_head, dh = pull_head(pull_loss(d_loss)[0], out)
        return Memory(dh.reshape(state.hidden.shape), np.zeros_like(state.cell)), d_head

    return value, pull_read
