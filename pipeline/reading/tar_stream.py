"""The bytes of a tar or tgz, front to back, and those of one file in it.

``tarfile`` reads only the headers through this: it loses what it has read when a file breaks off, and
reads headers of any length into memory.
"""

from __future__ import annotations

import io
import os
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from pipeline.reading.inflate import GZIP, PACKED_BYTES, PIECE_BYTES, Inflater

GZIP_SIGN = b"\x1f\x8b"
LONGEST_HEADER = 1 << 18  # bytes of a file's headers, long names and attributes included
# What tarfile raises, and lets through, for headers that no tar program writes.
BAD_HEADER = (tarfile.TarError, zlib.error, OSError, ValueError, ArithmeticError, LookupError, RecursionError)


class TarStream:
    """The inflated bytes of a tar, which only go forward; ``n_packed`` counts those of the archive.

    ``fault`` says where and how the archive is not whole, once that has shown.
    """

    def __init__(self, path: Path) -> None:
        self._file = path.open("rb", buffering=0)
        packed = self._file.read(len(GZIP_SIGN)) == GZIP_SIGN
        self._file.seek(0)
        self._inflater = Inflater(self._take, GZIP) if packed else None
        self.n_packed = self._at = 0
        self.header_left = LONGEST_HEADER
        self.last_header = b""
        self.fault: str | None = None

    def tell(self) -> int:
        """Return how many bytes lie before."""
        return self._at

    def take(self, size: int) -> bytes:
        """Return up to ``size`` bytes, ``b""`` at the end. Raises ``EOFError`` and ``zlib.error``."""
        size = min(size, PIECE_BYTES)
        piece = self._inflate(size) if self._inflater else self._take(size)
        self._at += len(piece)
        return piece

    def seek(self, at: int) -> int:
        """Go forward to ``at``. Raises ``tarfile.ReadError`` for the way back, ``EOFError`` at the end."""
        if at < self._at:
            raise tarfile.ReadError("a file of a negative size")
        if self._inflater is None:
            self.n_packed = self._at = self._file.seek(min(at, os.fstat(self._file.fileno()).st_size))
        while self._at < at:
            if not self.take(at - self._at):
                raise EOFError("the archive breaks off")
        return self._at

    def read(self, size: int) -> bytes:
        """Read ``size`` bytes of a header: this is what ``tarfile`` calls.

        Raises ``EOFError`` where there are fewer: ``tarfile`` would take that for the archive's own end.
        """
        self.header_left -= size
        if not 0 <= self.header_left <= LONGEST_HEADER:
            raise tarfile.ReadError("a header without end")
        parts: list[bytes] = []
        while size > 0 and (piece := self.take(size)):
            parts.append(piece)
            size -= len(piece)
        self.last_header = b"".join(parts)
        if size > 0:
            raise EOFError("the archive breaks off")
        return self.last_header

    def _inflate(self, size: int) -> bytes:
        assert self._inflater is not None
        while not (piece := self._inflater.read(size)):
            rest = self._inflater.unused
            rest += self._take(PACKED_BYTES) if len(rest) < len(GZIP_SIGN) else b""
            if not rest.startswith(GZIP_SIGN):  # a gzip may be several, one behind the other
                return b""
            self._inflater = Inflater(self._take, GZIP, rest)
        return piece

    def _take(self, size: int) -> bytes:
        packed = self._file.read(size)
        self.n_packed += len(packed)
        return packed

    def close(self) -> None:
        """Close the archive; nothing stands anywhere in it any more."""
        self._file.close()
        self._at = -1


def iter_headers(source: TarStream) -> Iterator[tarfile.TarInfo]:
    """Yield what a tar says of each of its members, as far as it goes; ``source.fault`` says the rest."""
    try:
        yield from _iter_headers(source)
        end = source.tell() + LONGEST_HEADER
        while source.tell() < end and source.take(PIECE_BYTES):  # to the checksum of the gzip
            pass
    except EOFError:
        source.fault = source.fault or f"it ends at byte {source.n_packed:,}"
    except BAD_HEADER:
        source.fault = source.fault or f"it is damaged at byte {source.n_packed:,} and cannot be read on"


def _iter_headers(source: TarStream) -> Iterator[tarfile.TarInfo]:
    archive: tarfile.TarFile | None = None
    while True:
        source.header_left = LONGEST_HEADER
        archive = archive or tarfile.TarFile(fileobj=cast(IO[bytes], source))
        member = archive.next()
        if member is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # else it keeps every one
            if member.size < 0:
                raise tarfile.ReadError("a file of a negative size")
            yield member
        elif source.last_header == bytes(tarfile.BLOCKSIZE) and source.fault is None:
            return
        else:  # tarfile takes a header that is none for the end: what comes after it may be sound
            source.fault = source.fault or f"it is damaged at byte {source.n_packed:,}"
            archive.offset += tarfile.BLOCKSIZE


class TarFileStream(io.RawIOBase):
    """Reads the file of ``size`` bytes at ``begin``, from ``source`` as long as that stands there.

    Where it does not any more, the archive is opened anew and read up to there: slow, but right.
    """

    def __init__(self, path: Path, source: TarStream, begin: int, size: int) -> None:
        self._path, self._source, self._at, self._end = path, source, begin, begin + size
        self._own: TarStream | None = None
        self.n_packed = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, often fewer; raises ``EOFError`` and ``zlib.error``."""
        left = self._end - self._at
        size = left if size < 0 else min(size, left)
        if size <= 0:
            return b""
        if self._source.tell() != self._at:
            self._source = self._own = TarStream(self._path)
            self._source.seek(self._at)
        before = self._source.n_packed
        piece = self._source.take(size)
        self.n_packed += self._source.n_packed - before
        self._at += len(piece)
        if not piece:
            raise EOFError("the archive breaks off")
        return piece

    def close(self) -> None:
        """Close the archive if it was opened for this file alone."""
        if self._own:
            self._own.close()
        super().close()
