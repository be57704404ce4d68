"""Taking archives in: each new one becomes a part, all parts are merged, one rename commits both.

Killed at any moment, the next intake sweeps what ``run.json`` does not name and does the rest again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline.errors import ArchiveError, StoreError
from pipeline.reading import READER
from pipeline.reading.archive import open_archive
from pipeline.reading.dates import NO_DATE, OTHER_CALENDAR
from pipeline.reading.members import AGAIN, PACKING, PASSWORD, UNPACK
from pipeline.settings import Settings
from pipeline.tables.files import TEMPORARY, give_copy, remove, sha256_of, sweep_temporary
from pipeline.tables.journal import (
    Input,
    Journal,
    StepRecord,
    commit_journal,
    is_fresh,
    list_damaged,
    list_home_lines,
    prepare_out,
    read_digest_of,
    read_journal,
    replace_step,
)
from pipeline.tables.known import find_at_a_glance, measure_archive
from pipeline.tables.ledger import LEDGER_FIGURES
from pipeline.tables.limits import list_accounts, refuse_any
from pipeline.tables.lock import hold_lock
from pipeline.tables.made_good import find_made_good
from pipeline.tables.merge import merge_parts
from pipeline.tables.offsets import note_home_zone
from pipeline.tables.parts import PartResult, write_part
from pipeline.tables.progress import Tell
from pipeline.tables.rooms import empty_room, list_made, list_merged, list_parts
from pipeline.tables.schema import TABLES
from pipeline.tables.trouble import explain_duckdb
from pipeline.tables.views import EXPORTS, MERGED, find_merged

OUR_FOLDERS = ("tables", "patterns", "charts", "clouds", "models", "report")
MADE_BY = {"patterns": ("patterns",), "learn": ("models",), "charts": ("charts", "clouds")}
"""The report is not among them: the last one stays until the next is there."""

HOW_TO_ASK = (
    "Ask takeout.google.com for a new one: deselect all, tick “My Activity”, and leave its format at HTML."
)
HOW_TO_GO_ON = (
    "Tell Almanac's makers how the first date there is printed, with other digits; or set the language of "
    "your Google account to English (myaccount.google.com/language) for as long as Google makes an archive. "
    f"{HOW_TO_ASK}"
)


@dataclass(frozen=True, slots=True)
class Intake:
    """What one intake did: the new parts, and the rows of the merged table before and after."""

    n_archives: int
    new_parts: tuple[PartResult, ...]
    rows_before: int
    rows: int
    merged: bool
    n_damaged: int  # archives known so far that could not be read to their end, and that no other makes good


def take_in(paths: Sequence[Path], settings: Settings, *, tell: Tell, anew: bool = False) -> Intake:
    """Take the archives in, and bring the merged table up to date.

    An archive that was taken in before by this reader changes nothing. ``anew``: all that was taken in
    before gives way, with all that was made of it, in the same commit. Raises ``ArchiveError`` for an
    archive that cannot be read, when no entry of any archive can, and where ``settings.strict`` allows
    nothing to be set aside; then the tables stay as they were.
    """
    started = time.perf_counter()
    prepare_out(settings.out)
    with hold_lock(settings.out):
        stands = read_journal(settings.out)
        sweep(settings.out, stands)
        before = Journal(owns_folder=stands.owns_folder) if anew else stands
        broken = list_broken(settings.out, before)
        journal = replace(before, inputs=tuple(i for i in before.inputs if i.part not in broken))
        taken = set(stands.parts) - broken
        new = list[PartResult]()
        given = set[str]()
        try:
            for path in paths:
                journal, entered, part = _take_in_one(journal, path, settings, taken, tell)
                given.add(entered.part)
                if part:
                    new.append(part)
                    taken.add(part.part)
            refuse_lost(settings.out, broken - {part.part for part in new})
            if len(new) == len(paths) > 0:
                _refuse_nothing(before, paths, new)
            if settings.strict:
                refuse_any(list_accounts(settings.out, journal.parts, given), where=say_paths(paths))
        except BaseException:  # also when the run is interrupted
            remove_unnamed(settings.out, new)
            raise
        return commit_intake(before, journal, settings, tuple(new), len(paths), started, tell)


def sweep(out: Path, journal: Journal) -> None:
    """Remove what ``run.json`` does not name: temporary files, parts that were never committed.

    What does not look like Almanac's own stays.
    """
    for path in out.glob(f"{TEMPORARY}*"):
        remove(path)
    for folder in OUR_FOLDERS:
        sweep_temporary(out / folder)
    named = journal.parts
    for path in list_parts(out / EXPORTS):
        if path.name not in named:
            remove(path)
    for step, folders in MADE_BY.items():
        record = journal.steps.get(step)
        for folder in folders:
            if record is None:
                empty_room(out, folder)
                continue
            for path in list_made(out, folder):  # lost power can undo a removal
                if path.relative_to(out).as_posix() not in record.files:
                    remove(path)
    former = journal.steps.get("ingest")
    for path in list_merged((out / MERGED).parent):
        if former is None or path.relative_to(out).as_posix() not in former.files:
            remove(path)


def remove_unnamed(out: Path, new: Iterable[PartResult]) -> None:
    """Remove those of the parts that ``run.json`` does not name."""
    named = read_journal(out).parts
    for part in new:
        if part.part not in named:
            remove(out / EXPORTS / part.part)


def list_broken(out: Path, journal: Journal) -> set[str]:
    """List the parts of which a table is missing or not as it was written, or one of a retry of theirs."""
    former = journal.steps.get("ingest")
    written = former.files if former else {}
    return {archive.part for archive in journal.inputs if not _is_whole(out, archive, written)}


def _is_whole(out: Path, archive: Input, written: Mapping[str, str]) -> bool:
    parts = (archive.part, *archive.retries)
    names = [f"{EXPORTS}/{part}/{table}.parquet" for part in parts for table in TABLES]
    if not all((out / name).is_file() for name in names):
        return False
    return all(sha256_of(out / name) == written[name] for name in names if name in written)


def refuse_lost(out: Path, lost: Collection[str]) -> None:
    """Raise a ``StoreError`` that names the first of the parts that are lost, if any is."""
    if lost:
        raise StoreError(
            "Tables are missing or damaged",
            where=str(out / EXPORTS / min(lost)),
            remedy="Take that archive in again, or restore the folder.",
        )


def _take_in_one(
    journal: Journal, path: Path, settings: Settings, taken: Collection[str], tell: Tell
) -> tuple[Journal, Input, PartResult | None]:
    """Return the journal with this archive in it, its line there, and its part if it is new.

    A damaged archive can have the digest of the sound one: another file of that digest is read, and takes
    its place unless it is damaged more. So is one that an older reader read.
    """
    if found := find_at_a_glance(journal, path):
        return journal, found, None
    size, mtime_ns = measure_archive(path)
    archive = open_archive(path)
    digest = archive.digest()
    part = None
    known = next((known for known in journal.inputs if known.digest == digest), None)
    if known is None or known.damaged or known.reader < READER:
        part = write_part(settings.out, archive, home_zone=settings.home_zone, tell=tell, taken=taken)
    place = (str(path.absolute()), size, mtime_ns)
    if known and part and part.damaged > known.damaged:
        remove(settings.out / EXPORTS / part.part)
        part = None
    if part and not (known and part.part == known.part):
        entered = Input(*place, digest, part.export, part.part, part.damaged, reader=READER)
    elif known:
        reader = READER if part else known.reader
        entered = replace(known, path=place[0], size=size, mtime_ns=mtime_ns, reader=reader)
        part = None
    inputs = (*(other for other in journal.inputs if other != known), entered)
    return replace(journal, inputs=tuple(sorted(inputs, key=lambda each: each.part))), entered, part


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
    what, remedy = "No activity", HOW_TO_ASK
    if any(part.set_aside.keys() & {NO_DATE, OTHER_CALENDAR} for part in new):
        what, remedy = "No entry whose date is in a known form", HOW_TO_GO_ON
    elif any(part.damaged for part in new):
        what, remedy = "No entry that can be read", AGAIN
    elif any(part.unread.keys() & {PASSWORD, PACKING} for part in new):
        what, remedy = "No activity that can be opened", f"{UNPACK.capitalize()}."
    raise ArchiveError(f"{what}. Found: {listed}", where=say_paths(paths), remedy=remedy)


def say_paths(paths: Sequence[Path]) -> str:
    """Name the first of the archives, and how many more there are."""
    return f"{paths[0]} and {len(paths) - 1} more" if len(paths) > 1 else "".join(map(str, paths))


def commit_intake(
    before: Journal,
    journal: Journal,
    settings: Settings,
    new: tuple[PartResult, ...],
    n_archives: int,
    started: float,
    tell: Tell,
) -> Intake:
    """Merge what ``journal`` names, unless that is what ``before`` had, and commit it."""
    out = settings.out
    good = find_made_good(out, journal.inputs)
    inputs = tuple(replace(archive, made_good=archive.part in good) for archive in journal.inputs)
    journal = replace(journal, home_zone=list_home_lines(settings.home_zone), inputs=inputs)
    former = before.steps.get("ingest")
    rows_before = former.counts["rows"] if former else 0
    n_damaged = len(list_damaged(journal))
    read = read_digest_of(journal, "ingest", settings)
    if (
        not new
        and former
        and is_fresh(journal, out, "ingest", read)
        and former.files[merged := find_merged(former.files)] == sha256_of(out / merged)
    ):
        give_copy(out / merged, out / MERGED, former.files[merged])
        if journal != before:
            commit_journal(out, journal)
        return Intake(n_archives, new, rows_before, rows_before, False, n_damaged)
    parts = journal.parts
    try:
        with explain_duckdb(out):
            result = merge_parts(out, parts, home_zone=settings.home_zone, tell=tell)
    except BaseException:  # a full disk may well be why
        remove_unnamed(out, new)
        raise
    files = dict(former.files) if former else {}
    for part in new:
        files |= part.files
    files = {name: sha for name, sha in files.items() if Path(name).parent.name in parts}
    files[result.path.relative_to(out).as_posix()] = result.digest
    zones = [(export, *pair) for export, found in result.offsets.items() for pair in found.items()]
    counts = {
        "rows": result.n_rows,
        "ledger": [[getattr(line, name) for name in LEDGER_FIGURES] for line in result.ledger],
        "twice": {line.export: line.twice for line in result.ledger},
        "left_out": {line.export: line.left_out for line in result.ledger},
        "guessed": {line.export: line.guessed for line in result.ledger},
        "offsets": result.offsets,
        "home_notes": note_home_zone(zones, settings.home_zone),
    }
    seconds = round(time.perf_counter() - started, 3)
    record = StepRecord(read, dict(sorted(files.items())), seconds, counts)
    committed = replace_step(out, journal, "ingest", record)
    give_copy(result.path, out / MERGED, result.digest)
    sweep(out, committed)  # a part that another took the place of
    return Intake(n_archives, new, rows_before, result.n_rows, True, n_damaged)
