"""``almanac sample``: a believable archive with a known truth beside it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, Out, Verbose, list_options, settle

if TYPE_CHECKING:
    from pipeline.sample import Sample

Dest = Annotated[Path, typer.Argument(metavar="DEST", help="The folder to write it into.")]
Years = Annotated[int, typer.Option("--years", min=1, max=50, help="How many years it spans.")]
Locale = Annotated[str, typer.Option("--locale", help="The owner's locale: de, pt_BR, zh_Hant …")]
Format = Annotated[str, typer.Option("--format", help="html, json, or mixed: YouTube alone as JSON.")]
Era = Annotated[str, typer.Option("--era", help="Written as in 2017, 2018, 2021, 2024 or 2026.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same archive.")]
Force = Annotated[bool, typer.Option("--force", help="Replace another sample that is there.")]

LikeMe = Annotated[bool, typer.Option("--like-me", help="In weeks invented like those of your own tables.")]


def sample(
    dest: Dest,
    years: Years = 5,
    locale: Locale = "en",
    format: Format = "html",
    era: Era = "2024",
    seed: Seed = 0,
    force: Force = False,
    like_me: LikeMe = False,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Write an invented archive, and what was planted in it beside it."""
    with end_clearly("sample", verbose=verbose):
        from flows.as_json import list_figures, write_json
        from flows.writing import explain_write_errors

        dest = dest.expanduser()
        asked: dict[str, Any] = {"years": years, "seed": seed}
        if like_me:
            from flows.like_me import invent_archive

            asked = invent_archive(settle(list_options(out))[0], **asked)
        with explain_write_errors(dest, place_name="DEST"):
            written = write_apart(dest, force=force, locale=locale, format=format, era=era, **asked)
        typer.echo(write_json(list_figures(written)) if as_json else f"Written: {written.path}")


def write_apart(dest: Path, *, force: bool, **asked: Any) -> Sample:
    """Write a sample into ``dest``; one with the same bytes may be there already.

    Raises ``SettingsError`` where another file has its name and ``force`` is not set.
    """
    from filecmp import cmp

    from pipeline.errors import SettingsError
    from pipeline.sample import write_sample
    from pipeline.tables.files import remove, temporary_name

    apart = temporary_name(dest / "sample")
    try:
        written = write_sample(apart, **asked)
        places = {path: dest / path.name for path in (written.path, written.truth)}
        for path, place in places.items():
            if place.exists() and not force and not cmp(path, place, shallow=False):
                raise SettingsError(
                    "There is another sample, or a file of its name",
                    where=str(place),
                    remedy="Give another DEST, or --force to replace it.",
                )
        for path, place in places.items():
            path.replace(place)
    finally:
        remove(apart)
    return replace(written, path=places[written.path], truth=places[written.truth])
