"""One step by itself: lock, prepare, run, say how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import settle


def run_alone(
    step: str,
    options: dict[str, str],
    *,
    archives: Sequence[str] = (),
    verbose: bool,
    as_json: bool,
    only: str | None = None,
) -> Any:
    """Run one step under the lock and return its counts; with ``as_json`` print them too."""
    with end_clearly(step, verbose=verbose):
        from flows.display import open_display
        from flows.figures import list_figures, write_json
        from flows.plan import perform
        from pipeline.tables.lock import hold_lock

        settings, _ = settle(options)
        more = {} if only is None else {"only": only}
        with hold_lock(settings.out), open_display(quiet_terminal=verbose) as display:
            counts = perform(step, archives, settings, display, **more)
        if as_json:
            typer.echo(write_json({step: list_figures(counts)}))
        return counts
