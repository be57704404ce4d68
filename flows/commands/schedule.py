"""``almanac schedule``: new archives in a folder are taken in by themselves."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from flows.commands.failing import end_clearly, end_with_a_look
from flows.commands.options import (
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

if TYPE_CHECKING:
    from pipeline.settings import Settings

CRON = "0 6 * * 1"

Watch = Annotated[
    str, typer.Option("--watch", help="The folder (or quoted pattern) into which the archives come.")
]
Slots = Annotated[
    str, typer.Option("--cron", help="When to look, in this machine's time; not used with --once.")
]
Server = Annotated[
    str | None, typer.Option("--server", help="Your own Prefect server, such as http://127.0.0.1:4200/api.")
]
Once = Annotated[bool, typer.Option("--once", help="Take in what waits now, and end: for cron and the like.")]


def schedule(
    watch: Watch,
    cron: Slots = CRON,
    server: Server = None,
    once: Once = False,
    home_zone: HomeZone = None,
    subject: Filter = None,
    free_days: FreeDays = None,
    redact: Redact = False,
    coarse: Coarse = False,
    strict: Strict = False,
    skip_limit: SkipLimit = None,
    out: Out = None,
    verbose: Verbose = False,
) -> None:
    """Look into a folder on schedule and take in the archives that wait there, until it is stopped."""
    with end_clearly("schedule", verbose=verbose):
        from flows.prefect_address import require_answer, settle_server
        from flows.writing import explain_write_errors
        from pipeline.tables.journal import prepare_out

        [place] = locate([watch])
        given = list_options(
            out, home_zone, subject, free_days=free_days, strict=strict, skip_limit=skip_limit,
            redact=redact, coarse=coarse,
        )  # fmt: skip
        settings, _ = settle(given, [place])
        given["out"] = str(settings.out)
        address = settle_server(server, off_machine=settings.server_off_machine) if server else None
        if address and not once:
            require_answer(address)
        with explain_write_errors(settings.out):
            prepare_out(settings.out)
        if once:
            _look_once(place, given, settings, verbose=verbose)
        else:
            _keep(place, given, settings, cron, address, verbose=verbose)


def _keep(
    watch: str, given: dict[str, str], settings: Settings, cron: str, server: str | None, *, verbose: bool
) -> None:
    """Keep the schedule until a signal ends it."""
    import hashlib

    from flows.due import find_due
    from flows.schedule_keeper import keep_schedule, stopping_at_signals
    from pipeline.settings import find_system_zone

    find_due(watch, settings)  # says now, and not at the first slot, that there is no such folder
    # On a server of one's own there may be schedules for other tables too.
    name = f"watch-{hashlib.sha256(str(settings.out).encode()).hexdigest()[:8]}" if server else "watch"
    plan = {"watch": watch, "out": given["out"], "cron": cron, "zone": find_system_zone(), "name": name}

    def say(words: str) -> None:
        typer.echo(f"{datetime.now():%Y-%m-%d %H:%M}  {words}", err=True)

    with stopping_at_signals() as stop:
        keep_schedule(settings.out, plan, options=given, server=server, stop=stop, say=say, verbose=verbose)


def _look_once(watch: str, given: dict[str, str], settings: Settings, *, verbose: bool) -> None:
    """Do what is due, as ``almanac run`` does it, and say what it was."""
    from flows.display import open_display
    from flows.due import look
    from flows.job import open_job
    from flows.plan import perform
    from pipeline.settings import load_settings

    display = open_display(quiet_terminal=verbose)
    parts: list[str] = []

    def refresh(archives: list[str], options: dict[str, str]) -> None:
        with open_job(settings, plain=False, verbose=verbose, say=display.say) as job, display:
            job(archives, options, display)
        parts.extend(display.done["ingest"].parts)

    def ingest(archives: list[str], options: dict[str, str]) -> None:
        perform("ingest", archives, load_settings(options), display)
        parts.extend(display.done["ingest"].parts)

    typer.echo(look(watch, given, refresh=refresh, ingest=ingest, watcher=display))
    if Path(settings.out / "run.json").is_file():
        end_with_a_look(settings, parts)
