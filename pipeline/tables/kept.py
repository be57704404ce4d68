"""The entries of one file that were set aside, read by the present reader from the bytes that were kept."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import NamedTuple

import duckdb

from pipeline.reading.batch import Tally, read_cell, tally_entries
from pipeline.reading.bombs import BombError
from pipeline.reading.cells import LONGEST_CELL, Readable, read_fully
from pipeline.reading.dates import recall_form
from pipeline.reading.entries import BOMB, DAMAGED, FileCounts
from pipeline.reading.json_activity import parse_element
from pipeline.reading.json_elements import Element, iter_elements
from pipeline.reading.json_manner import settle_words
from pipeline.reading.locales import words_of
from pipeline.reading.manner import Manner, speak_english
from pipeline.reading.members import DAMAGE
from pipeline.reading.settle import settle_manner, settle_order, take_first
from pipeline.reading.timestamps import Clock
from pipeline.records import Activity, ArchiveFile, Cell, Skipped

FOR_GOOD = (DAMAGED, BOMB, "truncated entry")
"""The reasons for which the bytes that are missing are in no archive."""
PIECE_BYTES = 1 << 20
BATCH = 100

FILES = f"""
    SELECT file, bytes, kind, language, dates, parsed,
           count(*) FILTER ("length" > octet_length(content) AND "length" <= {LONGEST_CELL})
    FROM (SELECT * RENAME (part AS base) FROM file WHERE part = ? AND NOT copy)
    JOIN (SELECT base, file, "length", content FROM set_aside WHERE reason NOT IN {FOR_GOOD})
    USING (base, file) GROUP BY ALL ORDER BY ALL
"""
# An old query is one entry a time that it was asked.
ENTRIES = f"""
    SELECT "offset", "length", content, list(position ORDER BY position) AS positions FROM set_aside
    WHERE base = ? AND file = ? AND reason NOT IN {FOR_GOOD} GROUP BY ALL ORDER BY positions
"""


class KeptFile(NamedTuple):
    """A file with entries that were set aside; ``n_long`` of them are longer than what was kept."""

    name: str
    n_bytes: int
    kind: str
    language: str | None
    dates: str | None
    parsed: int
    n_long: int


def list_kept(connection: duckdb.DuckDBPyConnection, part: str) -> list[KeptFile]:
    """List the files of a part with entries that a reader may try again, those of copies left out."""
    return [KeptFile(*row) for row in connection.execute(FILES, [part]).fetchall()]


class KeptEntries:
    """Iterates over what can be read now, as ``EntryReader`` over a file; then ``counts`` has the account.

    ``connection`` has the part views; entries longer than what was kept are read from ``source``, if it is
    given and sound, else ``n_waiting`` of them wait.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        part: str,
        kept: KeptFile,
        *,
        home_zone: str,
        source: ArchiveFile | None = None,
    ) -> None:
        self.file = ArchiveFile(kept.name, kept.n_bytes, io.BytesIO)
        self._connection, self._part, self._kept = connection, part, kept
        self._home_zone, self._source = home_zone, source
        self._manner: Manner | None = None
        self.n_waiting = kept.n_long
        self._tally = Tally()

    @property
    def counts(self) -> FileCounts:
        """The account so far; complete once the iteration has ended."""
        tally = self._tally
        manner = self._manner if tally.parsed else None
        return FileCounts(
            self._kept.kind,
            None,
            manner.language if manner else None,
            manner.dates.locale if manner and self._kept.kind != "activity_json" else None,
            manner.note if manner else None,
            tally.parsed,
            tally.parsed,
            0,
            0,  # those that fell to BeautifulSoup did so the first time, too
            dict(tally.guessed),
            dict(tally.unknown_headers),
        )

    def __iter__(self) -> Iterator[Activity]:
        """Yield each activity at the place that its entry has in the file."""
        self._manner = manner = self._settle()
        for cell, positions in self._iter_cells():
            entries = list(self._parse(cell, manner))
            if len(entries) != len(positions):
                continue  # an old query of several times, of which some could be read
            for entry, position in zip(entries, positions, strict=True):
                if isinstance(entry, Activity):
                    self._tally.add(tally_entries([entry], manner.clock))
                    yield entry._replace(position=position)

    def _settle(self) -> Manner:
        """Settle how the file is written: as it was for the entries that could be read, if any could."""
        kept, home = self._kept, self._home_zone
        if kept.parsed:
            manner = replace(speak_english(home), language=kept.language, words=words_of(kept.language))
            if kept.dates is None:
                return manner
            return replace(manner, dates=recall_form(kept.dates), clock=Clock(home, kept.dates.split()))
        if kept.kind == "activity_json":
            elements = filter(None, (_as_element(cell) for cell, _ in self._iter_cells()))
            language, words, _ = settle_words(elements, kept.name)
            return replace(speak_english(home), language=language, words=words)
        first, _ = take_first(cell for cell, _ in self._iter_cells())
        manner = settle_manner(first, name=kept.name, home_zone=home)
        return manner if manner.certain else settle_order((cell for cell, _ in self._iter_cells()), manner)

    def _parse(self, cell: Cell, manner: Manner) -> Iterator[Activity | Skipped]:
        if self._kept.kind == "activity_json":
            if element := _as_element(cell):
                yield from parse_element(element, manner)
            return
        yield read_cell(cell, manner)[0]

    def _iter_cells(self) -> Iterator[tuple[Cell, list[int]]]:
        """Yield each entry with its bytes, and the positions at which it was set aside."""
        source = self._source if self._kept.n_long and self._source and _is_sound(self._source) else None
        self.n_waiting = 0 if source else self._kept.n_long
        with source.open() if source else io.BytesIO() as stream:
            at = 0  # where the stream stands
            rows = self._connection.execute(ENTRIES, [self._part, self._kept.name])
            while batch := rows.fetchmany(BATCH):
                for offset, length, content, positions in batch:
                    cell = Cell(positions[0], offset, content)
                    if length is None or length <= len(content):
                        yield cell, positions
                    elif source and length <= LONGEST_CELL:
                        _pass(stream, offset - at)
                        at = offset + length
                        yield cell._replace(content=read_fully(stream, length)), positions


def _as_element(cell: Cell) -> Element | None:
    piece = next(iter_elements(io.BytesIO(b"[" + cell.content)), None)
    return piece._replace(cell=cell) if isinstance(piece, Element) else None


def _is_sound(source: ArchiveFile) -> bool:
    """Say whether a file can be read to its end, where its checksum is."""
    try:
        with source.open() as stream:
            while stream.read(PIECE_BYTES):
                pass
    except (BombError, *DAMAGE):
        return False
    return True


def _pass(stream: Readable, n_bytes: int) -> None:
    """Read so many bytes and keep none: a member of a zip has no other way forward."""
    while n_bytes > 0 and (piece := stream.read(min(n_bytes, PIECE_BYTES))):
        n_bytes -= len(piece)
