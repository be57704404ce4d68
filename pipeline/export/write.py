"""An export in any of its forms, to a folder with all tables, to one file, or to a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import IO, Any

from pipeline.errors import SettingsError
from pipeline.export import csv_rows, datasette, json_lines
from pipeline.export.activity import Choice
from pipeline.export.as_text import name_columns
from pipeline.export.columns import describe_columns, describe_table
from pipeline.export.placing import ABOUT, MADE_BY, open_place
from pipeline.export.sqlite_file import write_database
from pipeline.export.tables import Outgoing, list_outgoing
from pipeline.settings import ZoneSpan
from pipeline.tables.batches import open_parquet, write_row_groups
from pipeline.tables.journal import almanac_version, list_home_lines
from pipeline.tables.store import Store

SUFFIXES = {
    "csv": (".csv",),
    "parquet": (".parquet",),
    "jsonl": (".jsonl", ".ndjson"),
    "sqlite": (".db", ".sqlite", ".sqlite3"),
}
"""The formats, and what a name ends with that means one file and not a folder."""
DEFUSED = (
    "Texts that begin with one of = + - @ tab CR LF ＝ ＋ － ＠ or an apostrophe have an apostrophe in "
    "front, so that no spreadsheet takes them for a formula. Within a text one stands after each ; tab CR "
    "LF, where some spreadsheets cut a line, that one of = + - @ ＝ ＋ － ＠ or an apostrophe follows, at "
    "once or after quotation marks. To have them back, take one apostrophe away at the start, and after each "
    "; tab CR LF."
)


def find_format(dest: Path) -> str | None:
    """Return the format that a file's name ends with; ``None`` where it says none, or names a folder."""
    if dest.is_dir():
        return None
    return next((form for form, ends in SUFFIXES.items() if dest.suffix.lower() in ends), None)


def is_one_file(dest: Path, form: str) -> bool:
    """Say whether ``dest`` names a file (of the activities alone, or a database) and not a folder."""
    return dest.suffix.lower() in SUFFIXES[form] and not dest.is_dir()


def check_suffix(dest: Path, form: str) -> None:
    """Raise ``SettingsError`` where the name is one for a file of another format."""
    other = find_format(dest)
    if other not in (None, form):
        raise SettingsError(
            f"This is a name for {other}, and the format is {form}",
            where=str(dest),
            remedy=f"Use --format {other}, or end the name with {SUFFIXES[form][0]}, or with nothing for "
            "a folder.",
        )


def write_export(
    store: Store, dest: Path, form: str, choice: Choice, home_zone: tuple[ZoneSpan, ...]
) -> dict[str, int]:
    """Put the tables, or the activities alone, at ``dest``; return the rows of each table.

    Raises ``SettingsError`` for a name that is another format's, ``LockedError`` while another export writes
    there.
    """
    check_suffix(dest, form)
    tables = list_outgoing(store, choice, home_zone, linked=form == "sqlite")
    if is_one_file(dest, form):
        with open_place(dest, as_folder=False) as path:
            return (
                write_database(path, tables)
                if form == "sqlite"
                else {"activity": _write(path, form, tables[0])}
            )
    with open_place(dest, as_folder=True) as folder:
        if form == "sqlite":
            counts = write_database(folder / f"{datasette.DATABASE}.db", tables)
            metadata = datasette.write_metadata(tables, redact=choice.redact, coarse=choice.coarse)
            (folder / "metadata.json").write_bytes(metadata)
            (folder / "settings.json").write_bytes(datasette.write_settings())
        else:
            counts = {table.name: _write(folder / f"{table.name}.{form}", form, table) for table in tables}
        (folder / ABOUT).write_bytes(_write_about(folder, form, choice, home_zone, tables, counts))
    return counts


def write_stream(
    store: Store, stream: IO[bytes], form: str, choice: Choice, home_zone: tuple[ZoneSpan, ...]
) -> int:
    """Write the activities as CSV or JSON lines, without a byte-order mark; return how many."""
    table = list_outgoing(store, choice, home_zone)[0]
    n_rows = 0
    for n, content in _iter_text(table, form):
        stream.write(content)
        n_rows += n
    return n_rows


def _write(path: Path, form: str, table: Outgoing) -> int:
    with path.open("wb") as stream:
        if form == "parquet":
            with open_parquet(stream, table.schema) as writer:
                return max(write_row_groups(writer, table.read()), default=0)
        n_rows = 0
        if form == "csv":
            stream.write(csv_rows.BYTE_ORDER_MARK)
        for n, content in _iter_text(table, form):
            stream.write(content)
            n_rows += n
        return n_rows


def _iter_text(table: Outgoing, form: str) -> Iterator[tuple[int, bytes]]:
    if form == "csv":
        yield 0, csv_rows.write_header(table.schema)
    write_rows = csv_rows.write_rows if form == "csv" else json_lines.write_rows
    for rows in table.read():
        yield len(rows), write_rows(rows)


def _write_about(
    folder: Path,
    form: str,
    choice: Choice,
    home_zone: tuple[ZoneSpan, ...],
    tables: Sequence[Outgoing],
    counts: dict[str, int],
) -> bytes:
    """Return the account of an export: what it is, which files, what the columns mean."""
    about: dict[str, Any] = {
        "made_by": MADE_BY,
        "version": almanac_version(),
        "format": form,
        "redacted": ("coarse" if choice.coarse else "days") if choice.redact else None,
        "files": sorted(path.name for path in folder.iterdir()),
    }
    if not choice.redact:  # both say where, or of what, the owner is
        about["home_zone"] = list(list_home_lines(home_zone))
        about["filter"] = {"product": choice.product, "action": choice.action}
    if form == "csv":
        about["notes"] = [DEFUSED, "A missing value is nothing at all; an empty text is two quotation marks."]
    about["tables"] = {
        table.name: {
            "about": describe_table(table.name, table.schema.names),
            "rows": counts[table.name],
            "columns": _describe(table, form),
        }
        for table in tables
    }
    return (json.dumps(about, indent=1, ensure_ascii=False) + "\n").encode()


def _describe(table: Outgoing, form: str) -> dict[str, str]:
    names = table.schema.names
    shown = name_columns(table.schema) if form in ("csv", "jsonl") else names
    said = describe_columns(table.name, names)
    return {new: said[old] for new, old in zip(shown, names, strict=True)}
