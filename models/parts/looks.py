"""Looking at one picture several times, as a part of a net: a convolutional update-gate net without a clip.

    h₀ = 0,   h_t = cell(x, h_{t−1}),   t = 1 … n_looks
        dx sums what all looks pass back; the parameters, which all looks share, get one sum as well

The last maps are what comes out.

Shapes: x (n, h, w, c_in) → maps (n, h', w', c).

References: those of ``models.recurrent.conv_update_gate``.
"""

from __future__ import annotations

import operator
from typing import Any

import numpy as np

from models.composition import Part, Random, Shape
from models.initial import Initial, glorot_uniform
from models.layers.convolution import Padding, find_extent
from models.parts.convolution import check_shape
from models.recurrent.conv_cells import ConvCell
from models.recurrent.conv_update_gate import conv_update_gate_rnn, init_conv_update_gate
from models.recurrent.scan import take_last
from models.types import Array, Pullback


def look_again(
    n_channels: int,
    *,
    n_looks: int = 2,
    size: int = 3,
    padding: Padding = "same",
    recurrent_size: int = 3,
    initial: Initial = glorot_uniform,
) -> Part:
    """Return the part that looks ``n_looks`` times: pictures (n, h, w, c) to maps (n, h', w', n_channels)."""
    n_channels, n_looks = operator.index(n_channels), operator.index(n_looks)

    def make(rng: np.random.Generator, shape: Shape, dtype: Any) -> tuple[ConvCell, Shape]:
        h, w, c_in = check_shape(shape, "A look")
        p = init_conv_update_gate(
            rng, c_in, n_channels, size=size, recurrent_size=recurrent_size, initial=initial, dtype=dtype
        )
        return p, (*(find_extent(side, size, padding, 1).n_out for side in (h, w)), n_channels)

    def layer(p: ConvCell, x: Array, rng: Random, pull_input: bool) -> tuple[Array, Pullback]:
        states, pull_run = look_at(p, x, n_looks=n_looks, padding=padding, pull_input=pull_input)
        last, pull_last = take_last(states)

        def pull_look(dy: Array, out: ConvCell | None = None) -> tuple[ConvCell, Array | None]:
            return pull_run(pull_last(dy)[0], out)

        return last, pull_look

    return Part(f"look {n_looks}×, {n_channels} channels {size}×{size}", make, layer)


def look_at(
    p: ConvCell, x: Array, *, n_looks: int, padding: Padding = "same", pull_input: bool = True
) -> tuple[Array, Pullback]:
    """Return the maps after each look at ``x (n, h, w, c)``, (n, n_looks, h', w', n_channels)."""
    size = p.inward.weight.shape
    maps = [find_extent(x.shape[1 + k], size[k], padding, 1).n_out for k in range(2)]
    before = np.zeros((len(x), *maps, p.recurrent.shape[2]), p.recurrent.dtype)
    clips = np.repeat(x[:, None], n_looks, axis=1)
    states, pull_run = conv_update_gate_rnn(p, before, clips, padding=padding, pull_input=pull_input)

    def pull_looks(d_states: Array, out: ConvCell | None = None) -> tuple[ConvCell, Array | None]:
        dp, _, d_clips = pull_run(d_states, out)
        return dp, None if d_clips is None else d_clips.sum(axis=1)

    return states, pull_looks
