"""Where a model and its result lie, and which of them still are what ``run.json`` says.

A file counts only if ``run.json`` names it and its hash is still the one written there.
"""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from flows.work.result import WorkResult, parse_result
from pipeline.errors import StoreError
from pipeline.tables.files import sha256_of
from pipeline.tables.journal import StepRecord

FOLDER = "models"


def list_paths(out: Path, name: str) -> tuple[Path, Path]:
    """Return the paths of a model and of its result."""
    return out / FOLDER / f"{name}.npz", out / FOLDER / f"{name}.json"


def list_whole(out: Path, record: StepRecord | None) -> list[Path]:
    """Return the files that ``record`` names and that are still as it says."""
    hashes = record.files if record else {}
    return [
        path
        for name, digest in hashes.items()
        if (path := out / name).is_file() and sha256_of(path) == digest
    ]


def is_current(out: Path, name: str, record: StepRecord | None, read: str, whole: Collection[Path]) -> bool:
    """Tell whether a piece of work was done on just these tables, and both its files are as it left them."""
    if record is None or not is_on(record, read):
        return False
    model, result = list_paths(out, name)
    if result not in whole or (model not in whole and name_below(out, model) in record.files):
        return False
    try:
        read_result(out, name)
    except StoreError:  # of another version
        return False
    return True


def is_on(record: StepRecord, read: str) -> bool:
    """Tell whether a step, or a part of it, has read just this."""
    return record.read in (read, name_part(read))


def name_part(read: str) -> str:
    """Return what stands for a part of the work on what ``read`` is the digest of."""
    return f"a part of the work, on {read}"


def read_result(out: Path, name: str) -> WorkResult:
    """Read the result of a piece of work. Raises ``StoreError`` for one of another version."""
    path = list_paths(out, name)[1]
    return parse_result(path.read_bytes(), where=str(path))


def read_named(out: Path, names: Collection[str], record: StepRecord | None) -> list[WorkResult]:
    """Return the results of ``names`` that ``record`` names; raise ``StoreError`` for a changed one."""
    named = [name for name in names if record and name_below(out, list_paths(out, name)[1]) in record.files]
    whole = list_whole(out, record) if named else []
    for name in named:
        if (path := list_paths(out, name)[1]) not in whole:
            raise StoreError(
                "A model's result is not the one that run.json names",
                where=str(path),
                remedy="Run `almanac learn` to write it again.",
            )
    return [read_result(out, name) for name in named]


def name_below(out: Path, path: Path) -> str:
    """Return a path as ``run.json`` has it."""
    return path.relative_to(out).as_posix()
