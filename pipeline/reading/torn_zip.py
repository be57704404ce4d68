"""A zip without its directory, as a download that broke off leaves it, read front to back.

Each member has a header of its own before its bytes; where that does not say how long they are, they
are inflated to find their end.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import IO

from pipeline.reading.inflate import PIECE_BYTES, RAW, Inflater
from pipeline.reading.zip_directory import LOCAL_SIGN, ZipMember, read_at
from pipeline.reading.zip_member import DEFLATED, LOCKED, LocalHeader, read_local_header

SIZES_FOLLOW = 0x8  # flag: sizes and checksum stand in a descriptor after the bytes
DESCRIPTOR_SIGN = b"PK\7\x08"
METHODS = frozenset({0, 8, 9, 12, 14, 93, 95, 99})
WINDOW = 1 << 20  # searched at once


def iter_torn(stream: IO[bytes]) -> Iterator[ZipMember]:
    """Yield the members in the order of their bytes; one that is cut off or damaged has no ``crc``."""
    n_archive = stream.seek(0, 2)
    header = _find_header(stream, 0)
    while header is not None:
        member = _measure(stream, header, n_archive)
        yield member
        header = _find_header(stream, header.begin + member.n_compressed)


def _find_header(stream: IO[bytes], at: int) -> LocalHeader | None:
    """Find the next header from ``at`` on that can be one."""
    if header := _read_header(stream, at):
        return header
    headers = (_read_header(stream, found) for found in _find_all(stream, LOCAL_SIGN, at))
    return next(filter(None, headers), None)


def _read_header(stream: IO[bytes], at: int) -> LocalHeader | None:
    header = read_local_header(stream, at)
    return header if header and header.member.method in METHODS and header.member.raw_name else None


def _measure(stream: IO[bytes], header: LocalHeader, n_archive: int) -> ZipMember:
    """Settle how long a member is."""
    member, begin = header
    follow = member.flags & SIZES_FOLLOW and not member.n_compressed and not member.name.endswith("/")
    if not follow and begin + member.n_compressed <= n_archive:
        return member
    if member.method == DEFLATED and not member.flags & LOCKED:
        end, n_bytes, whole = _inflate_to_end(stream, begin, n_archive)
    elif follow:
        found = _find_descriptor(stream, begin)
        end, n_bytes, whole = found or n_archive, (found or n_archive) - begin, found is not None
    else:
        return member._replace(crc=None)
    crc = member.crc if not follow else _read_crc(stream, end)
    return member._replace(crc=crc if whole else None, n_compressed=end - begin, n_bytes=n_bytes)


def _inflate_to_end(stream: IO[bytes], begin: int, n_archive: int) -> tuple[int, int, bool]:
    """Return the end of the bytes, how many they inflate to, and whether that is all."""
    stream.seek(begin)
    inflater = Inflater(stream.read, RAW)
    n_bytes = 0
    try:
        while piece := inflater.read(PIECE_BYTES):
            n_bytes += len(piece)
    except EOFError:
        return n_archive, n_bytes, False
    except zlib.error:
        following = _find_header(stream, begin)
        return following.member.offset if following else n_archive, n_bytes, False
    return stream.tell() - len(inflater.unused), n_bytes, True


def _read_crc(stream: IO[bytes], at: int) -> int | None:
    """Read the checksum of the descriptor at ``at``, whose sign some leave out."""
    head = read_at(stream, at, 8)
    crc = head[4:] if head.startswith(DESCRIPTOR_SIGN) else head[:4]
    return int.from_bytes(crc, "little") if len(crc) == 4 else None


def _find_descriptor(stream: IO[bytes], begin: int) -> int | None:
    """Find the end of bytes that are stored: a descriptor follows that says how many there are."""
    for at in _find_all(stream, DESCRIPTOR_SIGN, begin):
        low_bytes = read_at(stream, at + 8, 4)  # of a number of 32 or 64 bits
        if int.from_bytes(low_bytes, "little") == (at - begin) & 0xFFFFFFFF:
            return at
    return None


def _find_all(stream: IO[bytes], sign: bytes, begin: int) -> Iterator[int]:
    """Yield each place of ``sign`` from ``begin`` on."""
    while window := read_at(stream, begin, WINDOW):
        found = window.find(sign)
        while found >= 0:
            yield begin + found
            found = window.find(sign, found + 1)
        begin += max(1, len(window) - len(sign) + 1)
