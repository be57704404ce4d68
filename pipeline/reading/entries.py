"""One file of an archive → its activities, with an account of every entry: seen = parsed + skipped."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace

from pipeline.reading import activity
from pipeline.reading.cells import iter_cells
from pipeline.reading.dates import NO_DATE, OTHER_CALENDAR
from pipeline.reading.dispatch import HEAD_BYTES, READ_KINDS, Recognised, needs_head, recognise
from pipeline.reading.json_activity import parse_element
from pipeline.reading.json_elements import Element, iter_elements
from pipeline.reading.json_manner import settle_words
from pipeline.reading.locales import is_known_header
from pipeline.reading.manner import Manner, speak_english
from pipeline.reading.measure import BombError
from pipeline.reading.settle import settle_manner, settle_order, take_first
from pipeline.reading.unbroken import UnbrokenStream
from pipeline.records import KEPT_BYTES, Activity, ArchiveFile, Cell, Skipped

CLOSED_CAPTION = re.compile(rb'<div class="content-cell [^">]*--caption">(?:(?!<div)[\s\S])*?</div>')
DAMAGED = "damaged member"
BOMB = "inflates beyond all measure"
FILE_END = re.compile(rb"</html>\s*\Z", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FileCounts:
    """What was found in one file; ``guessed_zones`` counts rows by the abbreviation that was guessed."""

    kind: str
    reason: str | None  # why the file, or any entry of it, was not read
    language: str | None
    dates: str | None  # the form of its dates, as ``dates`` names it
    note: str | None  # what was not certain about them
    seen: int
    parsed: int
    skipped: int
    by_soup: int
    guessed_zones: dict[str, int] = field(default_factory=dict)
    unknown_headers: dict[str, int] = field(default_factory=dict)


class EntryReader:
    """Iterates once over the entries of ``file``; afterwards ``counts`` holds the account.

    ``home_zone`` (``Europe/Paris``) settles zones that mean several things.
    """

    def __init__(self, file: ArchiveFile, *, home_zone: str) -> None:
        self.file = file
        self._manner: Manner = speak_english(home_zone)
        self._recognised = Recognised("unknown", "not opened")
        self._parsed = self._skipped = self._undated = self._by_soup = 0
        self._guessed: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()

    @property
    def counts(self) -> FileCounts:
        """The account so far; complete once the iteration has ended."""
        undated = NO_DATE if self._undated and not self._parsed else None
        return FileCounts(
            self._recognised.kind,
            self._recognised.reason or undated,
            self._manner.language if self._parsed else None,
            self._manner.dates.locale if self._parsed and self._recognised.kind != "activity_json" else None,
            self._manner.note if self._parsed else None,
            self._parsed + self._skipped,
            self._parsed,
            self._skipped,
            self._by_soup,
            dict(self._guessed),
            dict(self._unknown),
        )

    def __iter__(self) -> Iterator[Activity | Skipped]:
        """Yield each entry; a member that breaks off ends with one ``Skipped`` that says where."""
        name = self.file.name
        if self.file.refused:
            self._recognised = Recognised("refused", self.file.refused)
            return
        if not needs_head(name):
            self._recognised = recognise(name, b"")
            return
        with UnbrokenStream(self.file) as stream:
            head, self._recognised = _read_head(stream, name)
            if self._recognised.kind == "activity_json":
                yield from self._read_json(stream, head)
            elif self._recognised.kind == "my_activity_html":
                yield from self._read_html(stream, head)
            elif stream.fault:
                self._recognised = Recognised("unknown", "a damaged member")
            if stream.fault:
                reason = BOMB if isinstance(stream.fault, BombError) else DAMAGED
                n_lost, n_whole = max(0, self.file.n_bytes - stream.n_read), self._parsed + self._skipped
                yield self._count(Skipped(n_whole, stream.n_read, n_lost, reason, b""))

    def _read_html(self, stream: UnbrokenStream, head: bytes) -> Iterator[Activity | Skipped]:
        """Yield each entry of an HTML file; only the last one may have been cut off."""
        last: Cell | None = None
        for piece in self._settle(iter_cells(stream, head=head)):
            if last is not None:
                yield self._read(last)
            last = piece if isinstance(piece, Cell) else None
            if isinstance(piece, Skipped):
                yield self._count(piece)
        if last is not None:
            yield from self._read_last(last)

    def _settle(self, pieces: Iterable[Cell | Skipped]) -> Iterator[Cell | Skipped]:
        """Settle the manner by the first pieces and, where those leave the dates open, by all of them."""
        first, pieces = take_first(pieces)
        self._manner = settle_manner(first, name=self.file.name, home_zone=self._manner.clock.home_zone)
        if not self._manner.certain:
            with UnbrokenStream(self.file) as again:
                every = (piece for piece in iter_cells(again) if isinstance(piece, Cell))
                self._manner = settle_order(every, self._manner)
        return pieces

    def _read(self, cell: Cell) -> Activity | Skipped:
        entry = activity.parse_cell(cell, self._manner)
        if entry is None:
            from pipeline.reading import soup  # loaded only where it is needed: a quarter of a second

            self._by_soup += 1
            entry = soup.parse_cell(cell, self._manner)
        return self._count(entry)

    def _read_json(self, stream: UnbrokenStream, head: bytes) -> Iterator[Activity | Skipped]:
        """Yield each entry of a JSON file, numbered anew."""
        pieces = iter_elements(stream, head=head)
        language, words, pieces = settle_words(pieces, self.file.name)
        self._manner = replace(self._manner, language=language, words=words)
        for piece in pieces:
            if isinstance(piece, Element):
                entries = parse_element(piece, self._manner)
            else:  # of damage between two entries the last record tells
                entries = iter((piece,) if piece.length or not stream.fault else ())
            for entry in entries:
                yield self._count(entry._replace(position=self._parsed + self._skipped))

    def _count(self, entry: Activity | Skipped) -> Activity | Skipped:
        if isinstance(entry, Skipped):
            self._skipped += 1
            self._undated += entry.reason in (NO_DATE, OTHER_CALENDAR)
            return entry
        self._parsed += 1
        if entry.zone is not None:
            found = self._manner.clock.find_offset(entry.zone)
            if found is not None and found.guessed:
                self._guessed[entry.zone] += 1
        if entry.header is not None and not is_known_header(entry.header):
            self._unknown[entry.header] += 1
        return entry

    def _read_last(self, cell: Cell) -> Iterator[Activity | Skipped]:
        """Read the entry at the end of the file, where the file may have been cut off."""
        content = cell.content
        closed = CLOSED_CAPTION.search(content)
        if FILE_END.search(content[-200:]) or (closed and b"<div" not in content[closed.end() :]):
            yield self._read(cell)
            return
        cut = closed.end() if closed else 0
        if closed:
            yield self._read(cell)
        position = cell.position + (1 if closed else 0)
        rest = content[cut:]
        yield self._count(
            Skipped(position, cell.offset + cut, len(rest), "truncated entry", rest[:KEPT_BYTES])
        )


def _read_head(stream: UnbrokenStream, name: str) -> tuple[bytes, Recognised]:
    """Read until the file is recognised, or ``HEAD_BYTES``, from a stream that may give less at a time."""
    head = b""
    while len(head) < HEAD_BYTES and (chunk := stream.read(HEAD_BYTES >> 3)):
        head += chunk
        if (found := recognise(name, head)).kind in READ_KINDS:
            return head, found
    return head, recognise(name, head)
