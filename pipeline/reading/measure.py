"""How far a member of an archive may inflate: bytes are counted as they come, whatever its header says.

Only members that are opened count: 300,000 photos that nobody reads are an ordinary Takeout.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import IO

HIGHEST_RATIO = 1_000  # real pages compress 24:1 to 94:1, deflate reaches 1,032:1 at most
FREE_BYTES = 64 << 20  # inflated from however little


class BombError(Exception):
    """A member that inflates beyond all measure."""


class MeasuredStream(io.RawIOBase):
    """Reads a member until it has given ``HIGHEST_RATIO`` times what was read of the archive for it.

    ``count_compressed`` says how many bytes of the archive that is so far; ``piece_bytes`` is the most
    that is asked for at once. Raises ``BombError`` on reading.
    """

    def __init__(
        self, stream: IO[bytes], count_compressed: Callable[[], int], piece_bytes: int = 1 << 20
    ) -> None:
        self._stream = stream
        self._count_compressed = count_compressed
        self._piece_bytes = piece_bytes
        self._inflated = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, often fewer; ``b""`` at the end."""
        piece = self._stream.read(self._piece_bytes if size < 0 else min(size, self._piece_bytes))
        self._inflated += len(piece)
        if self._inflated > max(FREE_BYTES, HIGHEST_RATIO * self._count_compressed()):
            raise BombError
        return piece

    def close(self) -> None:
        """Close the member."""
        self._stream.close()
        super().close()
