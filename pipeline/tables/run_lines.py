"""The lines of ``run.json``: an archive's, a step's, a piece's of a step, the last run's.

Each reads its older forms too: a field that came later has a default.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Input:
    """One archive that was taken in; path, size and time only save computing the digest again."""

    path: str
    size: int  # of a folder: of all files in it
    mtime_ns: int  # of a folder: the newest in it
    digest: str
    export: str
    part: str  # the name of its folder in tables/exports
    damaged: int = 0  # members that could not be read to their end: given again, it is read again
    made_good: bool = False  # though damaged: sounder copies speak for each of its files
    reader: int = 1  # the version of the reader that read it: a later one reads it anew
    retries: tuple[str, ...] = ()  # the parts that hold what later readers made of its set-aside entries


@dataclass(frozen=True, slots=True)
class PieceRecord:
    """What one piece of a step's work was made of (a digest), and which of the step's files it gave."""

    read: str
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StepRecord:
    """What a step read (a digest), which files it wrote (path below out → SHA-256), and its counts."""

    read: str
    files: dict[str, str]
    seconds: float
    counts: dict[str, Any]
    pieces: dict[str, PieceRecord] = field(default_factory=dict)  # of a step that can do a part again


@dataclass(frozen=True, slots=True)
class LastRun:
    """What the last run that did anything did."""

    ended: str  # in UTC, to the second
    new_parts: tuple[str, ...]
    new_rows: int
    steps: dict[str, str]  # "made", or "fresh" where nothing had to be done
    seconds: dict[str, float]  # by step
    learners: dict[str, str]  # how each model began: "new", "went on", "started again: …"


def parse_input(line: dict[str, Any]) -> Input:
    """Read an archive's line back; an earlier Almanac's lacks some fields."""
    return Input(**{**line, "retries": tuple(line.get("retries", ()))})


def parse_step(record: dict[str, Any]) -> StepRecord:
    """Read a step's record back; one of an earlier Almanac has no pieces."""
    pieces = {name: PieceRecord(p["read"], tuple(p["files"])) for name, p in record.get("pieces", {}).items()}
    return StepRecord(**{**record, "pieces": pieces})


def is_inside(inputs: Iterable[Input], steps: Mapping[str, StepRecord]) -> bool:
    """Say whether all parts and files that are named lie below the folder: they may be removed one day."""
    parts = [part for archive in inputs for part in (archive.part, *archive.retries)]
    files = [name for record in steps.values() for name in record.files]
    files += [name for r in steps.values() for piece in r.pieces.values() for name in piece.files]
    return all(_is_below(part) and "/" not in part for part in parts) and all(map(_is_below, files))


def _is_below(name: str) -> bool:
    """Say whether a name stays below its folder on every system: Windows knows drives and backslashes."""
    return not any(sign in name for sign in "\\:") and not {"", ".", ".."} & {*name.split("/")}


def parse_last(last: dict[str, Any] | None) -> LastRun | None:
    """Read back what the last run did; an earlier Almanac does not say."""
    return LastRun(**{**last, "new_parts": tuple(last["new_parts"])}) if last else None
