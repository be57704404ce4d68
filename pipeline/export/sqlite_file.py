"""The tables as one SQLite database, with keys, indices, views and an index of all words.

The words are cut at what is no letter, and accents do not count; where enough texts are in scripts that put
no spaces between words, the index is of all runs of three characters, so that a word is found in mid-text.
"""

from __future__ import annotations

import errno
import os
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.as_text import say_times
from pipeline.export.tables import ACTIVITY_ID, Outgoing
from pipeline.export.views import INDICES, list_views
from pipeline.settings import DAY_NAMES
from pipeline.tables.schema import SCHEMA_VERSION

APPLICATION_ID = 0x414C4D4B
"""ALMK, in the header of the file: whoever meets it later can tell that Almanac wrote it."""
CACHE_KB = 64_000
SEARCHED = ("text", "site", "channel")
WORDS, RUNS = "unicode61 remove_diacritics 2", "trigram"
NO_SPACES = r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}]"
ENOUGH = 0.1  # of the texts
MONTH_NAMES = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
)  # fmt: skip
NAMED = {
    "month": dict(enumerate(MONTH_NAMES, 1)),
    "weekday": {k: name.capitalize() for k, name in enumerate(DAY_NAMES)},
}
"""Columns of numbers that have names: a table each, which Datasette shows in place of the number."""


def write_database(path: Path, tables: Sequence[Outgoing]) -> dict[str, int]:
    """Write a new database, which nobody else opens meanwhile; return the rows of each table.

    Raises ``OSError`` where the disk is full, as the other forms do.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        try:
            return _write(connection, tables)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_FULL:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path)) from error
            raise


def _write(connection: sqlite3.Connection, tables: Sequence[Outgoing]) -> dict[str, int]:
    # The file is a temporary one until it is whole: what a crash would do to it does not matter.
    for pragma in (
        "journal_mode = OFF",
        "synchronous = OFF",
        f"cache_size = -{CACHE_KB}",
        f"application_id = {APPLICATION_ID}",
        f"user_version = {SCHEMA_VERSION}",
    ):
        connection.execute(f"PRAGMA {pragma}")
    connection.execute("BEGIN")
    names = tables[0].schema.names
    for name in set(NAMED) & set(names):
        _write_names(connection, name)
    counts, share = {}, 0.0
    for table in tables:
        scripts = Scripts()
        counts[table.name] = _fill(connection, table, scripts)
        share = share or scripts.share
    for table in tables:
        for columns in INDICES.get(table.name, ()):
            if set(columns) <= set(table.schema.names):
                index = f"{table.name}_{'_'.join(columns)}"
                connection.execute(f"CREATE INDEX {index} ON {table.name} ({_join(columns)})")
    for view, select in list_views(names).items():
        connection.execute(f"CREATE VIEW {view} AS {select}")
    if set(SEARCHED) <= set(names):
        _write_words(connection, RUNS if share >= ENOUGH else WORDS)
    connection.execute("COMMIT")
    return counts


class Scripts:
    """How many of the texts seen are in scripts without spaces."""

    def __init__(self) -> None:
        self.n_texts = self.n_without = 0

    def add(self, table: pa.Table) -> None:
        """Look at some more rows."""
        if "text" in table.column_names:
            found = pc.match_substring_regex(table["text"], NO_SPACES)
            self.n_texts += len(found) - found.null_count
            self.n_without += pc.sum(found).as_py() or 0

    @property
    def share(self) -> float:
        """Their share of all texts."""
        return self.n_without / self.n_texts if self.n_texts else 0.0


def _write_names(connection: sqlite3.Connection, name: str) -> None:
    connection.execute(f"CREATE TABLE {name} (id INTEGER PRIMARY KEY, name TEXT NOT NULL)")
    connection.executemany(f"INSERT INTO {name} VALUES (?, ?)", NAMED[name].items())


def _fill(connection: sqlite3.Connection, table: Outgoing, scripts: Scripts) -> int:
    columns = [_declare(field) for field in table.schema]
    key = ["id INTEGER PRIMARY KEY"] if table.name == "activity" else []
    connection.execute(f"CREATE TABLE {table.name} ({', '.join([*key, *columns])})")
    places = ", ".join("?" * len(columns))
    insert = f"INSERT INTO {table.name} ({_join(table.schema.names)}) VALUES ({places})"
    n_rows = 0
    for rows in table.read():
        scripts.add(rows)
        n_rows += len(rows)
        connection.executemany(insert, _list_rows(rows))
    return n_rows


def _declare(field: pa.Field) -> str:
    kind = "TEXT" if pa.types.is_string(field.type) or pa.types.is_timestamp(field.type) else "INTEGER"
    if pa.types.is_binary(field.type):
        kind = "BLOB"
    line = f'"{field.name}" {kind}'
    if field.name in NAMED:
        return f"{line} REFERENCES {field.name}(id)"
    return f"{line} REFERENCES activity(id)" if field.equals(ACTIVITY_ID) else line


def _list_rows(rows: pa.Table) -> Iterator[tuple[Any, ...]]:
    columns = (column.combine_chunks() for column in rows.columns)
    texts = (say_times(column) if pa.types.is_timestamp(column.type) else column for column in columns)
    return zip(*(column.to_pylist() for column in texts), strict=True)


def _write_words(connection: sqlite3.Connection, tokenizer: str) -> None:
    columns = ", ".join(SEARCHED)
    connection.execute(
        f'CREATE VIRTUAL TABLE activity_fts USING fts5({columns}, content="activity", content_rowid="id", '
        f"tokenize='{tokenizer}')"
    )
    for command in ("rebuild", "optimize"):
        connection.execute("INSERT INTO activity_fts(activity_fts) VALUES (?)", (command,))


def _join(names: Sequence[str]) -> str:
    return ", ".join(f'"{name}"' for name in names)


def read_application_id(path: Path) -> int:
    """Return whose database a file says it is; 0 where it says nothing, or is none."""
    with path.open("rb") as stream:
        head = stream.read(72)
    return int.from_bytes(head[68:72], "big") if head.startswith(b"SQLite format 3\0") else 0
