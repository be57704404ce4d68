"""The command line: one command a file, and nothing heavy imported before a command is called."""

from __future__ import annotations

import os
import sys

import typer

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

# Read when NumPy is first imported; only one thread gives the same bytes on every run.
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")

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
    for variable in BLAS_THREADS:
        os.environ[variable] = "1"
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")  # a Windows console may know no "✓"
    app()
