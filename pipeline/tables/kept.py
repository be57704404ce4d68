"""The entries of one file that were set aside, read by the present reader from the bytes that were kept."""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterator
from typing import IO, NamedTuple

import duckdb

from pipeline.reading import activity
from pipeline.reading.cells import LONGEST_CELL
from pipeline.reading.entries import BOMB, DAMAGED, FileCounts
from pipeline.reading.locales import is_known_header
from pipeline.reading.manner import Manner, speak_english
from pipeline.reading.measure import BombError
from pipeline.reading.members import DAMAGE
from pipeline.records import Activity, ArchiveFile, Cell, Skipped

FOR_GOOD = (DAMAGED, BOMB, "truncated entry")
"""The reasons for which the bytes that are missing are in no archive."""
PIECE_BYTES = 1 << 20
BATCH = 100

FILES = f"""
    SELECT file, bytes, kind, language, dates, note,
           count(*) FILTER ("length" > octet_length(content) AND "length" <= {LONGEST_CELL})
    FROM (SELECT * RENAME (part AS base) FROM file WHERE part = ? AND NOT copy)
    JOIN (SELECT base, file, "length", content FROM set_aside WHERE reason NOT IN {FOR_GOOD})
    USING (base, file) GROUP BY ALL ORDER BY ALL
"""
# An old query of several times can be set aside in part: it stays as it is.
ENTRIES = f"""
    SELECT position, "offset", "length", content, count(*) FROM set_aside
    ANTI JOIN (SELECT base, file, position FROM entry) USING (base, file, position)
    WHERE base = ? AND file = ? AND reason NOT IN {FOR_GOOD} GROUP BY ALL ORDER BY position
"""


class KeptFile(NamedTuple):
    """A file with entries that were set aside; ``n_long`` of them are longer than what was kept."""

    name: str
    n_bytes: int
    kind: str
    language: str | None
    dates: str | None
    note: str | None
    n_long: int


def list_kept(connection: duckdb.DuckDBPyConnection, part: str) -> list[KeptFile]:
    """List the files of a part with entries that a reader may try again, those of copies left out."""
    return [KeptFile(*row) for row in connection.execute(FILES, [part]).fetchall()]


class KeptEntries:
    """Iterates over what can be read now, as ``EntryReader`` over a file; then ``counts`` has the account.

    In it ``seen`` counts what had been set aside and is read now, ``parsed`` what it gave. ``connection``
    has the part views; entries longer than what was kept are read from ``source``, if it is given and
    sound, else ``n_waiting`` of them wait.
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
        self._seen = self._parsed = 0
        self._guessed: Counter[str] = Counter()
        self._unknown: Counter[str] = Counter()

    @property
    def counts(self) -> FileCounts:
        """The account so far; complete once the iteration has ended."""
        manner = self._manner if self._parsed else None
        return FileCounts(
            self._kept.kind,
            None,
            manner.language if manner else None,
            manner.dates.locale if manner else None,
            manner.note if manner else None,
            self._seen,
            self._parsed,
            0,
            0,  # those that fell to BeautifulSoup did so the first time, too
            dict(self._guessed),
            dict(self._unknown),
        )

    def __iter__(self) -> Iterator[Activity]:
        """Yield each activity at the place that its entry has in the file."""
        self._manner = speak_english(self._home_zone)
        for cell, n_aside in self._iter_cells():
            entries = list(self._read(cell, self._manner))
            found = [entry for entry in entries if isinstance(entry, Activity)]
            if found and len(found) == len(entries):
                self._seen += n_aside
                for entry in found:
                    self._count(entry, self._manner)
                    yield entry

    def _count(self, entry: Activity, manner: Manner) -> None:
        self._parsed += 1
        offset = manner.clock.find_offset(entry.zone)
        if entry.zone and offset and offset.guessed:
            self._guessed[entry.zone] += 1
        if entry.header is not None and not is_known_header(entry.header):
            self._unknown[entry.header] += 1

    def _read(self, cell: Cell, manner: Manner) -> Iterator[Activity | Skipped]:
        entry = activity.parse_cell(cell, manner)
        if entry is None:
            from pipeline.reading import soup  # loaded only where it is needed: a quarter of a second

            entry = soup.parse_cell(cell, manner)
        yield entry

    def _iter_cells(self) -> Iterator[tuple[Cell, int]]:
        """Yield each entry with its bytes, and as how many it was set aside."""
        source = self._source if self._kept.n_long and self._source and _is_sound(self._source) else None
        self.n_waiting = 0 if source else self._kept.n_long
        with source.open() if source else io.BytesIO() as stream:
            at = 0  # where the stream stands
            rows = self._connection.execute(ENTRIES, [self._part, self._kept.name])
            while batch := rows.fetchmany(BATCH):
                for position, offset, length, content, n_aside in batch:
                    if length is None or length <= len(content):
                        yield Cell(position, offset, content), n_aside
                    elif source and length <= LONGEST_CELL:
                        _read(stream, offset - at)
                        at = offset + length
                        yield Cell(position, offset, _read(stream, length)), n_aside


def _is_sound(source: ArchiveFile) -> bool:
    """Say whether a file can be read to its end, where its checksum is."""
    try:
        with source.open() as stream:
            while stream.read(PIECE_BYTES):
                pass
    except (BombError, *DAMAGE):
        return False
    return True


def _read(stream: IO[bytes], n_bytes: int) -> bytes:
    """Read so many bytes from a stream that may give less at a time."""
    pieces = []
    while n_bytes and (piece := stream.read(min(n_bytes, PIECE_BYTES))):
        n_bytes -= len(piece)
        pieces.append(piece)
    return b"".join(pieces)
