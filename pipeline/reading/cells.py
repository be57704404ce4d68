"""Cuts a byte stream into entries in constant memory: real files hold everything in one long line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple, Protocol

from pipeline.records import KEPT_BYTES, Cell, Skipped

MARKER = b'<div class="outer-cell'
OVERLAP = len(MARKER) - 1  # a marker may lie across two chunks
LONGEST_CELL = 8 << 20  # bytes; real entries are about 1 KB, those with a Gemini reply some 100 KB
TOO_LONG = "entry too long"
HALF_CELL = re.compile(rb'<div class="(?:header|content)-cell')


class Readable(Protocol):
    """A stream that gives up to ``size`` bytes, maybe fewer, and ``b""`` at its end."""

    def read(self, size: int, /) -> bytes: ...


class Span(NamedTuple):
    """Whole cells of a file, one behind the other, each from its marker to the next one's."""

    position: int  # of the first cell
    offset: int  # of the first byte in the file
    n_cells: int
    content: bytes
    ends_file: bool  # then it is one cell, and what follows it lies in it


def iter_cells(
    stream: Readable, chunk_bytes: int = 1 << 20, *, head: bytes = b""
) -> Iterator[Cell | Skipped]:
    """Yield one cell at a time, the same ones at every ``chunk_bytes``.

    ``head`` is what was read from the stream before. A cell longer than ``LONGEST_CELL`` comes as
    ``Skipped``, and so does the second half of an entry at the beginning of a file that was split.
    """
    for piece in iter_spans(stream, chunk_bytes, head=head):
        if isinstance(piece, Span):
            yield from cut_span(piece)
        else:
            yield piece


def cut_span(span: Span, wanted: Sequence[bool] = ()) -> Iterator[Cell | Skipped]:
    """Yield the cells of a span: those that are ``wanted``, without it all."""
    if wanted and not any(wanted):
        return
    offset = span.offset
    for k, piece in enumerate(span.content.split(MARKER)[1:]):
        length = len(MARKER) + len(piece)
        if not wanted or wanted[k]:
            content, position = MARKER + piece, span.position + k
            if length > LONGEST_CELL:
                yield Skipped(position, offset, length, TOO_LONG, content[:KEPT_BYTES])
            else:
                yield Cell(position, offset, content)
        offset += length


def iter_spans(
    stream: Readable, chunk_bytes: int = 1 << 20, *, head: bytes = b""
) -> Iterator[Span | Skipped]:
    """Yield the cells as ``iter_cells`` does, but as many at once as lie whole in ``chunk_bytes``."""
    buffer, base, seek = head, 0, 0  # base: offset in the file of the buffer's first byte
    begin, inside, position = 0, False, 0  # begin: offset of the piece at hand; inside: it is a cell
    opening: bytes | None = None  # of a piece that is too long to keep
    ended = False
    while True:
        if not inside or opening is not None:
            at = buffer.find(MARKER, seek)
            if at >= 0:
                content = buffer[begin - base : at] if opening is None else opening
                if piece := _close_piece(position, begin, base + at - begin, content, inside):
                    yield piece
                    position += 1
                buffer = buffer[at:]
                base = begin = base + at
                inside, opening, seek = True, None, len(MARKER)
        if inside and opening is None and (at := buffer.rfind(MARKER, seek)) >= 0:
            content = buffer[:at]
            n_cells = content.count(MARKER)
            yield Span(position, begin, n_cells, content, False)
            position += n_cells
            buffer = buffer[at:]
            base = begin = base + at
        if ended:
            break
        if opening is None and len(buffer) > LONGEST_CELL + OVERLAP:
            opening = buffer[:LONGEST_CELL]
        if opening is not None:
            base += len(buffer) - OVERLAP
            buffer = buffer[-OVERLAP:]
        seek = max(0, len(buffer) - OVERLAP)
        chunk = read_fully(stream, chunk_bytes)
        ended = not chunk
        buffer += chunk
    length = base + len(buffer) - begin
    if inside and length <= LONGEST_CELL:
        yield Span(position, begin, 1, buffer, True)
    elif piece := _close_piece(position, begin, length, buffer if opening is None else opening, inside):
        yield piece


def read_fully(stream: Readable, n_bytes: int) -> bytes:
    """Read so many bytes from a stream that may give less at a time; fewer only at its end."""
    chunk = stream.read(n_bytes)
    if len(chunk) >= n_bytes:
        return chunk
    pieces, n_wanted = [chunk], n_bytes - len(chunk)
    while n_wanted > 0 and (chunk := stream.read(n_wanted)):
        pieces.append(chunk)
        n_wanted -= len(chunk)
    return b"".join(pieces)


def _close_piece(position: int, begin: int, length: int, content: bytes, inside: bool) -> Skipped | None:
    """Make a record of what is no cell: one that is too long, or what lies before the first, mostly CSS."""
    if inside:
        return Skipped(position, begin, length, TOO_LONG, content[:KEPT_BYTES])
    content = content[:LONGEST_CELL]
    half = HALF_CELL.search(content)
    if half is None:
        return None
    at = half.start()
    kept = content[at : at + KEPT_BYTES]
    return Skipped(position, begin + at, length - at, "truncated entry", kept)
