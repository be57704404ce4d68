"""``almanac charts``: this step alone, from what the steps before it left."""

from __future__ import annotations

from flows.commands.alone import run_alone
from flows.commands.options import (
    AsJson,
    Coarse,
    Filter,
    FreeDays,
    HomeZone,
    Out,
    Redact,
    Verbose,
    list_options,
)


def charts(
    home_zone: HomeZone = None,
    subject: Filter = None,
    free_days: FreeDays = None,
    redact: Redact = False,
    coarse: Coarse = False,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Draw the charts and the word clouds."""
    options = list_options(out, home_zone, subject, free_days=free_days, redact=redact, coarse=coarse)
    run_alone("charts", options, verbose=verbose, as_json=as_json)
