"""A file that breaks off, read as one that ends there: what came before the damage is whole."""

from __future__ import annotations

import io
from typing import IO

from pipeline.reading.bombs import BombError
from pipeline.reading.members import DAMAGE
from pipeline.records import ArchiveFile


class UnbrokenStream(io.RawIOBase):
    """Opens and reads a file up to its damage; then ``fault`` says what that is, and the stream ends.

    ``n_read``: bytes given so far.
    """

    def __init__(self, file: ArchiveFile) -> None:
        self.n_read = 0
        self.fault: Exception | None = None
        self._stream: IO[bytes] = io.BytesIO()
        try:
            self._stream = file.open()
        except (BombError, *DAMAGE) as error:
            self.fault = error

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes; ``b""`` at the end, and from the damage on."""
        if self.fault:
            return b""
        try:
            piece = self._stream.read(size)
        except (BombError, *DAMAGE) as error:
            self.fault = error
            return b""
        self.n_read += len(piece)
        return piece

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()
