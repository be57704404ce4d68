"""One step by itself: lock, run, say how long it took."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import typer

from flows.commands.failing import end_clearly
from flows.commands.options import settle

if TYPE_CHECKING:
    from pipeline.settings import Settings


def run_alone(
    step: str,
    options: dict[str, str],
    *,
    archives: Sequence[str] = (),
    verbose: bool,
    as_json: bool = False,
    **more: str | bool | float,
) -> tuple[Settings, Any]:
    """Run one step under the lock; return the settings and its counts, printed too with ``as_json``.

    ``more`` goes to the step as it is.
    """
    with end_clearly(step, verbose=verbose):
        from flows.as_json import list_figures, write_json
        from flows.display import open_display
        from flows.plan import perform
        from flows.sample_place import keep_apart
        from flows.writing import explain_write_errors
        from pipeline.tables.journal import prepare_out
        from pipeline.tables.lock import hold_lock

        settings, _ = settle(options, archives)
        if archives:
            with explain_write_errors(settings.out):
                prepare_out(settings.out)
        with hold_lock(settings.out), open_display(quiet_terminal=verbose) as display:
            keep_apart(settings.out, archives)
            counts = perform(step, archives, settings, display, **more)
        if as_json:
            typer.echo(write_json({step: list_figures(counts)}))
        return settings, counts
