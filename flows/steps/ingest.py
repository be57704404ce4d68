"""Archives → tables and ledger, without pandas and without Prefect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.settings import Settings
from pipeline.tables.progress import Tell, silent


@dataclass(frozen=True, slots=True)
class IngestCounts:
    """What an ingest did. Files and entries are those of the new archives; rows are the merged table's."""

    n_archives: int
    n_new_archives: int
    n_files: int
    seen: int
    parsed: int
    skipped: int
    new_rows: int
    rows: int
    nothing_new: bool
    n_damaged: int = 0  # archives of which a member could not be read to its end


def ingest(patterns: Sequence[str], settings: Settings, *, tell: Tell = silent) -> IngestCounts:
    """Take in the archives that the patterns name; without a pattern, only mend the tables.

    Raises ``ArchiveError``, ``StoreError``, ``LockedError``.
    """
    from pipeline.reading.archive import find_archives
    from pipeline.tables.intake import take_in
    from pipeline.tables.journal import read_journal, require_step

    if not patterns:
        require_step(read_journal(settings.out), "ingest", where=settings.out)
    done = take_in(find_archives(patterns) if patterns else [], settings, tell=tell)
    return IngestCounts(
        n_archives=done.n_archives,
        n_new_archives=len(done.new_parts),
        n_files=sum(part.n_files for part in done.new_parts),
        seen=sum(part.seen for part in done.new_parts),
        parsed=sum(part.parsed for part in done.new_parts),
        skipped=sum(part.skipped for part in done.new_parts),
        new_rows=done.rows - done.rows_before,
        rows=done.rows,
        nothing_new=not done.merged,
        n_damaged=done.n_damaged,
    )
