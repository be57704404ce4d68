"""Convolution: one small affine map, moved over a picture.

With the kernel w (k_h, k_w, c_in, c_out), the stride s, and x̄ the picture x with zeros around it,

    y[n, i, j, o] = Σ_{a, b, c} x̄[n, s·i + a, s·j + b, c] · w[a, b, c, o] + bias[o]
        dw[a, b, c, o] = Σ_{n, i, j} x̄[n, s·i + a, s·j + b, c] · dy[n, i, j, o]
        dx̄[n, s·i + a, s·j + b, c] += Σ_o dy[n, i, j, o] · w[a, b, c, o]

The window is not turned over: what nets call convolution is what signal processing calls correlation. Each
window is laid out as a row of k_h·k_w·c_in numbers, so that all of them take one matrix product. "valid"
puts no zeros around: y has ⌊(h − k_h)/s⌋ + 1 rows. "same" gives y ⌈h/s⌉ rows: as many as x where s = 1. Of
zero rows ⌊(k_h − 1)/2⌋ lie above, and below as many as the last window needs; likewise of columns (as in
PyTorch, where that many are asked for): with an odd kernel, y's places are x's places 0, s, 2s ….

Shapes: x (n, h, w, c_in) → y (n, h', w', c_out); bias (c_out,).

References: Y. LeCun et al. 1989, *Backpropagation Applied to Handwritten Zip Code Recognition*, sec. 3; V.
Dumoulin & F. Visin 2016, *A Guide to Convolution Arithmetic for Deep Learning*, arXiv 1603.07285, ch. 2
(the sizes); K. Chellapilla, S. Puri & P. Simard 2006, *High Performance Convolutional Neural Networks for
Document Processing* (the windows as rows of a matrix).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from models.errors import InputError
from models.types import Array, Pullback

Padding = Literal["same", "valid"]


class Convolution(NamedTuple):
    """The parameters of a convolution."""

    weight: Array  # (k_h, k_w, c_in, c_out)
    bias: Array  # (c_out,)


class Extent(NamedTuple):
    """How a kernel goes along one axis of a picture."""

    n_out: int
    before: int  # zeros before the axis
    after: int  # zeros after it


def convolve(
    p: Convolution, x: Array, *, padding: Padding = "same", stride: int = 1, pull_input: bool = True
) -> tuple[Array, Pullback]:
    """Return the convolution of ``x (n, h, w, c_in)``, (n, h', w', c_out), in the type of the weight.

    Where ``x`` is data, which nobody moves, ``pull_input=False`` gives None as its gradient. Raises
    ``InputError`` where ``x`` has other channels, or a "valid" kernel is larger than the picture.
    """
    k_h, k_w, c_in, c_out = p.weight.shape
    x = np.asarray(x, p.weight.dtype)
    check_pictures(x, c_in)
    n, h, w, _ = x.shape
    rows, columns = find_extent(h, k_h, padding, stride), find_extent(w, k_w, padding, stride)
    padded = np.pad(x, ((0, 0), rows[1:], columns[1:], (0, 0)))
    windows = sliding_window_view(padded, (k_h, k_w), axis=(1, 2))[:, ::stride, ::stride]
    flat = windows.transpose(0, 1, 2, 4, 5, 3).reshape(-1, k_h * k_w * c_in)  # a row for each place of y
    weight = p.weight.reshape(-1, c_out)
    y = flat @ weight
    np.add(y, p.bias, out=y)

    def pull_convolve(dy: Array, out: Convolution | None = None) -> tuple[Convolution, Array | None]:
        dp = Convolution(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        d_places = dy.reshape(-1, c_out)
        np.matmul(flat.T, d_places, out=dp.weight.reshape(-1, c_out))
        np.add.reduce(d_places, axis=0, out=dp.bias)
        if not pull_input:
            return dp, None
        d_windows = (d_places @ weight.T).reshape(n, rows.n_out, columns.n_out, k_h, k_w, c_in)
        d_padded = np.zeros_like(padded)
        for a in range(k_h):
            for b in range(k_w):
                reached = d_padded[:, a : a + stride * rows.n_out : stride]
                reached[:, :, b : b + stride * columns.n_out : stride] += d_windows[:, :, :, a, b]
        return dp, d_padded[:, rows.before : rows.before + h, columns.before : columns.before + w]

    return y.reshape(n, rows.n_out, columns.n_out, c_out), pull_convolve


def find_extent(length: int, kernel: int, padding: Padding, stride: int) -> Extent:
    """Return the places along an axis and the zeros around it; raise ``InputError`` where there is none."""
    if stride < 1 or padding not in ("same", "valid"):
        raise InputError(
            f"A convolution cannot go by the stride {stride} and the padding {padding!r}",
            where="convolution",
            remedy='Give a stride of at least 1, and "same" or "valid".',
        )
    if padding == "same":
        n_out = -(-length // stride)
        before = (kernel - 1) // 2
        return Extent(n_out, before, max((n_out - 1) * stride + kernel - length - before, 0))
    if kernel > length:
        raise InputError(
            f"A kernel of {kernel} has no place in a picture of {length}",
            where="convolution",
            remedy='Choose a smaller kernel, or the padding "same".',
        )
    return Extent((length - kernel) // stride + 1, 0, 0)


def check_pictures(x: Array, c_in: int) -> None:
    """Raise ``InputError`` unless ``x`` is a batch of pictures with so many channels."""
    if x.ndim != 4 or x.shape[-1] != c_in:
        raise InputError(
            f"A convolution of {c_in} channels cannot take the shape {x.shape}",
            where="convolution",
            remedy="Give pictures as (batch, height, width, channels).",
        )
