"""Which folders in an output folder are Almanac's rooms, and which files there are ones that it made.

The place and the ending say so. A link is never Almanac's; what is somebody else's stays.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping
from pathlib import Path

from pipeline.errors import StoreError

NAMES = (
    "tables",
    "patterns",
    "models",
    "charts",
    "clouds",
    "report",
    "sample",
    "studies",
    "prefect",
    "cohort",
)
"""The folders that are Almanac's by name."""
MADE: Mapping[str, tuple[str, ...]] = {
    "patterns": ("*.parquet", "findings.json", "coverage.json"),
    "models": ("*.npz", "*.json"),
    "charts": ("*.png", "*.svg", "page/*.svg", "years/*.png", "years/*.svg"),
    "clouds": ("*.png",),
}
"""Where exactly the files lie that a step makes anew."""
PART = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{12}(-[0-9a-f]{8})?(~retry-[0-9a-f]{8})?")
MERGED = re.compile(r"activity-[0-9a-f]{12}\.parquet")


def list_made(out: Path, room: str) -> list[Path]:
    """List the files in a room that are Almanac's by their place and their ending."""
    if (out / room).is_symlink():
        return []
    found = {path for pattern in MADE[room] for path in (out / room).glob(pattern)}
    return [path for path in sorted(found) if path.is_file() and not path.is_symlink()]


def empty_room(out: Path, room: str) -> None:
    """Remove what Almanac made in a room, and the room where nothing else is left in it."""
    for path in list_made(out, room):
        path.unlink(missing_ok=True)
    folders = {(out / room / pattern).parent for pattern in MADE[room]}
    for folder in sorted(folders, reverse=True):
        with contextlib.suppress(OSError):  # it is not there, or something else lies in it
            folder.rmdir()


def list_parts(exports: Path) -> list[Path]:
    """List the folders in ``tables/exports`` that are parts by their names."""
    found = exports.glob("*") if exports.is_dir() else ()
    return [path for path in found if PART.fullmatch(path.name) and path.is_dir() and not path.is_symlink()]


def list_merged(tables: Path) -> list[Path]:
    """List the merged tables in ``tables``: those that are named by their content."""
    return [path for path in tables.glob("activity-*.parquet") if MERGED.fullmatch(path.name)]


def refuse_foreign_rooms(out: Path, run: Path) -> None:
    """Raise a ``StoreError`` where something lies in a room of ours and Almanac never wrote in this folder.

    That is so without ``run``, its ``run.json``; with tables of ours, or a cohort's, it has only lost it.
    """
    tables = out / "tables"
    room = next((name for name in NAMES if _holds_something(out / name)), None)
    if (
        room is None
        or run.is_file()  # looked for last: a run that makes the folder meanwhile writes it first
        or list_parts(tables / "exports")
        or list_merged(tables)
        or any(out.glob("cohort/people/*/run.json"))
    ):
        return
    raise StoreError(
        f"This folder holds something else under the name {room}, to which Almanac would write",
        where=str(out),
        remedy="Use another --out, or move it away.",
    )


def _holds_something(room: Path) -> bool:
    return any(room.iterdir()) if room.is_dir() else room.exists()
