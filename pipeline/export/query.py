"""The owner's own SQL over the tables: it reads them, and can do nothing else to this machine.

DuckDB (2.0, November 2026) lets a query read any file, load what is on the network, and write with ``COPY``,
which may stand in the ``with`` of a select, too; ``allowed_paths`` allows reading and writing alike. So no
file at all is open to it: Arrow reads the activities for it, and the other tables that it names are in memory
(or in the spill) before the doors are closed.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator

import duckdb
import pyarrow as pa
import pyarrow.dataset as ds

from pipeline.errors import AlmanacError, SettingsError, StoreError
from pipeline.export.opening import open_reader
from pipeline.settings import ZoneSpan
from pipeline.tables.schema import ACTIVITY
from pipeline.tables.store import QUERY_MB, Store
from pipeline.tables.trouble import explain_duckdb

READING = ("SELECT", "MULTI")  # of several steps is a pivot
OTHERS = ("location", "detail", "file", "skipped", "source")
INNER = ("copied", "entry", "set_aside", "read_file", "settled_zone")
"""Views that the merge needs and a query does not."""
ALL_NAMED = re.compile(r"\b(show|information_schema|duckdb_\w+)\b", re.IGNORECASE)
WITH_WORDS = ("ParserException", "SyntaxException", "BinderException", "CatalogException")
"""Errors whose words quote the query and the names of columns, and no value of the tables."""
NO_TABLE, GONE = "Table with name ", " does not exist"
"""What DuckDB has before and after the name of a table that there is none of (2.0, November 2026)."""
LOCKED = "the configuration has been locked"
"""What DuckDB says of a setting that nobody may change any more (2.0, November 2026)."""
BATCH = 2048


@contextlib.contextmanager
def open_query(store: Store, sql: str, home_zone: tuple[ZoneSpan, ...]) -> Iterator[pa.RecordBatchReader]:
    """Run one query and give its rows; ``activity`` has the home clock's ``local`` beside its own columns.

    Raises ``SettingsError`` where it is not one query that reads, or one that DuckDB refuses, at once or in
    mid-reading; ``StoreError`` where a table cannot be read.
    """
    check_query(sql)
    with explain_duckdb(store.out), open_reader(store, memory_mb=QUERY_MB) as connection:
        with explain_errors():
            _fill(connection, sql)
        _put_activity(connection, store, home_zone)
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        with explain_errors():
            yield connection.sql(sql).to_arrow_reader(BATCH)


def check_query(sql: str) -> None:
    """Raise ``SettingsError`` unless this is one statement, and one that only reads."""
    with explain_errors():
        statements = duckdb.extract_statements(sql)
    if len(statements) != 1:
        what = "These are several statements" if statements else "No query was given"
        raise SettingsError(what, where="sql", remedy="Give one select.")
    try:
        kind = statements[0].type.name
    except ValueError:  # a kind that DuckDB's Python has no name for
        kind = ""
    if kind not in READING:
        raise SettingsError(
            "This statement does not only read",
            where="sql",
            remedy="Give a select; with, from, pivot, describe, summarize and show tables are such, too.",
        )


def _fill(connection: duckdb.DuckDBPyConnection, sql: str) -> None:
    """Put tables in the place of the views that the query may speak of; others are not there for it."""
    for name in OTHERS:
        wanted = ALL_NAMED.search(sql) or re.search(rf"\b{name}\b", sql, re.IGNORECASE)
        if wanted:
            connection.execute(f"CREATE TEMP TABLE {name}_rows AS FROM {name}")
        connection.execute(f"DROP VIEW {name}")
        if wanted:
            connection.execute(f"ALTER TABLE {name}_rows RENAME TO {name}")
    for name in INNER:
        kind = "TABLE" if name in ("read_file", "settled_zone") else "VIEW"
        connection.execute(f"DROP {kind} IF EXISTS {name}")


def _put_activity(
    connection: duckdb.DuckDBPyConnection, store: Store, home_zone: tuple[ZoneSpan, ...]
) -> None:
    """Put in the place of ``activity`` what Arrow reads, and ``local`` by the zone of the day."""
    rows = ds.dataset(str(store.merged), schema=ACTIVITY, format="parquet")
    connection.execute("DROP VIEW activity")
    clocks = [f"time AT TIME ZONE '{span.zone}'" for span in home_zone]
    cases = [
        f"WHEN time >= TIMESTAMP '{span.since}' AT TIME ZONE '{span.zone}' THEN {clock}"
        for span, clock in zip(home_zone[1:], clocks[1:], strict=True)
    ]
    local = " ".join(["CASE", *reversed(cases), "WHEN true THEN", clocks[0], "END"])
    # By a relation, and not by a registered name, which "show tables" would list (DuckDB 2.0, November 2026).
    connection.from_arrow(rows).project(f"*, {local} AS local").create_view("activity")


@contextlib.contextmanager
def explain_errors() -> Iterator[None]:
    """Turn DuckDB's errors into one line; those that may quote a value of the tables lose their words."""
    try:
        yield
    except duckdb.Error as error:
        raise _explain(error, type(error).__name__) from error
    except OSError as error:
        if error.errno is not None:
            raise
        # What fails after the first rows comes through Arrow (26, November 2026), with DuckDB's words alone.
        words = str(error).partition(" Error:")[0]
        raise _explain(error, "".join(words.split()) + "Exception") from error


def _explain(error: Exception, kind: str) -> AlmanacError:
    if kind in WITH_WORDS:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        end = next((k for k, line in enumerate(lines) if line.startswith("LINE ")), len(lines))
        if NO_TABLE in lines[0]:  # DuckDB's guess is a table of its own
            there = ", ".join(("activity", *OTHERS))
            what = f"There is no table {lines[0].partition(NO_TABLE)[2].partition(GONE)[0]}"
            return SettingsError(what, where="sql", remedy=f"There are {there}.")
        remedy = "describe activity lists its columns, show tables the tables."
        return SettingsError(" ".join(lines[:end]), where="sql", remedy=remedy)
    if kind == "PermissionException":
        what = "A query reads these tables and no other file"
        return SettingsError(what, where="sql", remedy="See them by: show tables.")
    if LOCKED in str(error):
        what = "A query only reads these tables, and changes no setting"
        return SettingsError(what, where="sql", remedy="See them by: show tables.")
    if kind.lower() == "outofmemoryexception":
        what = f"The query needs more than {QUERY_MB} MB"
        return SettingsError(what, where="sql", remedy="Ask for less at a time.")
    if kind == "IOException":
        remedy = "If a run is at work here, ask again."
        return StoreError("A table could not be read", where="tables", remedy=remedy)
    return SettingsError(
        f"The query failed on a value ({kind.removesuffix('Exception')})",
        where="sql",
        remedy="try_cast gives null where a value is of another form; -v shows more (it may quote you).",
    )
