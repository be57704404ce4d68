"""Pictures in rows with one zero between: the layout of the fast convolutions.

A batch (n, h, w, c) lies in memory as (2 + n·(h + 1) + t, w + 1, c): two rows of zeros, then each picture's
h rows and one row of zeros, then t more; each row ends with one zero place. A place's neighbours are then at
fixed distances in memory, ±1, ±(w + 1) …, and what lies beyond an edge is a zero that is there: a kernel of
3×3 needs no copy of any window. One zero serves two edges: the right one, and the left one of the next row.

All zeros are zeros in values and in gradients: who writes there clears them again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from models.types import Array

BEFORE = 2  # rows of zeros


@dataclass(frozen=True, eq=False)
class Padded:
    """A batch of pictures (n, h, w, c), or its gradient, with zeros between."""

    rows: Array  # (2 + n·(h + 1) + t, w + 1, c)
    n: int
    h: int
    w: int

    @property
    def body(self) -> Array:
        """The pictures' rows, with the zeros between: a view, (n·(h + 1), w + 1, c)."""
        return self.rows[BEFORE : BEFORE + self.n * (self.h + 1)]

    @property
    def pictures(self) -> Array:
        """The pictures with their zero row and column: a view, (n, h + 1, w + 1, c)."""
        return self.body.reshape(self.n, self.h + 1, *self.rows.shape[1:])

    @property
    def inner(self) -> Array:
        """The pictures alone: a view, (n, h, w, c)."""
        return self.pictures[:, : self.h, : self.w]

    @property
    def shape(self) -> tuple[int, int, int, int]:
        """The batch's shape, (n, h, w, c)."""
        return self.n, self.h, self.w, self.rows.shape[-1]

    def clear(self) -> Padded:
        """Put zeros where zeros belong, whatever was written there."""
        self.rows[:BEFORE] = 0
        self.rows[BEFORE + self.n * (self.h + 1) :] = 0
        self.pictures[:, self.h] = 0
        self.body[:, self.w] = 0
        return self

    def like(self, rows: Array) -> Padded:
        """Return other numbers at the same places."""
        return Padded(rows, self.n, self.h, self.w)

    def tile(self, channels: Array) -> Array:
        """Return a number for each channel as one for each place of a row: (w + 1, c)."""
        return np.broadcast_to(channels, self.rows.shape[1:]).copy()

    def sum_channels(self, rows: Array) -> Array:
        """Return the sum of each channel of ``rows``, laid out as here: whole rows first."""
        total: Array = np.add.reduce(rows, axis=0).sum(axis=0)
        return total

    def __add__(self, other: Padded) -> Padded:
        return self.like(self.rows + other.rows)

    def __rmul__(self, factor: float) -> Padded:
        return self.like(self.rows * factor)


def make_padded(shape: tuple[int, ...], dtype: Any) -> Padded:
    """Return room for a batch (n, h, w, c), not cleared; below it the last kernel has places to end in."""
    n, h, w, c = shape
    after = -(-(w + 4) // (w + 1))
    return Padded(np.empty((BEFORE + n * (h + 1) + after, w + 1, c), dtype), n, h, w)


def pad(x: Array) -> Padded:
    """Return ``x (n, h, w, c)`` with zeros between."""
    padded = make_padded(x.shape, x.dtype)
    padded.clear()
    padded.inner[...] = x
    return padded
