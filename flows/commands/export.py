"""``almanac export``: the tables for other tools, as CSV, Parquet, JSON lines or SQLite."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, Coarse, Filter, Out, Redact, Verbose, list_options, settle

Dest = Annotated[
    str,
    typer.Argument(
        metavar="DEST",
        help="A new folder for all tables; a file (activity.csv, my.db) for one; - for standard output.",
    ),
]
Format = Annotated[
    str | None,
    typer.Option("--format", help="csv, parquet, jsonl or sqlite; else as the name of a file ends."),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Replace a file; an earlier export's folder or database needs no word."),
]


def export(
    dest: Dest,
    format: Format = None,
    subject: Filter = None,
    redact: Redact = False,
    coarse: Coarse = False,
    force: Force = False,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Write the tables for other tools; nothing here is changed."""
    with end_clearly("export", verbose=verbose):
        from flows.answering import quiet_without_reader
        from flows.as_json import list_figures, write_json
        from flows.steps import export as step

        settings, _ = settle(list_options(out, subject=subject, redact=redact, coarse=coarse))
        if dest == "-":
            with quiet_without_reader():
                step.export_stream(settings, format, sys.stdout.buffer)
                sys.stdout.buffer.flush()
            return
        counts = step.export(settings, format, Path(dest).expanduser().absolute(), force=force)
        if as_json:
            typer.echo(write_json(list_figures(counts)))
            return
        typer.echo(
            f"{'Replaced' if counts.replaced else 'Written'}: {counts.dest} ({counts.bytes / 1e6:,.1f} MB)"
        )
        for name, n_rows in counts.rows.items():
            typer.echo(f"  {name:<10}{n_rows:>14,}")
        if counts.filter:
            typer.echo(f"Only the activities of {counts.filter} went out.")
        if counts.redacted:
            from pipeline.export.columns import say_left

            typer.echo(say_left(coarse=settings.coarse))
        if counts.datasette:
            typer.echo(f"To look around in it: {counts.datasette}")
