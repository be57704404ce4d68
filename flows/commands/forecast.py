"""``almanac forecast``: the chance that the year passes a number, three ways, and how each fared before."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, Coarse, Filter, Out, Redact, Verbose, list_options, settle

MOST_DIGITS = 15  # beyond, a float no longer holds every whole number


def read_count(text: str) -> int:
    """Read a number from 1 on, written plainly or as the page writes it: 17,000."""
    if not re.fullmatch(r"\d+|\d{1,3}([, \u00a0\u202f]\d{3})+", text.strip(), re.ASCII):
        raise typer.BadParameter(f"{text!r} is not a whole number, such as 17000.")
    digits = re.sub(r"\D", "", text)
    if len(digits) > MOST_DIGITS:
        raise typer.BadParameter(f"{len(digits)} digits are too many: {MOST_DIGITS} are the most.")
    number = int(digits)
    if number < 1:
        raise typer.BadParameter(f"{number} is not 1 or more.")
    return number


Target = Annotated[int, typer.Option("--target", metavar="N", parser=read_count, help="The number to pass.")]
By = Annotated[
    datetime | None,
    typer.Option("--by", metavar="DATE", formats=["%Y-%m-%d"], help="By the end of this day."),
]


def forecast(
    target: Target,
    by: By = None,
    subject: Filter = None,
    redact: Redact = False,
    coarse: Coarse = False,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Say the chance that this year's count passes a number, and how such forecasts fared."""
    with end_clearly("forecast", verbose=verbose):
        from flows.as_json import write_json
        from flows.subject import find_subject
        from flows.work.forecast_asked import ask_forecast
        from flows.work.forecast_said import Teller
        from pipeline.tables.journal import read_journal, require_finished
        from pipeline.tables.store import Store

        settings, _ = settle(list_options(out, subject=subject, redact=redact, coarse=coarse))
        require_finished(read_journal(settings.out), "ingest", where=settings.out)
        chosen = find_subject(Store(settings.out), settings)
        asked = ask_forecast(chosen, target, by.date() if by else None, coarse=settings.coarse)
        teller = Teller(chosen.noun, chosen.nouns, settings.coarse)
        if as_json:
            typer.echo(write_json({"forecast": teller.list_figures(asked)}))
        else:
            typer.echo("\n".join(teller.list_lines(asked)))
