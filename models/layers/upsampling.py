"""Up-sampling by repetition: each place of a picture becomes a square of its own number.

With squares of s × s places, 0 ≤ a, b < s, and the picture x,

    y[n, s·i + a, s·j + b] = x[n, i, j]
        dx[n, i, j] = Σ_{a, b} dy[n, s·i + a, s·j + b]

Pooling a side of 7 by 2 gives 4, of which repetition makes 8: cut to 7, it is pooling's mirror.

Shapes: x (n, h, w, c) → y (n, s·h, s·w, c), or cut to the sides that are asked for.

Compare M. Zeiler, G. Taylor & R. Fergus 2011, *Adaptive Deconvolutional Networks*, whose unpooling puts a
number back where *switches* say that its square's maximum was.
"""

from __future__ import annotations

import numpy as np

from models.errors import InputError
from models.layers.pooling import check_size, iter_places, meet
from models.types import Array, Pullback


def repeat_up(x: Array, *, size: int = 2, shape: tuple[int, int] | None = None) -> tuple[Array, Pullback]:
    """Return ``x (n, h, w, c)`` with each place repeated, (n, h·size, w·size, c), cut to ``shape``.

    Raises ``InputError`` for a shape that repetition does not reach, or that leaves a place out.
    """
    check_size(size)
    n, h, w, c = x.shape
    rows, columns = find_sides(h, w, size, shape)
    y = np.empty((n, rows, columns, c), x.dtype)
    for places in iter_places(y, size):
        places[...] = meet(x, places)

    def pull_repeat(dy: Array, out: Array | None = None) -> tuple[Array]:
        dx = np.empty_like(x) if out is None else out
        dx[...] = 0
        for places in iter_places(dy, size):
            meet(dx, places)[...] += places
        return (dx,)

    return y, pull_repeat


def find_sides(h: int, w: int, size: int, shape: tuple[int, int] | None) -> tuple[int, int]:
    """Return height and width after repetition; raise ``InputError`` for a ``shape`` it does not reach."""
    rows, columns = (h * size, w * size) if shape is None else shape
    if (-(-rows // size), -(-columns // size)) != (h, w):
        raise InputError(
            f"Places of {h} × {w}, repeated {size} times, cannot be cut to {rows} × {columns}",
            where="up-sampling",
            remedy="Give the shape that pooling by the same size makes of this one.",
        )
    return rows, columns
