"""The parts as DuckDB sees them: one typed relation a table, copies left out, nothing from the network."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from pipeline.reading.members import TWICE
from pipeline.tables.files import TEMPORARY, move, sha256_of
from pipeline.tables.offsets import Offsets, apply_offsets
from pipeline.tables.schema import ACTIVITY, DETAIL, FILE, LOCATION, SKIPPED, TABLES

MERGED = "tables/activity.parquet"
"""A copy of the merged table that ``run.json`` names, under a name for other tools."""
EXPORTS = "tables/exports"
SPILL = f"tables/{TEMPORARY}spill"
RETRY = "~retry-"
"""Between the name of a part and that of its retry, which holds what a later reader made of its set-aside."""

_SQL_TYPES = {
    pa.timestamp("ms", tz="UTC"): "TIMESTAMPTZ",
    pa.string(): "VARCHAR",
    pa.int16(): "SMALLINT",
    pa.int64(): "BIGINT",
    pa.binary(): "BLOB",
}

FOLDER_OF_FILE = "coalesce(nullif(parse_dirpath(file, 'forward_slash'), ''), '.')"
"""The product folder of a file: with the export it names a source."""


def place_merged(path: Path, out: Path) -> tuple[Path, str]:
    """Name a merged table by its SHA-256, so that it never overwrites one that is read; return both."""
    digest = sha256_of(path)
    return move(path, out / f"tables/activity-{digest[:12]}.parquet"), digest


def find_merged(files: Iterable[str]) -> str:
    """Return the merged table among the files of an ingest; an older version's has but its one name."""
    return next((name for name in files if name.startswith("tables/activity-")), MERGED)


def open_duckdb(out: Path, *, memory_mb: int = 64) -> duckdb.DuckDBPyConnection:
    """Open DuckDB in memory, on one thread and under a memory limit, spilling below ``out``."""
    connection = duckdb.connect(
        config={
            "memory_limit": f"{memory_mb}MB",
            "threads": 1,
            "allocator_bulk_deallocation_flush_threshold": "1MB",  # else freed memory stays: 13 MB more
            "temp_directory": str(out / SPILL),
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_persistent_secrets": False,
        }
    )
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def select_parts(table: str, out: Path, parts: Sequence[str]) -> str:
    """Return SQL for all rows of ``table`` in the parts, with ``part`` and ``row`` (in its file) added.

    ``base`` is the part itself, or the one that it is a retry of. A column that a part of an older
    version lacks is null.
    """
    paths = [out / EXPORTS / part / f"{table}.parquet" for part in parts]
    empty = _select_nothing(TABLES[table], part="VARCHAR", base="VARCHAR", row="BIGINT")
    if not paths:
        return empty
    part = r"regexp_extract(filename, '([^/\\]+)[/\\][^/\\]+$', 1)"
    rows = (
        f"SELECT * EXCLUDE (filename, file_row_number), {part} AS part, "
        f"split_part({part}, '{RETRY}', 1) AS base, file_row_number AS row "
        f"FROM read_parquet({_quote_paths(paths)}, union_by_name=true, filename=true, file_row_number=true)"
    )
    return f"{empty} UNION ALL BY NAME {rows}"


def create_views(
    connection: duckdb.DuckDBPyConnection, out: Path, merged: Path, parts: Sequence[str], offsets: Offsets
) -> None:
    """Make the views ``activity``, ``location``, ``detail``, ``skipped``, ``file`` and ``source``.

    ``file`` has every file of every part, its retries counted in: of the copies of one path in one
    export only the one with most entries counts, the others have ``copy`` set and no rows in the other
    views. ``merged``: the merged table. ``offsets``: what the printed zones mean.
    """
    rows = f"{_select_nothing(ACTIVITY)} UNION ALL BY NAME FROM read_parquet({_quote_paths([merged])})"
    create_part_views(connection, out, parts, offsets)
    connection.execute(f"CREATE VIEW activity AS {rows}")
    for table, schema in {"location": LOCATION, "detail": DETAIL, "skipped": SKIPPED}.items():
        rows = "set_aside" if table == "skipped" else f"({select_parts(table, out, parts)})"
        connection.execute(
            f"CREATE VIEW {table} AS SELECT {quote_columns(schema)} FROM {rows} "
            "SEMI JOIN (FROM read_file WHERE NOT copy) USING (base, file)"
        )
    connection.execute(
        f"CREATE VIEW source AS SELECT export, {FOLDER_OF_FILE} AS folder, product, "
        'min(time) AS "first", max(time) AS "last", count(*) AS n '
        "FROM entry GROUP BY ALL ORDER BY export, folder, product"
    )


def create_part_views(
    connection: duckdb.DuckDBPyConnection, out: Path, parts: Sequence[str], offsets: Offsets
) -> None:
    """Make the views that come before the merge: ``file``, ``entry`` and ``copied`` (its activities, by
    whether their file counts), ``set_aside`` (all that no retry could read, copies too).

    The table ``read_file`` has the few files with entries: of 300,000 photos the merge must not hear.
    """
    entries = apply_offsets(connection, select_parts("activity", out, parts), offsets)
    retries = [part for part in parts if RETRY in part]
    again = select_parts("activity", out, retries)
    connection.execute(
        f"CREATE VIEW set_aside AS SELECT * FROM ({select_parts('skipped', out, parts)}) "
        f"ANTI JOIN (SELECT base, file, position FROM ({again})) USING (base, file, position)"
    )
    files = _select_files(out, parts)
    connection.execute(f"CREATE VIEW file AS {_mark_copies(files)}")
    connection.execute(
        "CREATE TEMP TABLE read_file AS SELECT export, part AS base, file, parsed, skipped, copy "
        f"FROM ({_mark_copies(f'FROM ({files}) WHERE seen > 0')})"
    )
    has_copies = connection.execute("FROM read_file WHERE copy LIMIT 1").fetchall() != []
    for view, condition in (("entry", "NOT copy"), ("copied", "copy")):
        which = f"SEMI JOIN (FROM read_file WHERE {condition}) USING (base, file)"
        if not has_copies:  # the join takes a tenth of the merge
            which = "" if view == "entry" else "WHERE false"
        connection.execute(f"CREATE VIEW {view} AS SELECT * FROM ({entries}) {which}")


def _mark_copies(files: str) -> str:
    """Return SQL for ``files`` (SQL) with ``copy``; a second file of one name in one archive is no copy."""
    return (
        f"SELECT {quote_columns(FILE)}, part, "
        f"row_number() OVER (PARTITION BY export, file, coalesce(reason, '') = '{TWICE}' "
        "ORDER BY parsed DESC, seen DESC, bytes DESC, part DESC) > 1 AS copy "
        f"FROM ({files})"
    )


def _select_files(out: Path, parts: Sequence[str]) -> str:
    """Return SQL for the files of the parts, with what their retries could read moved to ``parsed``."""
    rows = select_parts("file", out, [part for part in parts if RETRY not in part])
    retries = [part for part in parts if RETRY in part]
    if not retries:
        return rows
    more = """
        SELECT base AS part, file, sum(parsed)::BIGINT AS more,
               sum(guessed)::BIGINT AS surmised,
               max(language) AS tongue, max(dates) AS form, max(note) AS remark,
               string_agg(guessed_zones, ', ' ORDER BY retry) AS zones,
               string_agg(unknown_headers, ', ' ORDER BY retry) AS headers
        FROM (SELECT * RENAME (part AS retry) FROM ({})) GROUP BY ALL
    """.format(select_parts("file", out, retries))
    return f"""
        SELECT * REPLACE (
            parsed + coalesce(more, 0) AS parsed, skipped - coalesce(more, 0) AS skipped,
            guessed + coalesce(surmised, 0) AS guessed,
            CASE WHEN more > 0 THEN NULL ELSE reason END AS reason,
            coalesce(language, tongue) AS language, coalesce(dates, form) AS dates,
            coalesce(note, remark) AS note,
            nullif(concat_ws(', ', guessed_zones, zones), '') AS guessed_zones,
            nullif(concat_ws(', ', unknown_headers, headers), '') AS unknown_headers
        ) FROM ({rows}) LEFT JOIN ({more}) USING (part, file)
    """


def quote_columns(schema: pa.Schema) -> str:
    """Return the columns of ``schema`` for SQL, where ``offset`` and others are reserved words."""
    return ", ".join(f'"{name}"' for name in schema.names)


def _select_nothing(schema: pa.Schema, **more: str) -> str:
    types = {field.name: _SQL_TYPES[field.type] for field in schema} | more
    columns = ", ".join(f'NULL::{kind} AS "{name}"' for name, kind in types.items())
    return f"(SELECT {columns} WHERE false)"


def _quote_paths(paths: Sequence[Path]) -> str:
    escaped = [re.sub(r"([\[*?])", r"[\1]", str(path)).replace("'", "''") for path in paths]
    return "[" + ", ".join(f"'{path}'" for path in escaped) + "]"
