"""``almanac forget``: remove all that Almanac wrote into a folder, and say what."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, Out, Verbose, list_options
from pipeline.errors import SettingsError
from pipeline.settings import load_settings

if TYPE_CHECKING:
    from flows.forgetting import Forgotten

Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
MOST_KEPT = 10


def forget(yes: Yes = False, out: Out = None, verbose: Verbose = False, as_json: AsJson = False) -> None:
    """Remove all that Almanac wrote into the output folder; your archives stay where they are."""
    with end_clearly("forget", verbose=verbose):
        from flows import forgetting
        from flows.as_json import list_figures, write_json

        place = load_settings(list_options(out, home_zone="UTC")).out
        found = forgetting.survey(place)
        if not yes:
            _ask(found, str(place))
        try:
            done = forgetting.forget(place)
        except KeyboardInterrupt:
            typer.echo("almanac forget: stopped. Run it again to remove the rest.", err=True)
            raise typer.Exit(130) from None
        if as_json:
            typer.echo(write_json(list_figures(done)))
        else:
            _say(done, str(place))
        if done.links:
            _warn(done, str(place))
            raise typer.Exit(1)


def _say(done: Forgotten, place: str) -> None:
    typer.echo(f"Removed from {place}:")
    typer.echo("\n".join(_lay_out(done)))
    if done.folder_removed:
        typer.echo("The folder was empty then, and is gone too.")
    elif done.kept:
        typer.echo("The folder is still there. Kept, since Almanac did not write it:")
        typer.echo("\n".join(_list_names(done.kept)))
    elif not done.links:
        typer.echo("The folder is still there: Almanac did not make it.")
    typer.echo("Archives, and what you exported to other places, are where you put them.")


def _warn(done: Forgotten, place: str) -> None:
    typer.echo(
        f"almanac forget: not all is removed from {place}. These are links, and were not followed:", err=True
    )
    typer.echo("\n".join(_list_names(done.links)), err=True)
    typer.echo(
        "What they lead to still holds what Almanac wrote there, tables or pictures with your words. Remove "
        "that yourself, then the links, and run almanac forget again: run.json is kept for it.",
        err=True,
    )


def _list_names(names: Sequence[str]) -> list[str]:
    more = [f"  and {len(names) - MOST_KEPT:,} more"] if len(names) > MOST_KEPT else []
    return [*(f"  {name}" for name in names[:MOST_KEPT]), *more]


def _ask(found: Forgotten, place: str) -> None:
    if not can_ask():
        raise SettingsError(
            "forget removes what cannot be brought back, and nobody can be asked here",
            where=place,
            remedy="Give --yes if it is to go.",
        )
    typer.echo(f"This removes from {place}:")
    typer.echo("\n".join(_lay_out(found)))
    if found.links:
        typer.echo("It does not follow these links: what they lead to stays.")
        typer.echo("\n".join(_list_names(found.links)))
    if not typer.confirm("Remove it all?"):
        typer.echo("Nothing was removed.")
        raise typer.Exit(1)


def can_ask() -> bool:
    """Say whether there is a terminal to ask on."""
    return sys.stdin.isatty()


def _lay_out(found: Forgotten) -> list[str]:
    people = "1 person" if found.n_people == 1 else f"{found.n_people:,} people"
    names = {"else": "run.json and the like", "cohort": f"cohort ({people})"}
    rooms = sorted(found.rooms.items(), key=lambda line: (line[0] == "else", line))
    lines = [
        f"  {names.get(room, room):<24}{n_files:>8,} {'file' if n_files == 1 else 'files':<5}"
        f"{n_bytes / 1e6:>12,.1f} MB"
        for room, (n_files, n_bytes) in rooms
    ]
    return lines or ["  nothing"]
