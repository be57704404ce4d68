"""``almanac learn``: the models alone, or one of them."""

from __future__ import annotations

from typing import Annotated

import typer

from flows.commands.alone import run_alone
from flows.commands.options import AsJson, Filter, HomeZone, Out, Verbose, list_options

Only = Annotated[
    str | None, typer.Option("--only", metavar="NAME", help="One piece of work, such as next_hour.")
]


def learn(
    only: Only = None,
    home_zone: HomeZone = None,
    subject: Filter = None,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Train the models and score them beside their baselines."""
    options = list_options(out, home_zone, subject)
    _, counts = run_alone(
        "learn", options, verbose=verbose, as_json=as_json, **({"only": only} if only else {})
    )
    if not as_json:
        from flows.last_run import describe_learners

        typer.echo("\n".join(describe_learners(counts)) or "Nothing new.")
