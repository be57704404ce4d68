"""``almanac ingest``: from archives to tables, and the ledger; neither Prefect nor pandas on this way."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.alone import run_alone
from flows.commands.failing import end_clearly, end_damaged
from flows.commands.options import AsJson, HomeZone, Out, Verbose, list_options, locate

Archives = Annotated[
    list[str], typer.Argument(metavar="PATH...", help="Archives, folders or quoted patterns.")
]


def ingest(
    archives: Archives,
    home_zone: HomeZone = None,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Take archives into the tables and print the ledger."""
    with end_clearly("ingest", verbose=verbose):
        from flows.as_json import list_figures, write_json
        from flows.terminal_ledger import list_ledger, print_ledger

        settings, counts = run_alone(
            "ingest", list_options(out, home_zone), archives=locate(archives), verbose=verbose
        )
        if as_json:
            ledger = list_ledger(settings.out)
            typer.echo(write_json({"ingest": list_figures(counts), "ledger": ledger}))
        else:
            if counts.nothing_new:
                typer.echo("Nothing new.")
            print_ledger(settings.out)
        end_damaged(settings.out)
