"""Cuts a stream of JSON into its entries in constant memory: one array may be hundreds of megabytes.

The standard library decodes each entry as soon as it is whole. What is damaged costs itself alone: the
next entry is found by the keys that only entries begin with.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, NamedTuple

from pipeline.reading.cells import LONGEST_CELL, TOO_LONG, Readable
from pipeline.records import KEPT_BYTES, Cell, Skipped

LONGEST_WORD = 16  # characters that a cut may split: -Infinity, \ud83d
OVERLAP = 256  # characters; no pattern below is longer
SEPARATORS = re.compile(r"[\s,\[\]\0\ufeff]*")
BEGINNING = re.compile(r"[\s\0\ufeff]*")
NAMED_ARRAY = re.compile(r'"(?:Browser History|event)"\s{0,64}:\s{0,64}(\[)')
_KEYS = (
    "header|title|titleUrl|subtitles|time|products|activityControls|locationInfos|details|query|snippet|"
    "contentDetails|etag|kind|favicon_url|page_transition|page_transition_qualifier|ptoken|client_id|time_usec"
)
_NAME = rf'\s{{0,64}}"(?:{_KEYS})"\s{{0,64}}:'
ENTRY = re.compile(rf"\{{{_NAME}")
NEXT_ENTRY = re.compile(rf"(\{{)(?<!:\{{)(?<!:\s\{{){_NAME}")  # what follows a colon is part of an entry
DAMAGED_ENTRY, TRUNCATED = "damaged entry", "truncated entry"
TOO_DEEP = "entry nested too deeply"
_DECODER = json.JSONDecoder(strict=False)


class Element(NamedTuple):
    """One entry: its bytes and where they lie, and what they hold."""

    cell: Cell
    fields: dict[str, Any]

    @property
    def content(self) -> bytes:
        """The bytes of the entry."""
        return self.cell.content


class _Window:
    """The part of a file that is in memory, as text; ``at`` (characters) is where reading stands.

    Bytes that are no UTF-8 are carried as lone surrogates, so that ``offset`` (bytes) is exact.
    """

    def __init__(self, stream: Readable, chunk_bytes: int, head: bytes) -> None:
        self._stream, self._chunk_bytes = stream, chunk_bytes
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self.text, self.at, self.offset = self._decode(head), 0, 0
        self.ended = False

    def grow(self) -> bool:
        """Read until twice as much lies ahead, or ``OVERLAP``; ``False`` where the file ends."""
        if self.ended:
            return False
        pieces = [self.text[self.at :]]
        n_wanted = max(2 * len(pieces[0]), OVERLAP)
        while not self.ended and sum(map(len, pieces)) < n_wanted:
            chunk = self._stream.read(self._chunk_bytes)
            self.ended = not chunk
            pieces.append(self._decode(chunk, self.ended))
        self.text, self.at = "".join(pieces), 0
        return True

    def take(self, end: int) -> bytes:
        """Pass to ``end`` in ``text`` and return the bytes that were passed."""
        content = self.text[self.at : end].encode("utf-8", "surrogateescape")
        self.at, self.offset = end, self.offset + len(content)
        return content


def iter_elements(
    stream: Readable, chunk_bytes: int = 1 << 18, *, head: bytes = b""
) -> Iterator[Element | Skipped]:
    """Yield the entries of an array, or of the array under a known key, the same at every ``chunk_bytes``.

    ``head`` is what was read from the stream before. What is no whole entry comes as ``Skipped``, and so
    does the end of a file that was cut off between two.
    """
    window = _Window(stream, chunk_bytes, head)
    named = _find_array(window)
    position, open_at_end = 0, False
    while True:
        bracket = _pass_separators(window)
        if bracket == b"]" and named:
            return
        open_at_end = bracket == b"[" or (open_at_end and not bracket)
        if window.at == len(window.text):
            break
        piece = _read_element(window, position)
        yield piece
        position += 1
        if isinstance(piece, Skipped) and window.at == len(window.text):
            return
    if open_at_end:
        yield Skipped(position, window.offset, 0, TRUNCATED, b"")


def _find_array(window: _Window) -> bool:
    """Pass to the array that holds the entries; say whether it lies under a key."""
    if len(window.text) < OVERLAP:
        window.grow()
    begin = _match_end(BEGINNING, window)
    if window.text[begin : begin + 1] != "{" or ENTRY.match(window.text, begin):
        return False
    _pass_to(NAMED_ARRAY, window)
    return True


def _match_end(pattern: re.Pattern[str], window: _Window) -> int:
    match = pattern.match(window.text, window.at)
    return match.end() if match else window.at


def _pass_separators(window: _Window) -> bytes:
    """Pass what stands between two entries; return the last bracket of it."""
    bracket = b""
    while True:
        passed = window.take(_match_end(SEPARATORS, window))
        at = max(passed.rfind(b"["), passed.rfind(b"]"))
        bracket = passed[at : at + 1] if at >= 0 else bracket
        if window.at < len(window.text) or not window.grow():
            return bracket


def _read_element(window: _Window, position: int) -> Element | Skipped:
    """Read the entry at which the window stands, or pass to the next one."""
    offset = window.offset
    found = _decode(window) if window.text[window.at] == "{" else DAMAGED_ENTRY
    if not isinstance(found, str):
        fields, end = found
        return Element(Cell(position, offset, window.take(end)), fields)
    kept = _pass_to(NEXT_ENTRY, window)
    length = window.offset - offset
    at_end = window.at == len(window.text)
    if (found == TRUNCATED and not at_end) or (found == TOO_LONG and length <= LONGEST_CELL):
        found = DAMAGED_ENTRY  # it lacked a bracket, and had swallowed the entries after it
    return Skipped(position, offset, length, found, kept)


def _decode(window: _Window) -> tuple[dict[str, Any], int] | str:
    """Decode the object at which the window stands: it and its end in the text, or why it cannot be."""
    while True:
        n_ahead = len(window.text) - window.at
        try:
            fields, end = _DECODER.raw_decode(window.text, window.at)
        except RecursionError:
            return TOO_DEEP
        except json.JSONDecodeError as error:
            n_read = error.pos - window.at
            may_go_on = n_ahead - n_read <= LONGEST_WORD or error.msg.startswith("Unterminated string")
            if not may_go_on:
                return DAMAGED_ENTRY if n_read <= LONGEST_CELL else TOO_LONG
        except ValueError:  # a number of more than 4,300 digits
            return DAMAGED_ENTRY
        else:
            return (fields, end) if end - window.at <= LONGEST_CELL else TOO_LONG
        if n_ahead > LONGEST_CELL + LONGEST_WORD:
            return TOO_LONG
        if not window.grow():
            return TRUNCATED


def _pass_to(pattern: re.Pattern[str], window: _Window) -> bytes:
    """Pass to the group of ``pattern``, or to the end; return the first ``KEPT_BYTES`` passed."""
    kept, n_settled = b"", 1  # characters ahead where no match can begin; a look-behind wants two
    while (match := pattern.search(window.text, window.at + n_settled)) is None:
        if (end := len(window.text) - OVERLAP) > window.at:
            kept += window.take(end)[: KEPT_BYTES - len(kept)]
            n_settled = 2
        if not window.grow():
            break
    end = match.start(1) if match else len(window.text)
    return kept + window.take(end)[: KEPT_BYTES - len(kept)]
