"""``almanac learn``: the models alone, or one of them."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from flows.commands.alone import run_alone
from flows.commands.options import AsJson, Filter, FreeDays, HomeZone, Out, Verbose, list_options


def _take_one(names: list[str] | None) -> list[str] | None:
    if names and len(names) > 1:
        raise typer.BadParameter("name one piece of work, or none for all of them.")
    return names


Only = Annotated[
    list[str] | None,
    typer.Option(
        "--only", metavar="NAME", callback=_take_one, help="One piece of work or network, such as next_hour."
    ),
]

Every = Annotated[
    bool,
    typer.Option("--all", help="Train the networks too, and whatever else takes minutes."),
]
Minutes = Annotated[
    float | None,
    typer.Option("--minutes", metavar="M", help="Begin nothing that would not end in time; go on next time."),
]


def learn(
    only: Only = None,
    every: Every = False,
    minutes: Minutes = None,
    home_zone: HomeZone = None,
    subject: Filter = None,
    free_days: FreeDays = None,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Train the models and score them beside their baselines."""
    options = list_options(out, home_zone, subject, free_days=free_days)
    more: dict[str, Any] = {"only": only[0] if only else None, "every": every or None, "minutes": minutes}
    more = {name: value for name, value in more.items() if value is not None}
    _, counts = run_alone("learn", options, verbose=verbose, as_json=as_json, **more)
    if not as_json:
        from flows.last_run import describe_learners

        typer.echo("\n".join(describe_learners(counts)) or "Nothing new.")
