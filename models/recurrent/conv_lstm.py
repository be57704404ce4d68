"""Convolutional long short-term memory: a memory at each place of a map, written and read by its neighbours.

    a = x ⋆ W + h ⋆ U + b          channels: forget, input and output gate, then what might be written; c each
    f, i, o = σ(a₁), σ(a₂), σ(a₃),   g = tanh a₄
    c' = f·c + i·g
    h' = o·tanh c'
        the derivatives at a place are those of ``models.recurrent.lstm``: they give da, dc and no dh
        dW, dx: the pullback of x ⋆ W at da;   dU, dh: that of h ⋆ U at da

Clips of maps are what it is for: something that moves from one place to the next is met there by the state of
its neighbour. Without the peepholes of the paper's eq. 3 (the products W ∘ C), which later work leaves away.

Shapes: x (n, h, w, c_in), h and c (n, h', w', c); W (k_h, k_w, c_in, 4c), b (4c,), U (r_h, r_w, c, 4c).

Reference: X. Shi et al. 2015, *Convolutional LSTM Network: A Machine Learning Approach for Precipitation
Nowcasting*, arXiv 1506.04214, eq. 3.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from models.initial import Initial, glorot_uniform
from models.layers.convolution import Padding
from models.recurrent.conv_cells import ConvCell, init_conv_cell, run_maps, step_maps
from models.recurrent.lstm import Memory, lstm_cell
from models.types import Array, Pullback

N_GATES = 4


def init_conv_lstm(
    rng: np.random.Generator,
    c_in: int,
    n_channels: int,
    *,
    size: int = 3,
    recurrent_size: int = 3,
    forget_bias: float = 1.0,
    initial: Initial = glorot_uniform,
    dtype: Any = np.float64,
) -> ConvCell:
    """Return new parameters; the forget gates begin open by ``forget_bias``."""
    p = init_conv_cell(
        rng, c_in, n_channels, n_gates=N_GATES, size=size, recurrent_size=recurrent_size, initial=initial,
        dtype=dtype,
    )  # fmt: skip
    p.inward.bias[:n_channels] = forget_bias
    return p


def begin_memory(shape: tuple[int, int, int, int], dtype: Any = np.float64) -> Memory:
    """Return the state of zeros before the first step; ``shape`` is (n, h', w', c)."""
    return Memory(np.zeros(shape, dtype), np.zeros(shape, dtype))


def conv_lstm_step(
    p: ConvCell, state: Memory, x: Array, *, padding: Padding = "same"
) -> tuple[Memory, Pullback]:
    """Take one step: the maps ``state`` (n, h', w', c) and ``x (n, h, w, c_in)`` to the maps after it."""
    return step_maps(lstm_cell, p, state, x, padding=padding)


def conv_lstm(
    p: ConvCell, state: Memory, x: Array, *, padding: Padding = "same", pull_input: bool = True
) -> tuple[Memory, Pullback]:
    """Return the states (n, steps, h', w', c) along ``x (n, steps, h, w, c_in)``, ``state`` before them."""
    return run_maps(lstm_cell, p, state, x, padding=padding, pull_input=pull_input)
