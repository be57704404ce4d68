"""The main job: all steps by Prefect where it starts, plainly where it does not."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Protocol

from flows.plan import StepFailedError, load_libraries, perform_all
from flows.prefect_home import enter_prefect_home, prepare_environment
from flows.prefect_record import end_stale_server
from flows.prefect_server import PrefectServer
from flows.progress import Watcher, watching
from pipeline.settings import Settings

UNSAID = ("filter",)
"""Options that Prefect is not told: a filter may name a product as a header of the archive does."""


class Job(Protocol):
    """Takes the archives in and goes on to the report, seen by a watcher."""

    def __call__(self, archives: Sequence[str], options: Mapping[str, str], watcher: Watcher) -> None:
        """Raise ``StepFailedError`` when a step fails; the steps before it stay done."""


@contextmanager
def open_job(settings: Settings, *, plain: bool, verbose: bool, say: Callable[[str], None]) -> Iterator[Job]:
    """Start Prefect's server, if it is wanted, and give the job to call; no server is left afterwards.

    Whatever becomes of Prefect, the job is done: ``say`` gets one line when it goes on without.
    """
    server: PrefectServer | None = None
    trouble: str | None = None
    if plain:
        end_stale_server(settings.out)  # a start of ours does so too
    else:
        try:
            prepare_environment(settings.out, verbose=verbose)
            with enter_prefect_home(settings.out):
                server = PrefectServer(settings.out)
                server.start()
        except Exception as error:
            trouble = type(error).__name__

    def job(archives: Sequence[str], options: Mapping[str, str], watcher: Watcher) -> None:
        nonlocal trouble
        token = watching.set(watcher)
        try:
            if server is not None and trouble is None:
                trouble = _run_flow(settings, server, archives, options, watcher)
            if trouble is not None:
                say(f"Prefect could not be used ({trouble}): going on without it.")
            if trouble is not None or plain:
                perform_all(archives, settings, watcher)
        finally:
            watching.reset(token)

    try:
        yield job
    finally:
        if server is not None:
            server.stop()


def _run_flow(
    settings: Settings,
    server: PrefectServer,
    archives: Sequence[str],
    options: Mapping[str, str],
    watcher: Watcher,
) -> str | None:
    """Run the flow; return what was wrong with Prefect, if anything was; raise only a step's failure."""
    try:
        with enter_prefect_home(settings.out):
            watcher.begin("prefect")
            begun = time.perf_counter()
            from flows.refresh import run_refresh

            load_libraries()  # the server takes longer to answer than this does
            server.wait_until_ready()
            watcher.end("prefect", None, time.perf_counter() - begun)
            watcher.unsaid = {name: options[name] for name in UNSAID if name in options}
            run_refresh(list(archives), {name: options[name] for name in options if name not in UNSAID})
    except StepFailedError:
        raise
    except Exception as error:
        if watcher.failure is not None:
            raise watcher.failure from None
        return type(error).__name__
    return None
