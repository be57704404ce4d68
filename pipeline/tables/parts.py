"""An archive's part: its entries as five Parquet tables in one folder, written once and never edited."""

from __future__ import annotations

import contextlib
import hashlib
import shutil
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol, TypeVar

from pipeline.reading.archive import Archive
from pipeline.reading.batch import BLOCK_ENTRIES
from pipeline.reading.entries import DAMAGED, EntryReader, FileCounts
from pipeline.reading.members import NOT_WHOLE
from pipeline.records import Activity, ArchiveFile, Skipped
from pipeline.settings import ZoneSpan
from pipeline.tables.batches import TableWriter, set_export
from pipeline.tables.columns import Block, lay_out_blocks, lay_out_rows, repeat_label
from pipeline.tables.files import make_private_folder, move, remove, sha256_of, temporary_name
from pipeline.tables.offsets import find_home
from pipeline.tables.progress import Tell
from pipeline.tables.schema import FILE, TABLES
from pipeline.tables.views import EXPORTS, RETRY
from pipeline.tables.workers import Workers

STAMP = "%Y%m%dT%H%M%SZ"
UNREAD = {
    "my_activity_html": "activity page without entries",
    "activity_json": "activity file without entries",
    "unknown": "file of unknown kind",
}


class Reader(Protocol):
    """The entries of one file, and once they are read the account of them, as ``EntryReader`` has it."""

    @property
    def file(self) -> ArchiveFile: ...

    @property
    def counts(self) -> FileCounts: ...

    def __iter__(self) -> Iterator[Activity | Skipped]: ...


AnyReader = TypeVar("AnyReader", bound=Reader)


@dataclass(frozen=True, slots=True)
class PartResult:
    """One archive's part as it was written: nothing reads it before ``run.json`` names it."""

    part: str
    export: str
    files: dict[str, str]  # path below out → SHA-256
    n_files: int
    seen: int
    parsed: int
    skipped: int
    unread: dict[str, int]  # kind and reason → files
    set_aside: dict[str, int]  # reason → entries

    @property
    def damaged(self) -> int:
        """Count the members, and the archive itself, that could not be read to their end."""
        ends = sum(n for reason, n in self.unread.items() if reason.startswith(NOT_WHOLE))
        return self.set_aside.get(DAMAGED, 0) + ends


def write_part(
    out: Path, archive: Archive, *, home_zone: Sequence[ZoneSpan], tell: Tell, taken: Collection[str] = ()
) -> PartResult:
    """Read an archive into a new part below ``out``, in bounded memory. Raises ``ArchiveError``.

    A part whose name would be one of ``taken`` gets another: those stay until ``run.json`` says otherwise.
    """
    home = find_home(home_zone, archive.stamp)
    with Workers() as workers:
        return write_entries(
            out,
            (EntryReader(file, home_zone=home) for file in archive.files()),
            workers.lay_out,
            stamp=archive.stamp,
            digest=archive.digest(),
            tell=tell,
            taken=taken,
        )


def write_entries(
    out: Path,
    readers: Iterable[AnyReader],
    lay_out: Callable[[AnyReader], Iterator[Block]] = lay_out_blocks,
    *,
    stamp: str | None,
    digest: str,
    tell: Tell,
    taken: Collection[str] = (),
    base: str | None = None,
) -> PartResult:
    """Write the entries of one reader a file as one part.

    ``stamp``: the export's time by the archive's name; without one the newest entry gives it. ``base``:
    the part that this one is a retry of; then ``stamp`` is the name of its export.
    """
    exports = make_private_folder(out / EXPORTS)
    folder = make_private_folder(temporary_name(exports / digest[:12]))
    try:
        totals = _write_tables(folder, readers, lay_out, export=stamp, tell=tell)
        time = stamp or datetime.fromtimestamp(totals.newest_ms // 1000, UTC).strftime(STAMP)
        export = stamp or f"{time}-{digest[:8]}"
        if stamp is None:
            for table in TABLES:
                set_export(folder / f"{table}.parquet", export)
        hashes = {table: sha256_of(folder / f"{table}.parquet") for table in TABLES}
        content = hashlib.sha256("".join(hashes.values()).encode()).hexdigest()[:8]
        part = f"{base}{RETRY}{content}" if base else f"{time}-{digest[:12]}"
        if not base and (totals.set_aside.get(DAMAGED) or part in taken):
            part += f"-{content}"  # a zip's digest says nothing of how much of it could be read
        if part in taken:  # it holds just the same
            shutil.rmtree(folder)
        else:
            remove(exports / part)  # nothing names it, or it lacks a table
            move(folder, exports / part)
    except BaseException:  # also when the run is interrupted: no half part is left
        shutil.rmtree(folder, ignore_errors=True)
        raise
    return PartResult(
        part,
        export,
        {f"{EXPORTS}/{part}/{table}.parquet": sha for table, sha in hashes.items()},
        totals.n_files,
        totals.seen,
        totals.parsed,
        totals.skipped,
        dict(totals.unread),
        dict(totals.set_aside),
    )


@dataclass(slots=True)
class _Totals:
    n_files: int = 0
    seen: int = 0
    parsed: int = 0
    skipped: int = 0
    newest_ms: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    set_aside: Counter[str] = field(default_factory=Counter)


def _write_tables(
    folder: Path,
    readers: Iterable[AnyReader],
    lay_out: Callable[[AnyReader], Iterator[Block]],
    *,
    export: str | None,
    tell: Tell,
) -> _Totals:
    totals = _Totals()
    files = list[tuple[int | str | None, ...]]()
    with contextlib.ExitStack() as stack:
        tables = {name: TableWriter(folder / f"{name}.parquet", name, stack) for name in TABLES}
        for reader in readers:
            for block in lay_out(reader):
                _add_block(tables, block, export, reader.file.name)
                totals.seen += block.n_entries
                totals.newest_ms = max(totals.newest_ms, block.newest_ms)
                totals.set_aside += block.set_aside
                tell("Reading entries", totals.seen, None)
            files.append(_describe_file(reader, totals))
            if len(files) == BLOCK_ENTRIES:
                _add_files(tables["file"], files, export)
                files = []
        if files:
            _add_files(tables["file"], files, export)
        for table in tables.values():
            table.flush()
    tell("Reading entries", totals.seen, totals.seen)
    return totals


def _add_block(tables: Mapping[str, TableWriter], block: Block, export: str | None, file: str) -> None:
    for name, (n_rows, columns) in block.tables.items():
        place = {"export": repeat_label(export, n_rows), "file": repeat_label(file, n_rows)}
        tables[name].add(n_rows, place | columns)


def _describe_file(reader: Reader, totals: _Totals) -> tuple[int | str | None, ...]:
    """Return the row of one file, as ``FILE`` but for the export, and count it."""
    counts = reader.counts
    totals.n_files += 1
    totals.parsed += counts.parsed
    totals.skipped += counts.skipped
    if counts.seen == 0:
        totals.unread[UNREAD.get(counts.kind) or counts.reason or counts.kind] += 1
    what = (counts.kind, counts.reason, counts.language, counts.dates, counts.note)
    row = (counts.seen, counts.parsed, counts.skipped, counts.by_soup)
    zones, headers = counts.guessed_zones, counts.unknown_headers
    guessed = (sum(zones.values()), _list_counts(zones), _list_counts(headers))
    return (reader.file.name, reader.file.n_bytes, *what, *row, *guessed)


def _add_files(table: TableWriter, rows: Sequence[tuple[int | str | None, ...]], export: str | None) -> None:
    n_rows, columns = lay_out_rows(FILE.names[1:], rows)
    table.add(n_rows, {"export": repeat_label(export, n_rows)} | columns)


def _list_counts(counts: Mapping[str, int]) -> str | None:
    return ", ".join(f"{name} {n}" for name, n in sorted(counts.items())) or None
