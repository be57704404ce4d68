"""The intersection net, +RNN: a gate along time as in the update-gate net, and a gate along depth.

    a = [x, h] W + b                    W (m + n, 2n): gate, candidate of the state
    h' = gʰ·h + (1 − gʰ)·tanh a₂        gʰ = σ(a₁)
    e = [x, h] V + d                    V (m + n, 2m): gate, candidate of the depth output
    y = gʸ·x + (1 − gʸ)·relu e₂         gʸ = σ(e₁)
        dgʸ = dy·(x − relu e₂),         de₁ = dgʸ·gʸ·(1 − gʸ)
        de₂ = dy·(1 − gʸ) where e₂ > 0
        dx = dy·gʸ + what comes through a and e

An open gate hands on what it has, a closed one what it made: each output lies between the two. Nothing feeds
y back; so along a sequence the state is an update-gate net's, and all of y is one product more.

Shapes: x (batch, m) and h (batch, n) → h' (batch, n) and y (batch, m).

References: J. Collins, J. Sohl-Dickstein & D. Sussillo 2017, *Capacity and Trainability in Recurrent Neural
Networks*, arXiv 1611.09913, eq. 15 to 20 (its “+RNN”); R. K. Srivastava, K. Greff & J. Schmidhuber 2015,
*Highway Networks*, arXiv 1505.00387, eq. 3 (the gate along depth).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.layers.activations import compute_logistic
from models.layers.affine import Affine, affine
from models.recurrent.update_gate import update_gate_rnn, update_gate_step
from models.types import Array, Pullback


class Intersection(NamedTuple):
    """The parameters for m inputs and n units."""

    state: Affine  # (m + n, 2n): gate, candidate
    depth: Affine  # (m + n, 2m): gate, candidate


class Crossed(NamedTuple):
    """What a step gives; along a sequence its arrays are (batch, steps, …)."""

    hidden: Array  # (batch, n), h: goes on along time
    depth: Array  # (batch, m), y: goes on along depth; of the state before a step it is not read


def depth_gate(p: Affine, h: Array, x: Array) -> tuple[Array, Pullback]:
    """Return y (batch, m) for the state before the step, ``h`` (batch, n), and the input ``x`` (batch, m)."""
    m = x.shape[1]
    z = np.concatenate([x, h], axis=1, dtype=p.weight.dtype)
    e, pull_affine = affine(p, z)
    gate, candidate = compute_logistic(e[:, :m]), np.maximum(e[:, m:], 0)
    x = z[:, :m]

    def pull_depth(dy: Array, out: Affine | None = None) -> tuple[Affine, Array, Array]:
        de = np.empty_like(e)
        np.multiply(dy * (x - candidate), gate * (1 - gate), out=de[:, :m])
        np.multiply(dy * (1 - gate), candidate > 0, out=de[:, m:])
        dp, dz = pull_affine(de, out)
        return dp, dz[:, m:], dy * gate + dz[:, :m]

    return gate * x + (1 - gate) * candidate, pull_depth


def intersection_step(p: Intersection, state: Crossed, x: Array) -> tuple[Crossed, Pullback]:
    """Take one step with the input ``x`` (batch, m)."""
    h, pull_state = update_gate_step(p.state, state.hidden, x)
    y, pull_depth = depth_gate(p.depth, state.hidden, x)

    def pull_step(d: Crossed, out: Intersection | None = None) -> tuple[Intersection, Crossed, Array]:
        outs = (None, None) if out is None else out
        dp_depth, dh_depth, dx_depth = pull_depth(d.depth, outs[1])
        dp_state, dh, dx = pull_state(d.hidden, outs[0])
        before = Crossed(dh + dh_depth, np.zeros_like(state.depth))
        return Intersection(dp_state, dp_depth), before, dx + dx_depth

    return Crossed(h, y), pull_step


def intersection_rnn(p: Intersection, state: Crossed, x: Array) -> tuple[Crossed, Pullback]:
    """Return states and outputs along ``x`` (batch, steps, m): ``scan`` of the step, all outputs at once."""
    h, pull_state = update_gate_rnn(p.state, state.hidden, x)
    before = np.concatenate([state.hidden[:, None], h[:, :-1]], axis=1, dtype=h.dtype)
    y, pull_depth = depth_gate(p.depth, _merge(before), _merge(x))

    def pull_rnn(d: Crossed, out: Intersection | None = None) -> tuple[Intersection, Crossed, Array]:
        outs = (None, None) if out is None else out
        dp_depth, d_before, dx_depth = pull_depth(_merge(d.depth), outs[1])
        d_before = d_before.reshape(before.shape)
        dh = d.hidden.astype(h.dtype)  # a copy
        dh[:, :-1] += d_before[:, 1:]
        dp_state, dh_first, dx = pull_state(dh, outs[0])
        first = Crossed(dh_first + d_before[:, 0], np.zeros_like(state.depth))
        return Intersection(dp_state, dp_depth), first, dx + dx_depth.reshape(dx.shape)

    return Crossed(h, y.reshape(x.shape)), pull_rnn


def _merge(x: Array) -> Array:
    """Return (batch, steps, k) as (batch · steps, k)."""
    return x.reshape(-1, x.shape[-1])
