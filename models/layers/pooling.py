"""Pooling: each square of a picture becomes its mean or its largest number, channel by channel.

With squares of s × s places, 0 ≤ a, b < s, and the picture x (n, h, w, c),

    y[n, i, j] = mean of x[n, s·i + a, s·j + b] over a, b        or their maximum
        dx[n, s·i + a, s·j + b] = dy[n, i, j] / (places of the square), or dy[n, i, j] at the maximum

Where s does not divide a side, the last squares are cut off at the edge, and their mean or maximum is over
the places that are there. Of equal maxima the first takes the gradient, row by row.

Shapes: x (n, h, w, c) → y (n, ⌈h/s⌉, ⌈w/s⌉, c).

References: Y. LeCun et al. 1990, *Handwritten Digit Recognition with a Back-Propagation Network* (means); M.
Riesenhuber & T. Poggio 1999, *Hierarchical Models of Object Recognition in Cortex* (maxima).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from models.errors import InputError
from models.types import Array, Pullback


def mean_pool(x: Array, *, size: int = 2) -> tuple[Array, Pullback]:
    """Return the mean of each square of ``x (n, h, w, c)``, (n, ⌈h/size⌉, ⌈w/size⌉, c)."""
    check_size(size)
    n, h, w, c = x.shape
    share = (1 / (count_places(h, size)[:, None, None] * count_places(w, size)[:, None])).astype(x.dtype)
    y = np.zeros((n, *share.shape[:2], c), x.dtype)
    for places in iter_places(x, size):
        meet(y, places)[...] += places
    y *= share

    def pull_mean(dy: Array, out: Array | None = None) -> tuple[Array]:
        dx = np.empty_like(x) if out is None else out
        shared = dy * share
        for places in iter_places(dx, size):
            places[...] = meet(shared, places)
        return (dx,)

    return y, pull_mean


def max_pool(x: Array, *, size: int = 2) -> tuple[Array, Pullback]:
    """Return the largest number of each square of ``x (n, h, w, c)``, (n, ⌈h/size⌉, ⌈w/size⌉, c)."""
    check_size(size)
    y = x[:, ::size, ::size].copy()
    for places in iter_places(x, size):
        np.maximum(meet(y, places), places, out=meet(y, places))

    def pull_max(dy: Array, out: Array | None = None) -> tuple[Array]:
        dx = np.empty_like(x) if out is None else out
        free = np.ones(y.shape, bool)  # has nobody taken this square's gradient yet?
        for places, d_places in zip(iter_places(x, size), iter_places(dx, size), strict=True):
            takes = (places == meet(y, places)) & meet(free, places)
            np.multiply(meet(dy, places), takes, out=d_places)
            meet(free, places)[...] &= ~takes
        return (dx,)

    return y, pull_max


def iter_places(x: Array, size: int) -> Iterator[Array]:
    """Yield, as views, the first place of every square, then the second, row by row."""
    for a in range(min(size, x.shape[1])):
        for b in range(min(size, x.shape[2])):
            yield x[:, a::size, b::size]


def meet(y: Array, places: Array) -> Array:
    """Return the part of ``y``, a number for each square, whose squares have this place."""
    return y[:, : places.shape[1], : places.shape[2]]


def count_places(length: int, size: int) -> Array:
    """Return how many places each square has along an axis; the last may have fewer."""
    return np.minimum(size, length - np.arange(0, length, size))


def check_size(size: int) -> None:
    """Raise ``InputError`` unless squares can have this side."""
    if size < 1:
        raise InputError(
            f"Squares cannot have the side {size}", where="pooling", remedy="Give a whole number from 1."
        )
