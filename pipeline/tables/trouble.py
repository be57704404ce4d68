"""What DuckDB's errors mean for our tables: no room to sort on, a file that has gone or is not as written.

A reader opens what ``run.json`` named at that moment; the next commit may remove it. Then there is an error,
and never a row of other tables.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.tables.files import TEMPORARY, sha256_of
from pipeline.tables.journal import read_journal
from pipeline.tables.views import SPILL

SPILLED = re.compile(re.escape(TEMPORARY) + "([0-9a-f]+-)?spill")  # the merge's, or a reader's own
FULL = "max_temp_directory_size"  # DuckDB spills no more than the disk has room for (2.0, November 2026)
MAKE_ROOM = "Make room for it, or use another --out."


@contextmanager
def explain_duckdb(out: Path) -> Iterator[None]:
    """Turn what DuckDB or Arrow says of a full disk, or of a table gone or damaged, into a ``StoreError``."""
    try:
        yield
    except (duckdb.Error, pa.ArrowException, OSError) as error:
        if (explained := explain_error(error, out)) is None:
            raise
        raise explained from error


def explain_error(error: Exception, out: Path) -> StoreError | None:
    """Return the ``StoreError`` for an error of DuckDB's or Arrow's, or ``None`` where it is another."""
    words, where = str(error), str(out / Path(SPILL).parent)
    if isinstance(error, duckdb.OutOfMemoryException) and FULL in words:
        return StoreError("There is no room to sort the tables", where=where, remedy=MAKE_ROOM)
    if isinstance(error, duckdb.IOException) and SPILLED.search(words):
        reason = words.rpartition(": ")[2]
        return StoreError(f"Nothing can be written here: {reason}", where=where, remedy=MAKE_ROOM)
    if isinstance(error, duckdb.IOException) or (
        isinstance(error, FileNotFoundError) and _is_below(error, out)
    ):
        return StoreError(
            "A table has gone while it was read",
            where=where,
            remedy="If another run has replaced it, ask again; else run almanac ingest PATH.",
        )
    if _may_be_damage(error) and (damaged := find_damaged(out)) is not None:
        return say_damaged(damaged)
    return None


def say_damaged(table: Path) -> StoreError:
    """Return the error for a table that is not as it was written."""
    again = "almanac ingest" if table.name.startswith("activity-") else "almanac ingest PATH"
    what = "Make it again" if again == "almanac ingest" else "Take its archive in again"
    return StoreError("A table is damaged", where=str(table), remedy=f"{what}: {again}.")


def find_damaged(out: Path) -> Path | None:
    """Return the first of the tables that ``run.json`` names and that is not as it was written."""
    record = read_journal(out).steps.get("ingest")
    for name, digest in record.files.items() if record else ():
        if (path := out / name).is_file() and sha256_of(path) != digest:
            return path
    return None


def _is_below(error: FileNotFoundError, out: Path) -> bool:
    """Say whether a file of the tables may be meant, and not one that is to be written elsewhere."""
    named = error.filename
    return not isinstance(named, str | os.PathLike) or Path(named).is_relative_to(out)


def _may_be_damage(error: Exception) -> bool:
    """Say whether an error is of a kind that a broken Parquet file gives (DuckDB 2.0, pyarrow 25, 2026).

    A query's own words may give DuckDB's first too: the files themselves say which it is.
    """
    if isinstance(error, duckdb.InvalidInputException | pa.ArrowException):
        return True
    return type(error) is duckdb.Error or (isinstance(error, OSError) and error.errno is None)
