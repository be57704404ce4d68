"""The convolution of 3×3 again, without a copy of any window: the fast path beside ``convolution.py``.

In the layout of ``padded.py`` the three places of a kernel's row lie side by side in memory: 3·c numbers
that begin at the place on the left. Those of the places 0, 3, 6 … follow each other without a gap, and so
do those of 1, 4, 7 … and of 2, 5, 8 …: three matrices of 3·c columns, where they lie. With the kernel's rows
w_a (3·c_in, c_out), a = 0, 1, 2, and X_{a,r} the matrix of the r-th third of the places, seen a rows lower,

    Y_r = Σ_a X_{a,r} w_a + bias
        dw_a = Σ_r X_{a,r}ᵀ dY_r,   dX = dY by the same way, with the kernel turned over and transposed

which is nine products that NumPy hands to BLAS as they are. Of few channels the products would be too
narrow; there the nine numbers a channel are copied to columns.

Shapes: Padded (n, h, w, c_in) → Padded (n, h, w, c_out), stride 1, as many places as before ("same").

References: those of ``models.layers.convolution``.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.layers.convolution import Convolution, check_pictures
from models.layers.padded import Padded, make_padded
from models.layers.room import empty
from models.types import Array, Pullback

FEW = 4  # channels, up to which columns are copied
AT_ONCE = 2**16  # numbers of a result that are worked on together: three sums of them stay in the cache


def convolve_padded(
    p: Convolution, x: Padded, *, bend: bool = False, pull_input: bool = True
) -> tuple[Padded, Pullback]:
    """Return the convolution of ``x`` by 3×3, or by 1×1, in the type of the weight.

    With ``bend``, ReLU follows: each stretch of results is bent while it is still in the cache.
    """
    x = x.like(x.rows.astype(p.weight.dtype, copy=False))
    check_pictures(x.inner, p.weight.shape[2])
    y = make_padded((*x.shape[:3], p.weight.shape[-1]), x.rows.dtype)
    bias, zeros = y.tile(p.bias), np.zeros(y.rows.shape[1:], y.rows.dtype)

    def finish(rows: Array) -> None:
        np.add(rows, bias, out=rows)
        if bend:
            np.maximum(rows, zeros, out=rows)

    slide(x, p.weight, y, finish)
    y.clear()

    def pull_convolve(dy: Padded, out: Convolution | None = None) -> tuple[Convolution, Padded | None]:
        dp = Convolution(np.empty_like(p.weight), np.empty_like(p.bias)) if out is None else out
        dz = dy.where_above_zero(y) if bend else dy
        gather(x, dz, dp.weight)
        dp.bias[...] = dz.sum_channels(dz.rows)
        if not pull_input:
            return dp, None
        dx = make_padded(x.shape, x.rows.dtype)
        slide(dz, np.ascontiguousarray(p.weight[::-1, ::-1].transpose(0, 1, 3, 2)), dx)
        return dp, dx.clear()

    return y, pull_convolve


def slide(x: Padded, kernel: Array, y: Padded, finish: Callable[[Array], None] | None = None) -> None:
    """Write to the places of ``y`` what ``kernel (3, 3, c, c')`` or (1, 1, c, c') makes of ``x``.

    ``finish`` changes results in place, some rows of ``y.body`` at a time. The zeros of ``y`` are not zeros
    afterwards.
    """
    c, c_out = kernel.shape[2:]
    if len(kernel) == 1:
        np.matmul(x.rows, kernel[0, 0], out=y.rows)
    elif c <= FEW:
        columns = copy_columns(x)
        np.matmul(columns.reshape(9 * c, -1).T, kernel.reshape(9 * c, c_out), out=find_places(y))
    else:
        slide_thirds(x, kernel.reshape(3, 1, 3 * c, c_out), y, finish)
        return
    if finish is not None:
        finish(y.body)


def slide_thirds(x: Padded, weight: Array, y: Padded, finish: Callable[[Array], None] | None) -> None:
    """Do so by the thirds of the places, a stretch of whole rows of ``y`` at a time."""
    c_out, width = weight.shape[-1], y.w + 1
    thirds, target = view_thirds(x), find_places(y)
    step = max(AT_ONCE // (3 * c_out * width), 1) * width
    sums = empty((3, min(step, thirds.shape[2]), 3, c_out), x.rows.dtype)
    for start in range(0, thirds.shape[2], step):
        part = thirds[:, :, start : start + step]
        by_row = sums[:, : part.shape[2]]
        np.matmul(part, weight, out=by_row.transpose(0, 2, 1, 3))
        result = target[3 * start : 3 * (start + part.shape[2])].reshape(-1, 3, c_out)
        np.add(by_row[0], by_row[1], out=result)
        np.add(result, by_row[2], out=result)
        if finish is not None:
            first = 3 * start // width
            finish(y.body[first : first + 3 * step // width])


def gather(x: Padded, dy: Padded, d_kernel: Array) -> None:
    """Write to ``d_kernel`` the gradient of the kernel that made ``dy``'s value of ``x``."""
    c, c_out = d_kernel.shape[2:]
    if len(d_kernel) == 1:
        np.matmul(x.rows.reshape(-1, c).T, dy.rows.reshape(-1, c_out), out=d_kernel[0, 0])
        return
    places = find_places(dy)
    if c <= FEW:
        d_columns = copy_columns(x).reshape(9 * c, -1) @ places
        d_kernel[...] = d_columns.reshape(d_kernel.shape)
        return
    thirds = view_thirds(x).transpose(0, 1, 3, 2)
    d_thirds = thirds @ places.reshape(-1, 3, c_out).transpose(1, 0, 2)  # (3, 3, 3·c, c_out)
    np.add.reduce(d_thirds, axis=1, out=d_kernel.reshape(3, 3 * c, c_out))


def find_places(x: Padded) -> Array:
    """Return the places of the pictures, and up to two more, as rows whose number 3 divides."""
    c, start = x.shape[-1], (1 + x.n) * (x.w + 1)
    return x.rows.reshape(-1, c)[start : start + 3 * count_thirds(x)]


def view_thirds(x: Padded) -> Array:
    """Return X_{a,r} as a view, (3, 3, n_thirds, 3·c)."""
    down, right, number = find_strides(x)
    shape = (3, 3, count_thirds(x), 3 * x.shape[-1])
    return view_from_corner(x, shape, (down, right, 3 * right, number))


def copy_columns(x: Padded) -> Array:
    """Return the nine places around each place, (3, 3, c, 3·n_thirds)."""
    down, right, number = find_strides(x)
    shape = (3, 3, x.shape[-1], 3 * count_thirds(x))
    return view_from_corner(x, shape, (down, right, number, right)).copy()


def view_from_corner(x: Padded, shape: tuple[int, ...], strides: tuple[int, ...]) -> Array:
    """Return a view that begins above and to the left of the first place; NumPy checks that it ends in x."""
    corner = x.w * x.rows.strides[1]
    return np.ndarray(shape, x.rows.dtype, np.ascontiguousarray(x.rows), corner, strides)


def find_strides(x: Padded) -> tuple[int, int, int]:
    """Return how many bytes lie to the next place below, to that on the right, and to the next number."""
    row, right, number = x.rows.strides
    return x.n * row, right, number


def count_thirds(x: Padded) -> int:
    """Return a third of the number of places, rounded up."""
    return -(-x.h * x.n * (x.w + 1) // 3)
