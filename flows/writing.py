"""What it means when a file of ours cannot be written: which one, why, and what the owner can do."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline.tables.files import NO_ROOM, TEMPORARY, refuse_writing

STANDS_FOR = re.compile(
    re.escape(TEMPORARY) + r"[0-9a-f]{12}-(?!spill$)(.+)|" + re.escape(TEMPORARY) + r"(.+)\.lock"
)
"""A temporary name, and the one that it stands for."""


@contextmanager
def explain_write_errors(out: Path, *, place_name: str = "--out") -> Iterator[None]:
    """Turn an ``OSError`` at ``out``, above it or below it into a ``StoreError``; others go their way.

    One that names no path is ours where it says that a disk is full: nothing is written elsewhere. No path
    below ``out`` is made of the owner's words.
    """
    try:
        yield
    except OSError as error:
        place = _find_place(error, out)
        if place is None:
            raise
        raise refuse_writing(error, place, place_name=place_name) from error
    except Exception as error:
        if "duckdb" not in sys.modules:
            raise
        from pipeline.tables.trouble import explain_error

        if (explained := explain_error(error, out)) is None:
            raise
        raise explained from error


def _find_place(error: OSError, out: Path) -> Path | None:
    if error.filename is None and error.errno in NO_ROOM:
        return out
    if not isinstance(error.filename, str | bytes | os.PathLike):
        return None
    place = _name_plainly(Path(os.fsdecode(error.filename)))
    return place if place.is_relative_to(out) or out.is_relative_to(place) else None


def _name_plainly(place: Path) -> Path:
    """Return what a place is to be called: no temporary name of ours."""
    for folder in (*reversed(place.parents), place):
        if folder.name.startswith(TEMPORARY):
            known = STANDS_FOR.fullmatch(folder.name)
            return folder.with_name(known[1] or known[2]) if known else folder.parent
    return place
