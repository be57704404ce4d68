"""One person's run, in a process of its own that ends with whoever waits for it.

In a process of its own: matplotlib and the steps are made for one thread, one that the system kills for
want of memory takes nobody else's run with it, and what a run leaves in memory goes with it. A Dask worker
that is killed closes the pipe; one whose cohort is gone sees that the plan is.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path

from flows.cohort_plan import Line, Outcome, read_line, read_outcome, write_outcome

CHILD = Path(__file__).with_name("person_child.py")
POLL_SECONDS = 0.5
SILENT_POLLS = 240  # the plan's time moves every few seconds; on a network's disk that is seen later
LOCK_SECONDS = 30  # what a killed worker left may need a moment to notice
REMEDY_UNFORESEEN = "Run almanac run on these archives alone, with another --out and -v, to see more."


class PersonFailedError(Exception):
    """A person's run failed. What was wrong stands beside the plan: this says only whose, by number."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(number)

    def __str__(self) -> str:
        return f"person {self.number} failed"


def run_person(number: int, plan: Path) -> None:
    """Run line ``number`` of a plan in a process, and wait for it; raise ``PersonFailedError``."""
    outcome = None
    try:
        _, verbose = read_line(plan, number)
        status = _watch(_start(number, plan, verbose=verbose), plan)
        outcome = read_outcome(plan, number)
        if outcome is None and status is not None:
            outcome = Outcome("failed", *_describe_end(status))
            write_outcome(plan, number, outcome)
    except Exception:  # its words may hold a path of the owner's
        outcome = None
    if outcome is None or outcome.status == "failed":
        raise PersonFailedError(number)


def _start(number: int, plan: Path, *, verbose: bool) -> subprocess.Popen[bytes]:
    from flows.commands import BLAS_THREADS

    return subprocess.Popen(
        [sys.executable, "-P", str(CHILD), str(number), str(plan)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=None if verbose else subprocess.DEVNULL,  # a library's warnings may quote the owner
        env={**os.environ, **dict.fromkeys(BLAS_THREADS, "1")},
        # Ctrl-C is for the cohort, which then ends its people's processes.
        start_new_session=sys.platform != "win32",
        creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
    )


def _watch(process: subprocess.Popen[bytes], plan: Path) -> int | None:
    """Wait for a process, and return its status; end it, for ``None``, when nobody waits for its outcome."""
    seen, n_silent = -1, 0
    try:
        while n_silent < SILENT_POLLS:
            with suppress(subprocess.TimeoutExpired):
                return process.wait(POLL_SECONDS)
            try:
                beat = plan.stat().st_mtime_ns
            except FileNotFoundError:
                return None
            n_silent = n_silent + 1 if beat == seen else 0
            seen = beat
        return None
    finally:
        process.kill()  # does nothing to one that has ended
        process.wait()
        if process.stdin is not None:
            with suppress(OSError):
                process.stdin.close()


def _describe_end(status: int) -> tuple[str, str]:
    if status < 0:
        with suppress(ValueError):
            name = signal.Signals(-status).name
            return f"Its process was ended from outside ({name}).", (
                "If memory ran out, give a smaller --workers; then run it again."
            )
    return f"Its process ended with status {status}.", REMEDY_UNFORESEEN


def perform_line(number: int, plan: Path) -> Outcome:
    """Run all steps of line ``number`` in this process, and return what became of it."""
    line, verbose = read_line(plan, number)
    try:
        return _perform(line)
    except Exception as error:
        from flows.plan import StepFailedError

        cause = error.cause if isinstance(error, StepFailedError) else error
        if verbose:
            traceback.print_exception(cause)
        return describe_failure(cause)


def _perform(line: Line) -> Outcome:
    from flows.commands.failing import list_looks
    from flows.plan import perform_all
    from flows.progress import Watcher
    from flows.writing import explain_write_errors
    from pipeline.errors import LockedError
    from pipeline.tables.journal import prepare_out
    from pipeline.tables.lock import hold_lock

    settings, watcher = line.settings, Watcher()
    with explain_write_errors(settings.out):
        prepare_out(settings.out)
    for attempt in range(LOCK_SECONDS + 1):
        try:
            with hold_lock(settings.out):
                perform_all(line.archives, settings, watcher)
            break
        except LockedError:
            if attempt == LOCK_SECONDS:
                raise
            time.sleep(1)
    counts = watcher.done["ingest"]
    looks = list_looks(settings, getattr(counts, "parts", ()))
    return Outcome(
        "look" if looks else "done",
        " ".join(looks),
        rows=getattr(counts, "rows", 0),
        new_rows=getattr(counts, "new_rows", 0),
        seconds={step: round(seconds, 3) for step, seconds in watcher.seconds.items()},
    )


def describe_failure(error: Exception) -> Outcome:
    """Put an exception into words for whoever runs the cohort; an unforeseen one's own are left out."""
    from flows.commands.failing import is_foreseen

    if is_foreseen(error):
        what, where, remedy = error.args  # of Almanac's and of the models' errors alike
        return Outcome("failed", f"{what} ({where}).", remedy)
    name = type(error).__name__
    if isinstance(error, OSError) and error.strerror:
        name += f", {error.strerror}"
    return Outcome("failed", f"It failed with {name}.", REMEDY_UNFORESEEN)
