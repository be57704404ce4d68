"""``almanac learn``: the models alone, or one of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

import typer

from flows.commands.alone import run_alone
from flows.commands.options import AsJson, Filter, FreeDays, HomeZone, Out, Verbose, list_options

STOPPED = 130  # by Ctrl-C


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
    try:
        settings, counts = run_alone("learn", options, verbose=verbose, as_json=as_json, **more)
    except typer.Exit as end:
        if end.exit_code == STOPPED and every:
            typer.echo("The networks done by then are kept; almanac learn --all goes on.", err=True)
        raise
    if not as_json:
        from flows.last_run import describe_learners

        asked = _list_asked(settings.out, more.get("only"), every)
        lines = describe_learners(replace(counts, networks=asked) if asked else counts)
        if getattr(counts, "nothing_new", False):
            lines = ["Nothing new.", *lines]
        elif _is_trained(getattr(counts, "networks", {})):
            lines.append("almanac run puts this in the page.")
        typer.echo("\n".join(lines) or "Nothing new.")


def _list_asked(out: Path, only: str | None, every: bool) -> dict[str, str]:
    """Return, by its name, what each network that was asked for came to, now or when it was trained."""
    if only is None and not every:
        return {}
    from flows.steps.learn import read_networks

    results = read_networks(out)
    return {one.name: one.too_little or one.verdict for one in results if only in (None, one.name)}


def _is_trained(networks: dict[str, str]) -> bool:
    """Say whether one of them had enough to learn from, by what each came to."""
    if not networks:
        return False
    from flows.networks.training import VERDICTS

    return not VERDICTS.isdisjoint(networks.values())
