"""The tables to another tool's form: what goes where, and which places are not for it."""

from __future__ import annotations

import shlex
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from flows.belongings import is_by_name
from flows.writing import explain_write_errors
from pipeline.errors import SettingsError
from pipeline.export.activity import Choice
from pipeline.export.placing import check_place
from pipeline.export.write import find_format, write_export, write_stream
from pipeline.settings import Settings, ZoneSpan, load_settings
from pipeline.tables.journal import Journal
from pipeline.tables.store import Store
from pipeline.tables.trouble import explain_duckdb

FORMATS = ("csv", "parquet", "jsonl", "sqlite")
STREAMED = ("csv", "jsonl")
PAIRS = "SELECT product, action FROM activity GROUP BY ALL ORDER BY count(*) DESC, product, action"
MOST_NAMED = 8


@dataclass(frozen=True, slots=True)
class ExportCounts:
    """What an export wrote; bytes on disk."""

    dest: str
    format: str
    rows: dict[str, int]
    bytes: int
    filter: str | None  # by the command line or the settings: only these activities
    redacted: str | None
    datasette: str | None  # what opens it there, as it can be typed
    replaced: bool  # something lay there


def export(settings: Settings, form: str | None, dest: Path, *, force: bool = False) -> ExportCounts:
    """Write all tables, or the activities alone where ``dest`` has the suffix of one file.

    Where no format is given, the suffix says which.
    Raises ``SettingsError`` for a format that is none, and for a place that is taken or Almanac's own;
    ``StoreError`` where there are no tables.
    """
    form = settle_format(form, dest)
    store = Store(settings.out)
    refuse_own_place(settings.out, dest)
    check_place(dest, force=force)
    choice = _choose(store, settings)
    replaced = any(dest.iterdir()) if dest.is_dir() else dest.exists()
    with explain_write_errors(dest.parent, place_name="DEST"), explain_duckdb(settings.out):
        rows = write_export(store, dest, form, choice, find_home(store.journal, settings))
    paths = [dest] if dest.is_file() else sorted(dest.iterdir())
    return ExportCounts(
        dest=str(dest),
        format=form,
        rows=rows,
        bytes=sum(path.stat().st_size for path in paths),
        filter=_say_filter(choice),
        redacted=("coarse" if choice.coarse else "days") if choice.redact else None,
        datasette=f"datasette {quote_path(dest)}" if form == "sqlite" else None,
        replaced=replaced,
    )


def export_stream(settings: Settings, form: str | None, stream: IO[bytes]) -> int:
    """Write the activities to a stream, and return how many; ``SettingsError`` for a format of files."""
    form = settle_format(form, None)
    if form not in STREAMED:
        raise SettingsError(
            f"{form} cannot go to standard output",
            where="DEST",
            remedy="Name a file or a folder, or use csv or jsonl.",
        )
    store = Store(settings.out)
    with explain_duckdb(settings.out):
        return write_stream(store, stream, form, _choose(store, settings), find_home(store.journal, settings))


def settle_format(form: str | None, dest: Path | None) -> str:
    """Return the format that was given, else that of the name; ``dest`` is ``None`` for a stream.

    Raises ``SettingsError`` for a format that is none, and where nothing says which.
    """
    if form is not None and form not in FORMATS:
        raise SettingsError(f"Unknown format {form!r}", where="--format", remedy=f"Use {', '.join(FORMATS)}.")
    settled = form or (dest and find_format(dest))
    if not settled:
        remedy = "Give --format csv or jsonl."
        if dest is not None:
            remedy = "Give --format csv, parquet, jsonl or sqlite, or end the name of one file as such do."
        raise SettingsError("Nothing says which format", where=str(dest or "DEST"), remedy=remedy)
    return settled


def quote_path(path: Path) -> str:
    """Return a path as it can be typed into a shell."""
    return f'"{path}"' if sys.platform == "win32" else shlex.quote(str(path))


def refuse_own_place(out: Path, dest: Path) -> None:
    """Raise ``SettingsError`` where the next run, or ``forget``, would take ``dest`` for its own."""
    place, folder = dest.resolve(), out.resolve()
    if place == folder or (place.is_relative_to(folder) and is_by_name(place.relative_to(folder).parts[0])):
        raise SettingsError(
            "This place is Almanac's own",
            where=str(dest),
            remedy="Give DEST another name, or another folder.",
        )


def find_home(journal: Journal, settings: Settings) -> tuple[ZoneSpan, ...]:
    """Return the home zone with which the tables were made, whatever the settings say now."""
    lines = ",".join(journal.home_zone)
    if not lines:
        return settings.home_zone
    return load_settings({"out": str(settings.out), "home_zone": lines}, environment={}).home_zone


def _say_filter(choice: Choice) -> str | None:
    chosen = (("product", choice.product), ("action", choice.action))
    return ",".join(f"{name}={value}" for name, value in chosen if value) or None


def _choose(store: Store, settings: Settings) -> Choice:
    """Return what the settings choose; raise ``SettingsError`` where no activity fits the filter."""
    chosen = {name: value for name in ("product", "action") if (value := getattr(settings, name))}
    if chosen:
        with store.connect() as connection:
            rows = connection.execute(PAIRS).fetchall()
        pairs = [dict(zip(("product", "action"), row, strict=True)) for row in rows]
        if not any(chosen.items() <= pair.items() for pair in pairs):
            named = ",".join(f"{name}={value}" for name, value in chosen.items())
            there = "; ".join(f"product={p['product']},action={p['action']}" for p in pairs[:MOST_NAMED])
            raise SettingsError(
                f"No entry fits {named}", where="filter", remedy=f"There are: {there or 'none at all'}."
            )
    return Choice(settings.product, settings.action, settings.redact, settings.coarse)
