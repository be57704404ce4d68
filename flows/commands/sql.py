"""``almanac sql``: one query over the tables, by DuckDB."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import Out, Verbose, list_options, settle
from pipeline.errors import SettingsError

Query = Annotated[
    str, typer.Argument(metavar="QUERY", help="A select, a file that holds one, or - for standard input.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print all rows as JSON.")]
AsCsv = Annotated[bool, typer.Option("--csv", help="Print all rows as CSV.")]


def sql(
    query: Query, as_csv: AsCsv = False, out: Out = None, verbose: Verbose = False, as_json: AsJson = False
) -> None:
    """Ask the tables: activity, location, detail, file, skipped, source. Nothing can be changed."""
    with end_clearly("sql", verbose=verbose):
        from flows.answering import print_csv, print_json, print_rows, quiet_without_reader
        from flows.steps.export import find_home
        from pipeline.export.query import open_query
        from pipeline.tables.journal import list_home_lines
        from pipeline.tables.store import Store

        if as_csv and as_json:
            raise SettingsError(
                "Both --csv and --json were given", where="sql", remedy="Give one of the two."
            )
        settings, _ = settle(list_options(out))
        store = Store(settings.out)
        home = find_home(store.journal, settings)
        with quiet_without_reader(), open_query(store, read_query(query), home) as rows:
            if as_json:
                print_json(rows)
            elif as_csv:
                print_csv(rows)
            else:
                print_rows(rows, ", ".join(list_home_lines(home)))


def read_query(given: str) -> str:
    """Return the query: as given, or from the file or the stream that was named."""
    if given == "-":
        return sys.stdin.read()
    if given.endswith(".sql"):
        try:
            return Path(given).expanduser().read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise SettingsError(
                "This file cannot be read", where=given, remedy="Name a text file that holds a select."
            ) from error
    return given
