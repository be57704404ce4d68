"""``almanac browse``: open the report, or where there is only a cohort, its page."""

from __future__ import annotations

import os
import sys

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import Out, Verbose, list_options, settle
from pipeline.errors import StoreError


def browse(out: Out = None, verbose: Verbose = False) -> None:
    """Open the report, or the page of a cohort, and say where it is."""
    with end_clearly("browse", verbose=verbose):
        from flows.freshness import list_states
        from flows.steps.report import PAGE

        settings, _ = settle(list_options(out))
        report, cohort = settings.out / PAGE, settings.out / "cohort" / PAGE
        of_cohort = cohort.is_file() and not report.is_file()
        if of_cohort:
            report = cohort
        if not report.is_file():
            raise StoreError(
                "There is no report here yet", where=str(settings.out), remedy="Run almanac run first."
            )
        typer.echo(f"{'The page of the cohort' if of_cohort else 'The report'}: {report}")
        if not of_cohort and list_states(settings)["report"] != "fresh":
            typer.echo("It was made of other tables or settings: almanac run makes it anew.", err=True)
        if has_display():
            import webbrowser

            if webbrowser.open(report.as_uri()):
                return
        typer.echo("No browser could be opened here: open that file in one.", err=True)


def has_display() -> bool:
    """Say whether there is a screen for a browser; one that runs in the terminal would take it over."""
    if sys.platform in ("win32", "darwin") or os.environ.get("BROWSER"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
