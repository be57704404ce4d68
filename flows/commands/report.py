"""``almanac report``: this step alone, from what the steps before it left."""

from __future__ import annotations

from flows.commands.alone import run_alone
from flows.commands.options import AsJson, Filter, HomeZone, Out, Verbose, list_options


def report(
    home_zone: HomeZone = None,
    subject: Filter = None,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Write the report."""
    run_alone("report", list_options(out, home_zone, subject), verbose=verbose, as_json=as_json)
