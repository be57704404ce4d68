"""``almanac sample``: a believable archive with a known truth beside it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, Verbose

Dest = Annotated[Path, typer.Argument(metavar="DEST", help="The folder to write it into.")]
Years = Annotated[int, typer.Option("--years", min=1, max=50, help="How many years it spans.")]
Locale = Annotated[str, typer.Option("--locale", help="The owner's locale: de, pt_BR, zh_Hant …")]
Format = Annotated[str, typer.Option("--format", help="html, json, or mixed: YouTube alone as JSON.")]
Era = Annotated[str, typer.Option("--era", help="Written as in 2017, 2018, 2021, 2024 or 2026.")]
Seed = Annotated[int, typer.Option("--seed", min=0, help="The same seed gives the same archive.")]


def sample(
    dest: Dest,
    years: Years = 5,
    locale: Locale = "en",
    format: Format = "html",
    era: Era = "2024",
    seed: Seed = 0,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Write an invented archive, and what was planted in it beside it."""
    with end_clearly("sample", verbose=verbose):
        from flows.as_json import list_figures, write_json
        from flows.writing import explain_write_errors
        from pipeline.sample import write_sample

        dest = dest.expanduser()
        with explain_write_errors(dest, place_name="DEST"):
            written = write_sample(dest, years=years, seed=seed, locale=locale, format=format, era=era)
        typer.echo(write_json(list_figures(written)) if as_json else f"Written: {written.path}")
