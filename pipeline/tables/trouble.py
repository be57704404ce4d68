"""What DuckDB's errors mean for our tables: a disk without room to sort on, or a file that has gone.

A reader opens what ``run.json`` named at that moment; the next commit may remove it. Then there is an error,
and never a row of other tables.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from pipeline.errors import StoreError
from pipeline.tables.views import SPILL

FULL = "max_temp_directory_size"  # DuckDB spills no more than the disk has room for (2.0, November 2026)
MAKE_ROOM = "Make room for it, or use another --out."


@contextmanager
def explain_duckdb(out: Path) -> Iterator[None]:
    """Turn what DuckDB says of a full disk, or of a table that has gone, into a ``StoreError``."""
    try:
        yield
    except (duckdb.Error, FileNotFoundError) as error:
        if (explained := explain_error(error, out)) is None:
            raise
        raise explained from error


def explain_error(error: Exception, out: Path) -> StoreError | None:
    """Return the ``StoreError`` for an error of DuckDB's or Arrow's, or ``None`` where it is another."""
    words, where = str(error), str(out / Path(SPILL).parent)
    if isinstance(error, duckdb.OutOfMemoryException) and FULL in words:
        return StoreError("There is no room to sort the tables", where=where, remedy=MAKE_ROOM)
    if isinstance(error, duckdb.IOException) and Path(SPILL).name in words:
        reason = words.rpartition(": ")[2]
        return StoreError(f"Nothing can be written here: {reason}", where=where, remedy=MAKE_ROOM)
    if isinstance(error, duckdb.IOException | FileNotFoundError):
        return StoreError(
            "A table has gone while it was read",
            where=where,
            remedy="If another run has replaced it, ask again; else run almanac ingest PATH.",
        )
    return None
