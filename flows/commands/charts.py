"""``almanac charts``: this step alone, from what the steps before it left."""

from __future__ import annotations

from flows.commands.alone import run_alone
from flows.commands.options import AsJson, Filter, HomeZone, Out, Verbose, list_options


def charts(
    home_zone: HomeZone = None,
    subject: Filter = None,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Draw the charts and the word clouds."""
    run_alone("charts", list_options(out, home_zone, subject), verbose=verbose, as_json=as_json)
