"""Archives → tables and ledger, without pandas and without Prefect."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

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
    n_damaged: int = 0  # archives that could not be read to their end, and that no other makes good
    parts: tuple[str, ...] = ()  # of the new archives
    read_again: int = 0  # entries set aside earlier that could be read now
    waiting: dict[str, int] = field(default_factory=dict)  # those that need their archive, by its file name


def ingest(
    patterns: Sequence[str], settings: Settings, *, retry_skipped: bool = False, tell: Tell = silent
) -> IngestCounts:
    """Take in the archives that the patterns name; without a pattern, merge again what is there.

    ``retry_skipped``: read again what was set aside instead; archives are where long entries are read from.
    Raises ``ArchiveError``, ``StoreError``, ``LockedError``.
    """
    from flows.sample_place import makes_way
    from pipeline.reading.archive_paths import find_archives
    from pipeline.tables.intake import take_in
    from pipeline.tables.journal import read_journal, require_step

    if not patterns or retry_skipped:
        require_step(read_journal(settings.out), "ingest", where=settings.out)
    paths = find_archives(patterns) if patterns else []
    waiting: dict[str, int] = {}
    if retry_skipped:
        from pipeline.tables.retry import retry_skipped as retry

        done, waiting = retry(paths, settings, tell=tell)
    else:
        done = take_in(paths, settings, tell=tell, anew=makes_way(settings.out, patterns))
    new_parts = () if retry_skipped else done.new_parts
    return IngestCounts(
        n_archives=done.n_archives,
        n_new_archives=len(new_parts),
        n_files=sum(part.n_files for part in new_parts),
        seen=sum(part.seen for part in new_parts),
        parsed=sum(part.parsed for part in new_parts),
        skipped=sum(part.skipped for part in new_parts),
        new_rows=done.rows - done.rows_before,
        rows=done.rows,
        nothing_new=not done.merged,
        n_damaged=done.n_damaged,
        parts=tuple(part.part for part in new_parts),
        read_again=sum(part.parsed for part in done.new_parts) if retry_skipped else 0,
        waiting=waiting,
    )
