"""One member of a zip: its header where its bytes lie, and what these inflate to, checked to the end."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from pathlib import Path
from typing import IO, NamedTuple

from pipeline.reading.inflate import PIECE_BYTES, RAW, Inflater
from pipeline.reading.zip_directory import LOCAL_SIGN, WIDE, ZipMember, decode_name, read_at, widen

LOCAL = struct.Struct("<4s5H3L2H")
STORED, DEFLATED = 0, 8
LOCKED = 0x1  # flag


class LocalHeader(NamedTuple):
    """The header before a member's bytes, and the offset in the file of the first of these."""

    member: ZipMember
    begin: int


def read_local_header(stream: IO[bytes], at: int) -> LocalHeader | None:
    """Read the header at ``at``; ``None`` where there is none, or not a whole one."""
    head = read_at(stream, at, LOCAL.size)
    if len(head) < LOCAL.size or not head.startswith(LOCAL_SIGN):
        return None
    _, _, flags, method, _, _, crc, n_compressed, n_bytes, n_name, n_extra = LOCAL.unpack(head)
    raw_name, extra = stream.read(n_name), stream.read(n_extra)
    if len(raw_name) < n_name or len(extra) < n_extra:
        return None
    if WIDE in (n_bytes, n_compressed):
        n_bytes, n_compressed = widen(extra, n_bytes, n_compressed)
    name = decode_name(raw_name, flags, extra)
    member = ZipMember(name, raw_name, flags, method, crc, n_compressed, n_bytes, at, 0)
    return LocalHeader(member, at + LOCAL.size + n_name + n_extra)


def open_zip_member(path: Path, member: ZipMember) -> MemberStream:
    """Open a member; raises ``zipfile.BadZipFile`` where it does not lie where the directory says."""
    stream = path.open("rb", buffering=0)
    header = read_local_header(stream, member.offset)
    if header is None or header.member.raw_name != member.raw_name:
        stream.close()
        raise zipfile.BadZipFile("another member than the directory says, or none")
    stream.seek(header.begin)
    return MemberStream(stream, member)


class MemberStream(io.RawIOBase):
    """Reads a member from where ``stream`` stands, and owns the stream.

    ``n_packed`` counts the bytes of the archive that were read so far. Reading raises ``EOFError``,
    ``zlib.error`` or ``zipfile.BadZipFile`` where it cannot go on or where size or checksum are not as
    the zip says, each after all that lies before has been returned.
    """

    def __init__(self, stream: IO[bytes], member: ZipMember) -> None:
        self._stream, self._member = stream, member
        self._inflater = Inflater(self._take, RAW) if member.method == DEFLATED else None
        self.n_packed = self._n_given = self._crc = 0

    def read(self, size: int = -1) -> bytes:
        """Return up to ``size`` bytes, often fewer; ``b""`` at the end."""
        size = PIECE_BYTES if size < 0 else min(size, PIECE_BYTES)
        if size == 0:
            return b""
        piece = self._inflater.read(size) if self._inflater else self._take(size)
        self._n_given += len(piece)
        self._crc = zlib.crc32(piece, self._crc)
        if not piece and self._member.crc is None:
            raise EOFError("the archive breaks off, or what follows is lost")
        if self._n_given > self._member.n_bytes or (not piece and self._n_given < self._member.n_bytes):
            raise zipfile.BadZipFile("another size than the zip says")
        if not piece and self._member.crc != self._crc:
            raise zipfile.BadZipFile("the checksum does not hold")
        return piece

    def _take(self, size: int) -> bytes:
        packed = self._stream.read(min(size, self._member.n_compressed - self.n_packed))
        self.n_packed += len(packed)
        return packed

    def close(self) -> None:
        """Close the file."""
        self._stream.close()
        super().close()
