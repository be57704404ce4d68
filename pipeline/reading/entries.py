"""One file of an archive → its activities, with an account of every entry: seen = parsed + skipped."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain, count

from pipeline.reading.batch import Batch, Entries, Read, Tally, gather_entries, read_batch, tally_entries
from pipeline.reading.bombs import BombError
from pipeline.reading.cells import Span, cut_span, iter_cells, iter_spans
from pipeline.reading.dates import NO_DATE
from pipeline.reading.dispatch import HEAD_BYTES, READ_KINDS, Recognised, needs_head, recognise
from pipeline.reading.json_activity import parse_element
from pipeline.reading.json_elements import Element, iter_elements
from pipeline.reading.json_manner import settle_words
from pipeline.reading.manner import Manner, speak_english
from pipeline.reading.settle import settle_manner, settle_order, take_first
from pipeline.reading.unbroken import UnbrokenStream
from pipeline.records import Activity, ArchiveFile, Cell, Skipped

DAMAGED = "damaged member"
BOMB = "inflates beyond all measure"


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
        self.tally = Tally()

    @property
    def counts(self) -> FileCounts:
        """The account so far; complete once the iteration has ended."""
        tally, manner, kind = self.tally, self._manner, self._recognised.kind
        undated = NO_DATE if tally.undated and not tally.parsed else None
        return FileCounts(
            kind,
            self._recognised.reason or undated,
            manner.language if tally.parsed else None,
            manner.dates.locale if tally.parsed and kind != "activity_json" else None,
            manner.note if tally.parsed else None,
            tally.parsed + tally.skipped,
            tally.parsed,
            tally.skipped,
            tally.by_soup,
            dict(tally.guessed),
            dict(tally.unknown_headers),
        )

    def __iter__(self) -> Iterator[Activity | Skipped]:
        """Yield each entry; a member that breaks off ends with one ``Skipped`` that says where."""
        for batch in self.iter_batches():
            read = read_batch(batch) if isinstance(batch, Batch) else batch
            self.tally.add(read.tally)
            yield from read.entries

    def iter_batches(self) -> Iterator[Batch | Read]:
        """Yield the entries by the batch, not read yet where another process could read them.

        Whoever reads a batch adds what its entries count to ``tally``.
        """
        name = self.file.name
        if self.file.refused:
            self._recognised = Recognised("refused", self.file.refused)
            return
        if not needs_head(name):
            self._recognised = recognise(name, b"")
            return
        with UnbrokenStream(self.file) as stream:
            head, self._recognised = _read_head(stream, name)
            n_entries = 0
            if self._recognised.kind == "activity_json":
                for entries in gather_entries(self._read_json(stream, head)):
                    n_entries += len(entries)
                    yield self._tell(entries)
            elif self._recognised.kind == "my_activity_html":
                for piece in self._settle(iter_spans(stream, head=head)):
                    batch = Batch(self._manner, piece) if isinstance(piece, Span) else self._tell([piece])
                    if isinstance(batch, Batch) and batch.span.ends_file:
                        batch = read_batch(batch)
                    n_entries += len(batch.entries) if isinstance(batch, Read) else batch.span.n_cells
                    yield batch
            elif stream.fault:
                self._recognised = Recognised("unknown", "a damaged member")
            if stream.fault:
                reason = BOMB if isinstance(stream.fault, BombError) else DAMAGED
                n_lost = max(0, self.file.n_bytes - stream.n_read)
                yield self._tell([Skipped(n_entries, stream.n_read, n_lost, reason, b"")])

    def _settle(self, pieces: Iterator[Span | Skipped]) -> Iterator[Span | Skipped]:
        """Settle the manner by the first cells and, where those leave the dates open, by all of them."""
        taken = list[Span | Skipped]()

        def iter_first() -> Iterator[Cell | Skipped]:
            for piece in pieces:
                taken.append(piece)
                yield from cut_span(piece) if isinstance(piece, Span) else (piece,)

        first, _ = take_first(iter_first())
        self._manner = settle_manner(first, name=self.file.name, home_zone=self._manner.clock.home_zone)
        if not self._manner.certain:
            with UnbrokenStream(self.file) as again:
                every = (piece for piece in iter_cells(again) if isinstance(piece, Cell))
                self._manner = settle_order(every, self._manner)
        return chain(taken, pieces)

    def _read_json(self, stream: UnbrokenStream, head: bytes) -> Iterator[Activity | Skipped]:
        """Yield each entry of a JSON file, numbered anew."""
        pieces = iter_elements(stream, head=head)
        language, words, pieces = settle_words(pieces, self.file.name)
        self._manner = replace(self._manner, language=language, words=words)
        positions = count()
        for piece in pieces:
            if isinstance(piece, Element):
                entries = parse_element(piece, self._manner)
            else:  # of damage between two entries the last record tells
                entries = iter((piece,) if piece.length or not stream.fault else ())
            for entry in entries:
                yield entry._replace(position=next(positions))

    def _tell(self, entries: Entries) -> Read:
        return Read(entries, tally_entries(entries, self._manner.clock))


def _read_head(stream: UnbrokenStream, name: str) -> tuple[bytes, Recognised]:
    """Read until the file is recognised, or ``HEAD_BYTES``, from a stream that may give less at a time."""
    head = b""
    while len(head) < HEAD_BYTES and (chunk := stream.read(HEAD_BYTES >> 3)):
        head += chunk
        if (found := recognise(name, head)).kind in READ_KINDS:
            return head, found
    return head, recognise(name, head)
