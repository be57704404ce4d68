"""``almanac ingest``: from archives to tables, and the ledger; neither Prefect nor pandas on this way."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.alone import run_alone
from flows.commands.failing import end_clearly, end_with_a_look
from flows.commands.options import (
    Archives,
    AsJson,
    HomeZone,
    Out,
    SkipLimit,
    Strict,
    Verbose,
    list_options,
    locate,
)

RetrySkipped = Annotated[
    bool,
    typer.Option(
        "--retry-skipped", help="Read again what was set aside; with PATH, also what needs its archive."
    ),
]


def ingest(
    archives: Archives = None,
    strict: Strict = False,
    retry_skipped: RetrySkipped = False,
    home_zone: HomeZone = None,
    skip_limit: SkipLimit = None,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Take archives into the tables and print the ledger; without PATH, merge anew what was taken in."""
    with end_clearly("ingest", verbose=verbose):
        from flows.as_json import list_figures, write_json
        from flows.terminal_ledger import list_ledger, print_ledger

        options = list_options(out, home_zone, strict=strict, skip_limit=skip_limit)
        more = {"retry_skipped": True} if retry_skipped else {}
        settings, counts = run_alone("ingest", options, archives=locate(archives), verbose=verbose, **more)
        if as_json:
            ledger = list_ledger(settings.out)
            typer.echo(write_json({"ingest": list_figures(counts), "ledger": ledger}))
        else:
            if retry_skipped:
                print_retry(counts.read_again, counts.waiting)
            elif counts.nothing_new:
                typer.echo("Nothing new.")
            print_ledger(settings.out)
        end_with_a_look(settings, counts.parts)


def print_retry(n: int, waiting: dict[str, int]) -> None:
    """Say how many entries could be read at last, and how many wait for which archive."""
    typer.echo(f"Read again: {n:,} {'entry' if n == 1 else 'entries'} that had been set aside.")
    if waiting:
        names = ", ".join(f"{k:,} of {name}" for name, k in waiting.items())
        typer.echo(f"Longer than what is kept of them: {names}. Give --retry-skipped the archive too.")
