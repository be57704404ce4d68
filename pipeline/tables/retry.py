"""Reading again what was set aside: the present reader over the kept bytes, into a part beside the old one.

A part is never edited. What can be read at last lies in a part of its own, each row at the place that the
entry has in its file (export, file, position), and the views no longer count it among what is set aside.
Only the first 64 kB of an entry are kept: a longer one is read from its archive, if that is given too.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from pipeline.errors import ArchiveError
from pipeline.reading.archive import Archive, open_archive
from pipeline.settings import Settings
from pipeline.tables.files import remove
from pipeline.tables.intake import Intake, commit_intake, list_broken, refuse_lost, remove_unnamed, sweep
from pipeline.tables.journal import Input, Journal, read_journal
from pipeline.tables.kept import KeptEntries, list_kept
from pipeline.tables.lock import hold_lock
from pipeline.tables.offsets import find_home
from pipeline.tables.parts import PartResult, write_entries
from pipeline.tables.progress import Tell
from pipeline.tables.views import EXPORTS, create_part_views, open_duckdb


def retry_skipped(paths: Sequence[Path], settings: Settings, *, tell: Tell) -> tuple[Intake, dict[str, int]]:
    """Read again what was set aside; ``paths`` are archives, known ones, for the entries that were too long.

    Returns what was done, its new parts being those of the entries that could be read, and how many
    entries wait for which archive (its file's name). Raises ``ArchiveError`` for an unknown archive.
    """
    started = time.perf_counter()
    out = settings.out
    new = list[PartResult]()
    inputs = list[Input]()
    waiting = Counter[str]()
    with hold_lock(out):
        before = read_journal(out)
        sweep(out, before)
        refuse_lost(out, list_broken(out, before))
        given = _open_known(before, paths)
        try:
            for known in before.inputs:
                archive = given.get(known.digest)
                part, n_waiting = _retry_one(out, before, known, archive, settings, tell)
                if n_waiting:
                    waiting[Path(known.path).name] += n_waiting
                if part:
                    new.append(part)
                    known = replace(known, retries=tuple(sorted((*known.retries, part.part))))
                inputs.append(known)
        except BaseException:  # also when the run is interrupted
            remove_unnamed(out, new)
            raise
        journal = replace(before, inputs=tuple(inputs))
        done = commit_intake(before, journal, settings, tuple(new), len(paths), started, tell)
    return done, dict(waiting)


def _open_known(journal: Journal, paths: Sequence[Path]) -> dict[str, Archive]:
    """Open archives that were taken in, by their digest."""
    digests = {known.digest for known in journal.inputs}
    given = {}
    for path in paths:
        archive = open_archive(path)
        digest = archive.digest()
        if digest not in digests:
            raise ArchiveError(
                "This archive was not taken in, so nothing of it was set aside",
                where=str(path),
                remedy="Run almanac ingest PATH first.",
            )
        given[digest] = archive
    return given


def _retry_one(
    out: Path, journal: Journal, known: Input, archive: Archive | None, settings: Settings, tell: Tell
) -> tuple[PartResult | None, int]:
    """Write what can be read now of one archive's set-aside as a part; say how many entries wait for it."""
    with open_duckdb(out) as connection:
        create_part_views(connection, out, journal.parts, {})
        files = list_kept(connection, known.part)
        if not files:
            return None, 0
        home = find_home(settings.home_zone, known.export[:8])
        wanted = {file.name for file in files if file.n_long}
        opened = {file.name: file for file in archive.files() if file.name in wanted} if archive else {}
        readers = [
            KeptEntries(connection, known.part, file, home_zone=home, source=opened.get(file.name))
            for file in files
        ]
        part = write_entries(
            out, readers, stamp=known.export, digest=known.digest, tell=tell, base=known.part
        )
    if part.parsed == 0:
        remove(out / EXPORTS / part.part)
    return part if part.parsed else None, sum(reader.n_waiting for reader in readers)
