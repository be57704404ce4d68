"""Room for large arrays: memory that nobody looks at any more is used again.

The system takes the memory of a large array back when it is freed, and fills each page of a new one with
zeros when it is first written to: for a net of convolutions that is a quarter of a step. Here the memory is
kept, and given out again once no array lies in it. Who holds a view holds the memory, so nothing that is
still looked at ever changes: pullbacks stay pure. Elsewhere than in CPython nothing is kept.
"""

from __future__ import annotations

import math
import sys
from threading import Lock
from typing import Any

import numpy as np

from models.types import Array

LEAST = 2**17  # bytes; smaller arrays come from memory that the C library keeps itself
MOST = 2**28  # bytes, of all that is kept
COUNTS = sys.implementation.name == "cpython"  # how many hold an object


class Room:
    """Memory in pieces, each in use or free.

    An array is in use as long as somebody holds it or a view of it; a bare ``__array_interface__`` does not.
    """

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._pieces: list[Array] = []
        self._lock = Lock()
        self._free = _count_holders([np.empty(0, np.uint8)], 0) if COUNTS else 0

    def empty(self, shape: tuple[int, ...], dtype: Any) -> Array:
        """Return an array with anything in it, as ``np.empty`` does."""
        n_bytes = math.prod(shape) * np.dtype(dtype).itemsize
        if not (COUNTS and LEAST <= n_bytes <= self.most):
            return np.empty(shape, dtype)
        if not self._lock.acquire(blocking=False):  # another thread is served, or what this call interrupts
            return np.empty(shape, dtype)
        try:
            array: Array = self._find(n_bytes).view(dtype).reshape(shape)
        finally:
            self._lock.release()
        return array

    def clear(self) -> None:
        """Keep nothing any more; what is still looked at stays as it is."""
        with self._lock:
            self._pieces = []

    def count_bytes(self) -> int:
        """Return how much is kept."""
        return sum(piece.nbytes for piece in self._pieces)

    def _find(self, n_bytes: int) -> Array:
        """Return a free piece of this size, or a new one."""
        for k in range(len(self._pieces)):
            if self._pieces[k].nbytes == n_bytes and _count_holders(self._pieces, k) == self._free:
                return self._pieces[k]
        if self.count_bytes() + n_bytes > self.most:
            held = [_count_holders(self._pieces, k) > self._free for k in range(len(self._pieces))]
            self._pieces = [piece for piece, in_use in zip(self._pieces, held, strict=True) if in_use]
        piece = np.empty(n_bytes, np.uint8)
        if self.count_bytes() + n_bytes <= self.most:
            self._pieces.append(piece)
        return piece


def _count_holders(pieces: list[Array], k: int) -> int:
    """Return how many hold the piece: the list, and every array that lies in it."""
    return sys.getrefcount(pieces[k])


ROOM = Room()
empty = ROOM.empty
