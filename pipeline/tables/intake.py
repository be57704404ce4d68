"""Taking archives in: each new one becomes a part, all parts are merged, one rename commits both.

Killed at any moment, the next intake sweeps what ``run.json`` does not name and does the rest again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import ArchiveError, StoreError
from pipeline.reading.archive import open_archive
from pipeline.reading.meaning import NO_DATE
from pipeline.reading.members import AGAIN
from pipeline.settings import Settings
from pipeline.tables.files import TEMPORARY, remove, sha256_of, sweep_temporary
from pipeline.tables.journal import (
    Input,
    Journal,
    StepRecord,
    commit_journal,
    is_fresh,
    list_home_lines,
    prepare_out,
    read_digest_of,
    read_journal,
    replace_step,
)
from pipeline.tables.known import find_at_a_glance, measure_archive
from pipeline.tables.ledger import LEDGER_FIGURES
from pipeline.tables.lock import hold_lock
from pipeline.tables.merge import merge_parts
from pipeline.tables.parts import PartResult, write_part
from pipeline.tables.progress import Tell
from pipeline.tables.schema import TABLES
from pipeline.tables.views import EXPORTS, MERGED

OUR_FOLDERS = ("tables", "patterns", "charts", "clouds", "models", "report")

HOW_TO_ASK = (
    "Ask takeout.google.com for a new one: deselect all, tick “My Activity”, and leave its format at HTML."
)
HOW_TO_ASK_IN_ENGLISH = (
    "Set the language of your Google account to English (myaccount.google.com/language) for as long as "
    f"Google makes an archive. {HOW_TO_ASK}"
)


@dataclass(frozen=True, slots=True)
class Intake:
    """What one intake did: the new parts, and the rows of the merged table before and after."""

    n_archives: int
    new_parts: tuple[PartResult, ...]
    rows_before: int
    rows: int
    merged: bool
    n_damaged: int  # archives known so far of which a member could not be read to its end


def take_in(paths: Sequence[Path], settings: Settings, *, tell: Tell) -> Intake:
    """Take the archives in, and bring the merged table up to date.

    An archive that was taken in before changes nothing. Raises ``ArchiveError`` for an archive that
    cannot be read or when no entry of any archive can; then the tables stay as they were.
    """
    started = time.perf_counter()
    prepare_out(settings.out)
    with hold_lock(settings.out):
        before = read_journal(settings.out)
        broken = {archive.part for archive in before.inputs if not _is_whole(settings.out, archive)}
        journal = replace(before, inputs=tuple(i for i in before.inputs if i.part not in broken))
        sweep(settings.out, before)
        new = list[PartResult]()
        try:
            for path in paths:
                journal, part = _take_in_one(journal, path, settings, tell)
                new += [part] if part else []
            if lost := broken - {part.part for part in new}:
                raise StoreError(
                    "Tables are missing",
                    where=str(settings.out / EXPORTS / min(lost)),
                    remedy="Take that archive in again, or restore the folder.",
                )
            if len(new) == len(paths) > 0:
                _refuse_nothing(before, paths, new)
        except BaseException:  # also when the run is interrupted: no part is left that nothing names
            for part in new:
                remove(settings.out / EXPORTS / part.part)
            raise
        return _merge(before, journal, settings, tuple(new), len(paths), started, tell)


def sweep(out: Path, journal: Journal) -> None:
    """Remove what ``run.json`` does not name: temporary files, and parts that were never committed."""
    for path in out.glob(f"{TEMPORARY}*"):
        remove(path)
    for folder in OUR_FOLDERS:
        sweep_temporary(out / folder)
    named = {archive.part for archive in journal.inputs}
    for path in (out / EXPORTS).glob("*"):
        if path.name not in named:
            remove(path)


def _is_whole(out: Path, archive: Input) -> bool:
    return all((out / EXPORTS / archive.part / f"{table}.parquet").is_file() for table in TABLES)


def _take_in_one(
    journal: Journal, path: Path, settings: Settings, tell: Tell
) -> tuple[Journal, PartResult | None]:
    """Return the journal with this archive in it, and its part if it is new.

    A damaged archive has the digest of the sound one: another file of that digest is read, and takes
    its place unless it is damaged more.
    """
    if find_at_a_glance(journal, path):
        return journal, None
    size, mtime_ns = measure_archive(path)
    archive = open_archive(path)
    digest = archive.digest()
    part = None
    known = next((known for known in journal.inputs if known.digest == digest), None)
    if known is None or known.damaged:
        part = write_part(settings.out, archive, home_zone=settings.home_zone, tell=tell)
    if known and part and part.damaged > known.damaged:
        remove(settings.out / EXPORTS / part.part)
    if known and (part is None or part.part == known.part or part.damaged > known.damaged):
        entered = replace(known, path=str(path.absolute()), size=size, mtime_ns=mtime_ns)
        part = None
    elif part:
        entered = Input(str(path.absolute()), size, mtime_ns, digest, part.export, part.part, part.damaged)
    inputs = (*(other for other in journal.inputs if other != known), entered)
    return replace(journal, inputs=tuple(sorted(inputs, key=lambda each: each.part))), part


def _refuse_nothing(before: Journal, paths: Sequence[Path], new: Sequence[PartResult]) -> None:
    """Raise when no archive has an entry that can be read and none belongs to an export that is known."""
    known = {archive.export for archive in before.inputs}
    if any(part.parsed or part.export in known for part in new):
        return
    found = Counter[str]()
    for part in new:
        found.update({f"entry set aside: {why}": n for why, n in part.set_aside.items()})
        found.update(part.unread)
    words = [f"{n:,} × {why}" for why, n in sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))]
    listed = "; ".join(words[:5]) + ("; …" if len(words) > 5 else "") if words else "nothing at all"
    more = f" and {len(paths) - 1} more" if len(paths) > 1 else ""
    what, remedy = "No activity", HOW_TO_ASK
    if any(NO_DATE in part.set_aside for part in new):
        what, remedy = "No entry in English, the only language that is read so far", HOW_TO_ASK_IN_ENGLISH
    elif any(part.damaged for part in new):
        what, remedy = "No entry that can be read", AGAIN
    raise ArchiveError(f"{what}. Found: {listed}", where=f"{paths[0]}{more}", remedy=remedy)


def _merge(
    before: Journal,
    journal: Journal,
    settings: Settings,
    new: tuple[PartResult, ...],
    n_archives: int,
    started: float,
    tell: Tell,
) -> Intake:
    out = settings.out
    journal = replace(journal, home_zone=list_home_lines(settings.home_zone))
    former = before.steps.get("ingest")
    rows_before = former.counts["rows"] if former else 0
    n_damaged = sum(archive.damaged > 0 for archive in journal.inputs)
    read = read_digest_of(journal, "ingest", settings)
    if (
        not new
        and former
        and is_fresh(journal, out, "ingest", read)
        and former.files[MERGED] == sha256_of(out / MERGED)
    ):
        if journal != before:
            commit_journal(out, journal)
        return Intake(n_archives, new, rows_before, rows_before, False, n_damaged)
    parts = [archive.part for archive in journal.inputs]
    result = merge_parts(out, parts, home_zone=settings.home_zone, tell=tell)
    files = dict(former.files) if former else {}
    for part in new:
        files |= part.files
    files = {name: sha for name, sha in files.items() if Path(name).parent.name in parts}
    files[MERGED] = sha256_of(result.path)
    counts = {
        "rows": result.n_rows,
        "ledger": [[getattr(line, name) for name in LEDGER_FIGURES] for line in result.ledger],
        "twice": {line.export: line.twice for line in result.ledger},
        "left_out": {line.export: line.left_out for line in result.ledger},
        "guessed": {line.export: line.guessed for line in result.ledger},
        "offsets": result.offsets,
    }
    seconds = round(time.perf_counter() - started, 3)
    replace_step(out, journal, "ingest", StepRecord(read, dict(sorted(files.items())), seconds, counts))
    sweep(out, journal)  # a part that another took the place of
    return Intake(n_archives, new, rows_before, result.n_rows, True, n_damaged)
