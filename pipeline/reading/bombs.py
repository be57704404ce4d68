"""How far a member of an archive may inflate: bytes are counted as they come, whatever its header says.

Only members that are opened count: 300,000 photos that nobody reads are an ordinary Takeout.
"""

from __future__ import annotations

import io
from typing import Protocol

HIGHEST_RATIO = 1_000  # real pages compress 24:1 to 94:1, deflate reaches 1,032:1 at most
FREE_BYTES = 64 << 20  # inflated from however little


class BombError(Exception):
    """A member that inflates beyond all measure."""


class Packed(Protocol):
    """A stream that counts in ``n_packed`` the bytes of the archive that were read for it."""

    @property
    def n_packed(self) -> int: ...
    def read(self, size: int = -1, /) -> bytes: ...
    def close(self) -> None: ...


class MeasuredStream(io.RawIOBase):
    """Reads a member until it has given ``HIGHEST_RATIO`` times what was read of the archive for it.

    Raises ``BombError`` on reading.
    """

    def __init__(self, stream: Packed) -> None:
        self._stream = stream
        self._inflated = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, often fewer; ``b""`` at the end."""
        piece = self._stream.read(size)
        self._inflated += len(piece)
        if self._inflated > max(FREE_BYTES, HIGHEST_RATIO * self._stream.n_packed):
            raise BombError
        return piece

    def close(self) -> None:
        """Close the member."""
        self._stream.close()
        super().close()
