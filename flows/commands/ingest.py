"""``almanac ingest``: from archives to tables, and the ledger; neither Prefect nor pandas on this way."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.alone import run_alone
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
    options = list_options(out, home_zone)
    counts = run_alone("ingest", options, archives=locate(archives), verbose=verbose, as_json=as_json)
    del counts
