"""``almanac run``: the main job, from archives to the report."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from flows.as_json import list_figures, write_json
from flows.commands.failing import end_clearly, end_with_a_look
from flows.commands.options import (
    Archives,
    AsJson,
    Coarse,
    Filter,
    FreeDays,
    HomeZone,
    Out,
    Redact,
    SkipLimit,
    Strict,
    Verbose,
    list_options,
    locate,
    settle,
)
from pipeline.errors import ArchiveError, SettingsError

if TYPE_CHECKING:
    from flows.progress import Watcher
    from pipeline.settings import Settings

Sample = Annotated[
    bool, typer.Option("--sample", help="Use an invented archive, written into the output folder.")
]
Plain = Annotated[bool, typer.Option("--plain", help="Run the same steps without Prefect.")]
Open = Annotated[bool, typer.Option("--open", help="Open the report at the end.")]


def run(
    archives: Archives = None,
    sample: Sample = False,
    home_zone: HomeZone = None,
    subject: Filter = None,
    free_days: FreeDays = None,
    redact: Redact = False,
    coarse: Coarse = False,
    open_: Open = False,
    plain: Plain = False,
    strict: Strict = False,
    skip_limit: SkipLimit = None,
    out: Out = None,
    verbose: Verbose = False,
    as_json: AsJson = False,
) -> None:
    """Go from archives to the report: ingest, patterns, learn, charts, report."""
    with end_clearly("run", verbose=verbose):
        from flows.sample_place import HOME_ZONE, find_sample
        from flows.steps.report import PAGE
        from pipeline.tables.lock import sweep_leftovers

        if sample and archives:
            raise SettingsError(
                "Both an archive and --sample were given", where="run", remedy="Give one of the two."
            )
        patterns = locate(archives)
        home_zone = home_zone or (HOME_ZONE if sample else None)
        given = list_options(
            out, home_zone, subject, free_days=free_days, strict=strict, skip_limit=skip_limit,
            redact=redact, coarse=coarse,
        )  # fmt: skip
        settings, options = settle(given, patterns)
        report = settings.out / PAGE
        found = find_sample(settings.out) if sample else None
        patterns = [str(found)] if found else patterns
        parts: Sequence[str] = ()
        if (found or not sample) and has_nothing_new(patterns, settings):
            sweep_leftovers(settings.out)  # of a run that was killed at its last rename
            typer.echo(write_json({"nothing_new": True}) if as_json else f"Nothing new. The report: {report}")
        else:
            parts = _run(
                patterns, settings, options, sample=sample, plain=plain, verbose=verbose, as_json=as_json
            )
        if open_:
            import webbrowser

            webbrowser.open(report.as_uri())
        end_with_a_look(settings, parts)


def has_nothing_new(patterns: Sequence[str], settings: Settings) -> bool:
    """Say whether every archive was taken in already and every step is up to date."""
    from flows.freshness import nothing_new
    from pipeline.tables.journal import read_journal

    if not patterns and not read_journal(settings.out).inputs:
        raise ArchiveError(
            "No archive was given, and none has been taken in",
            where=str(settings.out),
            remedy="Run almanac run 'PATH/takeout-*.zip', or almanac run --sample.",
        )
    return nothing_new(patterns, settings)


def _run(
    patterns: list[str],
    settings: Settings,
    options: dict[str, str],
    *,
    sample: bool,
    plain: bool,
    verbose: bool,
    as_json: bool,
) -> Sequence[str]:
    """Run all steps; return the parts of the archives that were new."""
    from flows.display import open_display
    from flows.job import open_job
    from flows.sample_place import keep_apart, put_sample
    from flows.writing import explain_write_errors
    from pipeline.tables.journal import prepare_out
    from pipeline.tables.lock import hold_lock

    with explain_write_errors(settings.out):
        prepare_out(settings.out)
    display = open_display(quiet_terminal=verbose)
    with (
        hold_lock(settings.out),
        open_job(settings, plain=plain, verbose=verbose, say=display.say) as job,
    ):
        with display:
            keep_apart(settings.out, [str(settings.out / "sample")] if sample else patterns)
            if sample:
                patterns = [str(put_sample(settings.out, display))]
            job(patterns, options, display)
        _print_end(settings, display, as_json=as_json)
    return getattr(display.done.get("ingest"), "parts", ())


def _print_end(settings: Settings, display: Watcher, *, as_json: bool) -> None:
    from flows.last_run import describe_steps
    from flows.steps.report import PAGE
    from flows.terminal_ledger import list_ledger, print_ledger

    report = settings.out / PAGE
    if as_json:
        steps = {
            step: {**list_figures(counts), "seconds": round(display.seconds[step], 3)}
            for step, counts in display.done.items()
        }
        typer.echo(write_json({"steps": steps, "ledger": list_ledger(settings.out), "report": report}))
    else:
        print_ledger(settings.out)
        typer.echo("\n".join(["", *describe_steps(display.done), f"The report: {report}"]))
