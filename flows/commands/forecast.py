"""``almanac forecast``: the chance that the year passes a number, three ways, and how each fared before."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import AsJson, Coarse, Out, Redact, Verbose, list_options, settle

Target = Annotated[int, typer.Option("--target", metavar="N", min=1, help="The number to pass.")]
By = Annotated[
    datetime | None,
    typer.Option("--by", metavar="DATE", formats=["%Y-%m-%d"], help="By the end of this day."),
]


def forecast(
    target: Target,
    by: By = None,
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

        settings, _ = settle(list_options(out, redact=redact, coarse=coarse))
        require_finished(read_journal(settings.out), "ingest", where=settings.out)
        subject = find_subject(Store(settings.out), settings)
        asked = ask_forecast(subject, target, by.date() if by else None)
        teller = Teller(subject.noun, subject.nouns, settings.coarse)
        if as_json:
            typer.echo(write_json({"forecast": teller.list_figures(asked)}))
        else:
            typer.echo("\n".join(teller.list_lines(asked)))
