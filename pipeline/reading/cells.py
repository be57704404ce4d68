"""Cuts a byte stream into entries in constant memory: real files hold everything in one long line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Protocol

from pipeline.records import KEPT_BYTES, Cell, Skipped

MARKER = b'<div class="outer-cell'
OVERLAP = len(MARKER) - 1  # a marker may lie across two chunks
LONGEST_CELL = 8 << 20  # bytes; real entries are about 1 KB, those with a Gemini reply some 100 KB
HALF_CELL = re.compile(rb'<div class="(?:header|content)-cell')


class Readable(Protocol):
    """A stream that gives up to ``size`` bytes, maybe fewer, and ``b""`` at its end."""

    def read(self, size: int, /) -> bytes: ...


def iter_cells(
    stream: Readable, chunk_bytes: int = 1 << 20, *, head: bytes = b""
) -> Iterator[Cell | Skipped]:
    """Yield one cell at a time, the same ones at every ``chunk_bytes``.

    ``head`` is what was read from the stream before. A cell longer than ``LONGEST_CELL`` comes as
    ``Skipped``, and so does the second half of an entry at the beginning of a file that was split.
    """
    buffer, base, seek = head, 0, 0  # base: offset in the file of the buffer's first byte
    begin, inside, position = 0, False, 0  # begin: offset of the piece at hand; inside: it is a cell
    opening: bytes | None = None  # of a piece that is too long to keep
    ended = False
    while True:
        while (at := buffer.find(MARKER, seek)) >= 0:
            content = buffer[begin - base : at] if opening is None else opening
            if piece := _close_piece(position, begin, base + at - begin, content, inside):
                yield piece
                position += 1
            begin, inside, opening, seek = base + at, True, None, at + len(MARKER)
        if ended:
            break
        if opening is None:
            buffer, base = buffer[begin - base :], begin
            if len(buffer) > LONGEST_CELL + OVERLAP:
                opening = buffer[:LONGEST_CELL]
        if opening is not None:
            base += max(0, len(buffer) - OVERLAP)
            buffer = buffer[-OVERLAP:]
        seek = max(0, len(buffer) - OVERLAP)
        chunk = stream.read(chunk_bytes)
        ended = not chunk
        buffer += chunk
    content = buffer[begin - base :] if opening is None else opening
    if piece := _close_piece(position, begin, base + len(buffer) - begin, content, inside):
        yield piece


def _close_piece(
    position: int, begin: int, length: int, content: bytes, inside: bool
) -> Cell | Skipped | None:
    """Turn the bytes between two markers into a record; what lies before the first is mostly CSS."""
    if length > LONGEST_CELL:
        content = content[:LONGEST_CELL]
    if not inside:
        half = HALF_CELL.search(content)
        if half is None:
            return None
        at = half.start()
        kept = content[at : at + KEPT_BYTES]
        return Skipped(position, begin + at, length - at, "truncated entry", kept)
    if length > LONGEST_CELL:
        return Skipped(position, begin, length, "entry too long", content[:KEPT_BYTES])
    return Cell(position, begin, content)
