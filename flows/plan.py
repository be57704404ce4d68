"""The order of the steps, and the one place from which each is called, with Prefect or without."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from importlib import import_module
from typing import Any

from flows.last_run import record_run
from flows.progress import Watcher
from flows.stopping import check_stop, is_stop
from flows.writing import explain_write_errors
from pipeline.settings import Settings
from pipeline.tables.journal import READS

STEPS = tuple(READS)
HEAVY = (
    *("pipeline.tables.intake", "flows.steps.patterns", "pyarrow.dataset", "flows.steps.learn"),
    *("pipeline.charts.pictures", "pipeline.charts.files", "pipeline.report.page", "fontTools.ttLib"),
)


class StepFailedError(Exception):
    """A step failed. The words of ``cause`` may quote the owner, so this one has none of them."""

    def __init__(self, step: str, cause: Exception) -> None:
        self.step, self.cause = step, cause
        super().__init__(f"the step {step!r} failed with {type(cause).__name__}")


def load_step(step: str) -> Callable[..., Any]:
    """Return the function of a step, imported only now: most are heavy."""
    function: Callable[..., Any] = getattr(import_module(f"flows.steps.{step}"), step)
    return function


def load_libraries() -> None:
    """Import what the later steps need; what cannot be imported is left to them."""
    for module in HEAVY:
        with suppress(Exception):
            import_module(module)


def perform(
    step: str, archives: Sequence[str], settings: Settings, watcher: Watcher, **more: str | bool | float
) -> Any:
    """Run one step, timed and watched, and return its counts; raise ``StepFailedError``."""

    def tell(what: str, done: int, total: int | None) -> None:
        check_stop()
        watcher.tell(what, done, total)

    watcher.begin(step)
    start = time.perf_counter()
    counts, failure = None, None
    try:
        inputs = (archives, settings) if step == "ingest" else (settings,)
        with explain_write_errors(settings.out):
            counts = load_step(step)(*inputs, tell=tell, **more)
    except Exception as error:
        if is_stop(error):
            raise KeyboardInterrupt from None
        traceback.clear_frames(error.__traceback__)  # Prefect keeps the error: not the owner's rows with it
        failure = StepFailedError(step, error)
    if failure is not None:  # raised here, where it has no context for Prefect to print
        watcher.failure = failure
        raise failure
    check_stop()
    watcher.end(step, counts, time.perf_counter() - start)
    if step == STEPS[-1]:
        record_run(settings.out, watcher)
    return counts


def perform_all(archives: Sequence[str], settings: Settings, watcher: Watcher) -> None:
    """Run, in this process and without Prefect, the steps that ``watcher`` has not yet seen done."""
    for step in STEPS:
        if step not in watcher.done:
            perform(step, archives, settings, watcher)
