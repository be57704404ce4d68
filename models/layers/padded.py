"""Pictures with zeros around, first rows together: the layout of the fast convolutions.

A batch (n, h, w, c) lies in memory as rows of w + 1 places: the first row of every picture, then the second
of every picture …, (h·n, w + 1, c). Above them lie n rows of zeros, below them n more, and each row ends with
one zero place. A place's neighbours are then at fixed distances in memory, ±1 and ±n·(w + 1), and what lies
beyond an edge is a zero that is there: a kernel of 3×3 needs no copy of any window. One zero serves two
edges, the right one and the left one of the next row; one row more above, and some below, serve the corners.

All zeros are zeros in values and in gradients: who writes there clears them again.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from models.layers.room import empty
from models.types import Array

AT_ONCE = 2**16  # numbers


@dataclass(frozen=True, eq=False)
class Padded:
    """A batch of pictures (n, h, w, c), or its gradient, with zeros around."""

    rows: Array  # (1 + n + h·n + n + some, w + 1, c)
    n: int
    h: int
    w: int

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The batch's shape, (n, h, w, c)."""
        return self.n, self.h, self.w, self.rows.shape[-1]

    @property
    def body(self) -> Array:
        """The pictures' rows with their last zeros: a view, (h·n, w + 1, c)."""
        return self.rows[1 + self.n : 1 + self.n + self.h * self.n]

    @property
    def inner(self) -> Array:
        """The pictures alone: a view, (n, h, w, c)."""
        by_height = self.body.reshape(self.h, self.n, *self.rows.shape[1:])
        return by_height[:, :, : self.w].transpose(1, 0, 2, 3)

    def clear(self) -> Padded:
        """Put zeros where zeros belong, whatever was written there."""
        self.clear_ends()
        self.body[:, self.w] = 0
        return self

    def clear_ends(self) -> None:
        """Put zeros above and below the pictures."""
        self.rows[: 1 + self.n] = 0
        self.rows[1 + self.n + self.h * self.n :] = 0

    def iter_stretches(self) -> Iterator[slice]:
        """Yield the rows of the body, as many at a time as stay in the cache through some operations."""
        first, last = 1 + self.n, 1 + self.n + self.h * self.n
        step = max(AT_ONCE // math.prod(self.rows.shape[1:]), 1)
        for start in range(first, last, step):
            yield slice(start, min(start + step, last))

    def like(self, rows: Array) -> Padded:
        """Return other numbers at the same places."""
        return Padded(rows, self.n, self.h, self.w)

    def tile(self, channels: Array) -> Array:
        """Return a number for each channel as one for each place of a row: (w + 1, c)."""
        tiled = np.empty(self.rows.shape[1:], channels.dtype)
        tiled[...] = channels
        return tiled

    def sum_channels(self, rows: Array) -> Array:
        """Return the sum of each channel of ``rows``, laid out as here: whole rows first."""
        total: Array = np.add.reduce(rows, axis=0).sum(axis=0)
        return total

    def where_above_zero(self, other: Padded) -> Padded:
        """Return these numbers where ``other`` is above 0, and 0 elsewhere: the pullback of ReLU."""
        up = np.greater(other.rows, 0, out=empty(other.rows.shape, bool))
        return self.like(np.multiply(self.rows, up, out=empty(self.rows.shape, self.rows.dtype)))

    def __add__(self, other: Padded) -> Padded:
        return self.like(self.rows + other.rows)

    def __rmul__(self, factor: float) -> Padded:
        return self.like(self.rows * factor)


def make_padded(shape: tuple[int, ...], dtype: Any) -> Padded:
    """Return room for a batch (n, h, w, c), not cleared; below it the last kernel has places to end in."""
    n, h, w, c = shape
    some = -(-3 // (w + 1))
    return Padded(empty((1 + (h + 2) * n + some, w + 1, c), dtype), n, h, w)


def pad(x: Array) -> Padded:
    """Return ``x (n, h, w, c)`` with zeros around."""
    padded = make_padded(x.shape, x.dtype)
    padded.clear()
    padded.inner[...] = x
    return padded
