"""``run.json``, the commit point: what was taken in, and what each step read and wrote.

A file counts only if ``run.json`` names it; the rest is unfinished, and a later run makes it again.
Renaming a new ``run.json`` over the old one is the last thing that any step does. A step does this::

    with hold_lock(settings.out):
        journal = read_journal(settings.out)
        require_step(journal, "ingest", where=settings.out)
        read = read_digest_of(journal, "patterns", settings)
        if is_fresh(journal, settings.out, "patterns", read):
            return …made of journal.steps["patterns"].counts
        …  # all that can fail without writing
        begin_step(settings.out, "patterns")
        …  # write every file with files.write_atomically
        commit_step(settings.out, "patterns", read=read, files=paths, seconds=seconds, counts={…})

``read_digest_of`` covers what the steps before it wrote (``READS``), the settings that bear on this
one, and Almanac's version, so that a change in any of them makes this step, and all after it, stale.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

from pipeline.errors import StoreError
from pipeline.settings import Settings, ZoneSpan, is_checkout
from pipeline.tables.files import (
    PRIVATE_FOLDER,
    TEMPORARY,
    make_private_folder,
    sha256_of,
    write_atomically,
    write_unless_there,
)
from pipeline.tables.rooms import refuse_foreign_rooms
from pipeline.tables.run_lines import Input as Input
from pipeline.tables.run_lines import LastRun, PieceRecord, is_inside, parse_input, parse_last, parse_step
from pipeline.tables.run_lines import StepRecord as StepRecord
from pipeline.tables.versions import list_versions

SCHEMA_VERSION = 2
NAME = "run.json"
REMEDY = "Restore it from a copy; or remove it and take all archives in again, from which all is made anew."

UNFINISHED = ""  # in the place of the digest of what a step read

READS: dict[str, tuple[str, ...]] = {
    "ingest": (),
    "patterns": ("ingest",),
    "learn": ("ingest",),
    "charts": ("patterns", "learn"),  # the learner's chart is drawn from what learn wrote
    "report": ("ingest", "patterns", "learn", "charts"),
}
"""For each step, in the order in which they run, the steps whose files it reads."""


@dataclass(frozen=True, slots=True)
class Journal:
    """All that ``run.json`` says; the one of an empty folder names nothing."""

    almanac: str = ""
    schema_version: int = SCHEMA_VERSION
    owns_folder: bool = False  # out is Almanac's own: 0700, with a .gitignore
    home_zone: tuple[str, ...] = ()  # with which the tables were made, in the lines of almanac.toml
    inputs: tuple[Input, ...] = ()
    steps: dict[str, StepRecord] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)  # of Python and packages, at the last commit
    last: LastRun | None = None

    @property
    def parts(self) -> list[str]:
        """The folders in tables/exports that hold the tables."""
        return sorted(part for archive in self.inputs for part in (archive.part, *archive.retries))


@cache
def almanac_version() -> str:
    """Return the version of the installed package ('0' in a checkout that is not installed)."""
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version("takeout-almanac")
    except PackageNotFoundError:
        return "0"


def read_journal(out: Path) -> Journal:
    """Read ``run.json``; without one, return a journal that names nothing. Raises ``StoreError``."""
    path = out / NAME
    try:
        content = path.read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        return Journal()
    try:
        data = json.loads(content)
    except ValueError as error:
        raise StoreError("run.json is damaged", where=str(path), remedy=REMEDY) from error
    if not isinstance(data, dict) or "almanac" not in data:
        raise StoreError(
            "A run.json that is not Almanac's", where=str(path), remedy="Use another folder as --out."
        )
    if not isinstance(version := data.get("schema_version"), int) or version > SCHEMA_VERSION:
        raise StoreError(
            "Tables from a later version of Almanac",
            where=str(path),
            remedy="Update Almanac, or use another --out.",
        )
    try:
        journal = Journal(
            almanac=str(data["almanac"]),
            schema_version=version,
            owns_folder=bool(data["owns_folder"]),
            home_zone=tuple(data.get("home_zone", ())),
            inputs=tuple(map(parse_input, data["inputs"])),
            steps={step: parse_step(record) for step, record in data["steps"].items()},
            versions=dict(data.get("versions", {})),
            last=parse_last(data.get("last")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise StoreError("run.json lacks something", where=str(path), remedy=REMEDY) from error
    if not is_inside(journal.inputs, journal.steps):
        raise StoreError("run.json names a file outside its folder", where=str(path), remedy=REMEDY)
    return journal


def commit_journal(out: Path, journal: Journal) -> Journal:
    """Put a new ``run.json`` in place, and return it: from this rename on its tables are the tables."""
    journal, content = _pack(journal)
    write_atomically(out / NAME, content)
    return journal


def _pack(journal: Journal) -> tuple[Journal, bytes]:
    journal = replace(
        journal, almanac=almanac_version(), schema_version=SCHEMA_VERSION, versions=list_versions()
    )
    return journal, (json.dumps(asdict(journal), ensure_ascii=False, indent=1) + "\n").encode()


def prepare_out(out: Path) -> Journal:
    """Make the output folder as private as it is Almanac's own, and give it a ``run.json``; return that.

    The folder becomes 0700 with a ``.gitignore`` of ``*`` where Almanac made it (which ``run.json``
    remembers) or where it is a checkout's ``outputs/``; another folder that was there keeps its mode.
    Raises ``StoreError`` for one that holds something else under a name of ours.
    """
    new = not out.exists() or _was_just_made(out)
    if new:
        make_private_folder(out)
    elif not out.is_dir():
        raise StoreError("The output folder is a file", where=str(out), remedy="Use another --out.")
    outputs = _is_checkout_outputs(out)
    if not (new or outputs):
        refuse_foreign_rooms(out, out / NAME)
    journal = read_journal(out)
    ours = new or journal.owns_folder or outputs
    if not (out / NAME).is_file():
        write_unless_there(out / NAME, _pack(replace(journal, owns_folder=ours))[1])
        journal = read_journal(out)
    if ours:
        out.chmod(PRIVATE_FOLDER)
        if not (out / ".gitignore").exists():
            write_atomically(out / ".gitignore", b"*\n")
    return journal


def _was_just_made(out: Path) -> bool:
    """Tell whether a run was killed right after it had made the folder, before its ``run.json``."""
    return (
        out.is_dir()
        and out.stat().st_mode & 0o777 == PRIVATE_FOLDER
        and all(path.name.startswith(TEMPORARY) for path in out.iterdir())
    )


def _is_checkout_outputs(out: Path) -> bool:
    return out.name == "outputs" and is_checkout(out.absolute().parent)


def list_home_lines(home_zone: Iterable[ZoneSpan]) -> tuple[str, ...]:
    """Write a home zone in the lines of ``almanac.toml``: 'Europe/Paris', '2015-08-20 America/Chicago'."""
    return tuple(f"{span.since or ''} {span.zone}".strip() for span in home_zone)


def read_digest_of(journal: Journal, step: str, settings: Settings) -> str:
    """Return the digest of all that ``step`` reads: earlier steps' files, settings, version."""
    home = [[span.since.isoformat() if span.since else None, span.zone] for span in settings.home_zone]
    matters: dict[str, Any] = {"home_zone": home}
    if step == "ingest":
        reads: Any = sorted([archive.digest, archive.part, *archive.retries] for archive in journal.inputs)
    else:
        matters |= {
            name: getattr(settings, name) for name in ("weekend", "first_weekday", "product", "action")
        }
        if step in ("patterns", "learn", "charts") and settings.free_days:
            matters["free_days"] = [[day.isoformat() for day in span] for span in settings.free_days]
        if step in ("patterns", "charts", "report") and settings.redact:
            matters["redact"] = "coarse" if settings.coarse else "days"
        reads = {earlier: _files_of(journal, earlier) for earlier in READS[step]}
    content = json.dumps([almanac_version(), SCHEMA_VERSION, matters, reads], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def _files_of(journal: Journal, step: str) -> Mapping[str, str] | None:
    record = journal.steps.get(step)
    return record.files if record else None


def is_fresh(journal: Journal, out: Path, step: str, read_digest: str) -> bool:
    """Tell whether ``step`` is recorded as having read just this, and all its files are there."""
    record = journal.steps.get(step)
    return (
        record is not None
        and record.read == read_digest
        and all((out / name).is_file() for name in record.files)
    )


def list_damaged(journal: Journal) -> list[Input]:
    """List the archives that could not be read to their end, and that no sounder copy makes good."""
    return [archive for archive in journal.inputs if archive.damaged and not archive.made_good]


def require_step(journal: Journal, step: str, *, where: Path) -> StepRecord:
    """Return the record of ``step``, or raise a ``StoreError`` that says which command makes it."""
    record = journal.steps.get(step)
    if record is None:
        thing = "tables" if step == "ingest" else step
        command = "almanac ingest PATH" if step == "ingest" else f"almanac {step}"
        people, remedy = where / "cohort" / "people", f"Run {command} first."
        if people.is_dir():
            remedy = f"Those of a cohort's people are each apart: give --out {people / 'NAME'}."
        raise StoreError(f"There are no {thing} here yet", where=str(where), remedy=remedy)
    return record


def require_finished(journal: Journal, step: str, *, where: Path) -> StepRecord:
    """Return the record of ``step``; raise a ``StoreError`` where it is missing or was broken off."""
    record = require_step(journal, step, where=where)
    if record.read == UNFINISHED:
        thing = {"ingest": "tables", "learn": "models"}.get(step, step)
        raise StoreError(
            f"A run was broken off while it wrote the {thing} here",
            where=str(where),
            remedy="Run almanac run to finish it.",
        )
    return record


def begin_step(out: Path, step: str) -> Journal:
    """Mark ``step`` as unfinished, before it overwrites its first file; return the journal that says so.

    Its files stay listed, but it is stale until ``commit_step``, whatever it reads by then: one that is
    killed leaves some of its files new and some old.
    """
    journal = read_journal(out)
    record = journal.steps.get(step)
    if record is None or record.read == UNFINISHED:
        return journal
    record = replace(record, read=UNFINISHED)
    return commit_journal(out, replace(journal, steps={**journal.steps, step: record}))


def commit_step(
    out: Path,
    step: str,
    *,
    read: str,
    files: Iterable[Path],
    seconds: float,
    counts: Mapping[str, Any],
    pieces: Mapping[str, PieceRecord] | None = None,
) -> Journal:
    """Record that ``step`` is done, then remove the files that it wrote last time and not now.

    ``files``: every file of the step, below ``out``, each complete. ``counts``: plain JSON
    values, none made of the owner's text.
    """
    hashes = {path.relative_to(out).as_posix(): sha256_of(path) for path in sorted(files)}
    record = StepRecord(read, hashes, round(seconds, 3), dict(counts), dict(pieces or {}))
    return replace_step(out, read_journal(out), step, record)


def replace_step(out: Path, journal: Journal, step: str, record: StepRecord) -> Journal:
    """Commit ``journal`` with a new record of ``step``, and remove what only its old record named."""
    former = journal.steps.get(step)
    committed = commit_journal(out, replace(journal, steps={**journal.steps, step: record}))
    for name in former.files if former else ():
        if name not in record.files:
            with contextlib.suppress(OSError):
                (out / name).unlink(missing_ok=True)
    return committed
