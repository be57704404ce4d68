"""The directory at the end of a zip, record by record.

``zipfile`` keeps all of it: 209 MB for a Takeout with 300,000 photos. The layout is that of PKWARE's
APPNOTE.TXT 6.3.10, sections 4.3.7 to 4.3.16, 4.5.3 (zip64) and 4.6.9 (names in Unicode).
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from array import array
from collections.abc import Callable, Iterator
from typing import IO, NamedTuple

END = struct.Struct("<4s4H2LH")
WIDE_END_PLACE = struct.Struct("<4sLQL")
WIDE_END = struct.Struct("<4sQ2H2L4Q")
RECORD = struct.Struct("<4s6H3L5H2L")
EXTRA = struct.Struct("<2H")

LOCAL_SIGN = b"PK\3\4"
END_SIGN, WIDE_END_PLACE_SIGN, WIDE_END_SIGN, RECORD_SIGN = b"PK\5\6", b"PK\6\7", b"PK\6\6", b"PK\1\2"
LONGEST_COMMENT = 0xFFFF
WIDE = 0xFFFFFFFF  # the number stands in the zip64 extra field
WIDE_NUMBERS, UNICODE_NAME = 0x0001, 0x7075  # kinds of extra field
UTF_8 = 0x800  # flag


class ZipMember(NamedTuple):
    """What a zip says of one member; ``crc`` is ``None`` where nothing says it."""

    name: str
    raw_name: bytes
    flags: int
    method: int
    crc: int | None
    n_compressed: int
    n_bytes: int
    offset: int  # of the local header, in the file
    mode: int  # as Unix has it; 0 where made elsewhere


class Directory(NamedTuple):
    """Where the directory lies in the file, and where each member begins."""

    begin: int
    end: int
    shift: int  # bytes before the zip itself, as a program that unpacks itself has
    starts: array[int]  # offsets in the file, in the order of the directory; below 0: lost


def find_directory(stream: IO[bytes], see: Callable[[ZipMember], None] | None = None) -> Directory | None:
    """Find the directory and go through it once; ``None`` where there is none, or not a whole one.

    ``see`` is shown each member, also of a directory that turns out not to be whole.
    """
    n_bytes = stream.seek(0, 2)
    tail_begin = max(0, n_bytes - END.size - LONGEST_COMMENT)
    tail = read_at(stream, tail_begin, n_bytes - tail_begin)
    plain = read_at(stream, 0, len(LOCAL_SIGN)) == LOCAL_SIGN
    at = tail.rfind(END_SIGN)
    while at >= 0:
        directory = _read_end(stream, tail_begin + at)
        # In a zip that broke off, the last directory may be that of a document in it.
        if directory and not (plain and directory.shift > 0):
            try:
                for member in iter_directory(stream, directory):
                    directory.starts.append(member.offset)
                    if see:
                        see(member)
            except zipfile.BadZipFile:
                return None
            return directory
        at = tail.rfind(END_SIGN, 0, at)
    return None


def _read_end(stream: IO[bytes], at: int) -> Directory | None:
    head = read_at(stream, at, END.size)
    if len(head) < END.size:
        return None
    *_, size, begin_said, _ = END.unpack(head)
    end = at
    place = read_at(stream, max(0, at - WIDE_END_PLACE.size), WIDE_END_PLACE.size)
    if place.startswith(WIDE_END_PLACE_SIGN) and len(place) == WIDE_END_PLACE.size:
        said = WIDE_END_PLACE.unpack(place)[2]
        for where in (said, at - WIDE_END_PLACE.size - WIDE_END.size):
            wide = read_at(stream, where, WIDE_END.size) if 0 <= where < at else b""
            if wide.startswith(WIDE_END_SIGN) and len(wide) == WIDE_END.size:
                *_, size, begin_said = WIDE_END.unpack(wide)
                end = where
                break
    begin = end - size
    if begin < 0 or (size and read_at(stream, begin, len(RECORD_SIGN)) != RECORD_SIGN):
        return None
    return Directory(begin, end, begin - begin_said, array("q"))


def iter_directory(stream: IO[bytes], directory: Directory) -> Iterator[ZipMember]:
    """Yield the members; nobody else may move ``stream``. Raises ``zipfile.BadZipFile``."""
    at = stream.seek(directory.begin)
    while at < directory.end:
        head = stream.read(RECORD.size)
        if len(head) < RECORD.size or not head.startswith(RECORD_SIGN):
            raise zipfile.BadZipFile("no record where the directory has one")
        (_, _, _, flags, method, _, _, crc, n_compressed, n_bytes, *lengths, _, _, mode, offset) = (
            RECORD.unpack(head)
        )
        n_name, n_extra, n_comment = lengths
        tail = stream.read(n_name + n_extra + n_comment)
        at += RECORD.size + n_name + n_extra + n_comment
        raw_name, extra = tail[:n_name], tail[n_name : n_name + n_extra]
        if WIDE in (n_bytes, n_compressed, offset):
            n_bytes, n_compressed, offset = widen(extra, n_bytes, n_compressed, offset)
        name = decode_name(raw_name, flags, extra)
        offset = max(-1, min(offset + directory.shift, directory.begin))
        yield ZipMember(name, raw_name, flags, method, crc, n_compressed, n_bytes, offset, mode >> 16)
    if at != directory.end:
        raise zipfile.BadZipFile("the directory's last record is cut off")


def read_at(stream: IO[bytes], at: int, size: int) -> bytes:
    """Read ``size`` bytes from ``at``, fewer at the end of the file."""
    stream.seek(at)
    return stream.read(size)


def widen(extra: bytes, *numbers: int) -> list[int]:
    """Put the numbers of the zip64 field in the places of those that were too large for 32 bits."""
    field = next((field for kind, field in _iter_extra(extra) if kind == WIDE_NUMBERS), b"")
    wide = struct.iter_unpack("<Q", field[: len(field) // 8 * 8])
    return [next(wide, (number,))[0] if number == WIDE else number for number in numbers]


def decode_name(raw: bytes, flags: int, extra: bytes) -> str:
    """Turn a member's name into text: the flag, a field of its own, or else what the bytes look like."""
    if flags & UTF_8:
        return raw.decode("utf-8", "replace")
    for kind, field in _iter_extra(extra) if extra else ():
        if (
            kind == UNICODE_NAME
            and field[:1] == b"\1"
            and field[1:5] == zlib.crc32(raw).to_bytes(4, "little")
        ):
            return field[5:].decode("utf-8", "replace")
    try:
        return raw.decode("utf-8")  # macOS leaves the flag off
    except UnicodeDecodeError:
        return raw.decode("cp437")


def _iter_extra(extra: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at + EXTRA.size <= len(extra):
        kind, length = EXTRA.unpack_from(extra, at)
        at += EXTRA.size
        yield kind, extra[at : at + length]
        at += length
