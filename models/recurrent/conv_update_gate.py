"""The convolutional update-gate net: at each place of a map a gate says how much of its state stays.

    a = x ⋆ W + h ⋆ U + b          channels: c gates, then c candidates
    g = σ(a₁),  z = tanh a₂
    h' = g·h + (1 − g)·z
        dg = dh'·(h − z),   da₁ = dg·g·(1 − g)
        dz = dh'·(1 − g),   da₂ = dz·(1 − z²)
        dW, dx: the pullback of x ⋆ W at da;   dU and what dh gets beside dh'·g: that of h ⋆ U

It is ``models.recurrent.update_gate`` with convolutions in the place of its affine map. A net may look at one
picture several times: each look sees the picture and what the looks before made of it, and so sees further
around each place.

Shapes: x (n, h, w, c_in), h (n, h', w', c); W (k_h, k_w, c_in, 2c), b (2c,), U (r_h, r_w, c, 2c).

Reference: J. Collins, J. Sohl-Dickstein & D. Sussillo 2017, *Capacity and Trainability in Recurrent Neural
Networks*, arXiv 1611.09913, eq. 2 to 4 (its “UGRNN”); the gates by convolution are the article's own.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from models.initial import Initial, glorot_uniform
from models.layers.convolution import Padding
from models.recurrent.conv_cells import ConvCell, init_conv_cell, run_maps, step_maps
from models.recurrent.update_gate import update_gate_cell
from models.types import Array, Pullback

N_GATES = 2  # the gate and the candidate


def init_conv_update_gate(
    rng: np.random.Generator,
    c_in: int,
    n_channels: int,
    *,
    size: int = 3,
    recurrent_size: int = 3,
    initial: Initial = glorot_uniform,
    dtype: Any = np.float64,
) -> ConvCell:
    """Return new parameters for inputs of ``c_in`` channels and maps of ``n_channels``."""
    return init_conv_cell(
        rng, c_in, n_channels, n_gates=N_GATES, size=size, recurrent_size=recurrent_size, initial=initial,
        dtype=dtype,
    )  # fmt: skip


def conv_update_gate_step(
    p: ConvCell, h: Array, x: Array, *, padding: Padding = "same"
) -> tuple[Array, Pullback]:
    """Take one step: the state ``h (n, h', w', c)`` and ``x (n, h, w, c_in)`` to the state after it."""
    return step_maps(update_gate_cell, p, h, x, padding=padding)


def conv_update_gate_rnn(
    p: ConvCell, h: Array, x: Array, *, padding: Padding = "same", pull_input: bool = True
) -> tuple[Array, Pullback]:
    """Return the states (n, steps, h', w', c) along ``x (n, steps, h, w, c_in)``, ``h`` before them."""
    return run_maps(update_gate_cell, p, h, x, padding=padding, pull_input=pull_input)
