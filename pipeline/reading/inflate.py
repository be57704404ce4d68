"""Inflating in bounded memory, and up to the place where the data is damaged or breaks off."""

from __future__ import annotations

import zlib
from collections.abc import Callable

RAW = -zlib.MAX_WBITS  # a zip's members
GZIP = 16 + zlib.MAX_WBITS
PIECE_BYTES = 1 << 20  # the most that is inflated at once
PACKED_BYTES = 1 << 16  # the most that is read of an archive at once


class Inflater:
    """Inflates one deflate stream; ``take`` gives up to so many packed bytes, ``b""`` at their end.

    ``head`` is what was taken before.
    """

    def __init__(self, take: Callable[[int], bytes], wbits: int, head: bytes = b"") -> None:
        self._take = take
        self._stream = zlib.decompressobj(wbits)
        self._again = head

    @property
    def unused(self) -> bytes:
        """The packed bytes that were taken and lie after the end of the stream."""
        return self._stream.unused_data

    def read(self, size: int) -> bytes:
        """Return up to ``size`` bytes, at least one before the end and ``b""`` there.

        Raises ``EOFError`` where the packed bytes break off and ``zlib.error`` where they are damaged,
        each after all that lies before has been returned (before damage, all but one byte).
        """
        while not self._stream.eof:
            packed = self._again or self._stream.unconsumed_tail or self._take(PACKED_BYTES)
            before = self._stream.copy()
            try:
                piece = self._stream.decompress(packed, size)
            except zlib.error:
                if size == 1:
                    raise
                # zlib throws away what it has inflated in the call that meets the damage.
                self._stream, self._again, size = before, packed, size // 2
                continue
            self._again = b""
            if piece:
                return piece
            if not packed and not self._stream.eof:
                raise EOFError("the packed bytes break off")
        return b""
