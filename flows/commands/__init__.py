"""The command line: one command a file, and nothing heavy imported before a command is called."""

from __future__ import annotations

import os
import sys

import typer

from flows.blas import settle_blas
from flows.commands import (
    browse,
    charts,
    cohort,
    doctor,
    export,
    forecast,
    forget,
    ingest,
    learn,
    patterns,
    report,
    run,
    sample,
    schedule,
    sql,
    study,
)

app = typer.Typer(
    name="almanac",
    help="Your Google Takeout archive as tables, patterns, small models and one report, on this machine.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,  # they print local variables, which hold the owner's text
)
for command in (
    run.run,
    ingest.ingest,
    patterns.patterns,
    charts.charts,
    learn.learn,
    forecast.forecast,
    report.report,
    sample.sample,
    study.study,
    cohort.cohort,
    schedule.schedule,
    browse.browse,
    export.export,
    sql.sql,
    doctor.doctor,
    forget.forget,
):
    app.command()(command)


def main() -> None:
    """Run the command line; everything that it writes is the owner's alone (0600)."""
    os.umask(0o077)
    settle_blas(os.environ)
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a Windows console may know no "✓"
    app()
