"""The Prefect flow ``refresh``: five thin tasks over the steps, and what its page shows of them.

What Prefect sees it keeps in clear: paths, options and the names of steps, never a row or a query. Each
task is called directly, so that one which fails fails the flow.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from uuid import UUID

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterId
from prefect.logging import get_run_logger
from prefect.runtime import flow_run
from prefect.settings import PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

from flows.artifacts import ProgressArtifact, show
from flows.plan import perform
from flows.progress import Watcher, pass_on, watching
from pipeline.settings import Settings, load_settings
from pipeline.tables.journal import READS

LONG_STEPS = ("ingest", "charts")
RECORDS_SECONDS = 10.0


def _settle(options: Mapping[str, str], watcher: Watcher) -> Settings:
    return load_settings({**options, **watcher.unsaid})


def _perform(step: str, archives: Sequence[str], options: Mapping[str, str]) -> None:
    watcher = watching.get(None) or Watcher()
    settings = _settle(options, watcher)
    if step not in LONG_STEPS:
        perform(step, archives, settings, watcher)
        return
    with pass_on(watcher, ProgressArtifact(step)):
        perform(step, archives, settings, watcher)


@task(name="ingest", cache_policy=NO_CACHE, persist_result=False)
def take_in(archives: Sequence[str], options: Mapping[str, str]) -> None:
    """Take the archives into the tables."""
    _perform("ingest", archives, options)


@task(name="patterns", cache_policy=NO_CACHE, persist_result=False)
def find_patterns(options: Mapping[str, str]) -> None:
    """Count what the tables show."""
    _perform("patterns", (), options)


@task(name="learn", cache_policy=NO_CACHE, persist_result=False)
def train_models(options: Mapping[str, str]) -> None:
    """Train the models and score them beside their baselines."""
    _perform("learn", (), options)


@task(name="charts", cache_policy=NO_CACHE, persist_result=False)
def draw_charts(options: Mapping[str, str]) -> None:
    """Draw the patterns and what the learner learned."""
    _perform("charts", (), options)


@task(name="report", cache_policy=NO_CACHE, persist_result=False)
def write_report(options: Mapping[str, str]) -> None:
    """Bind it all into one page."""
    _perform("report", (), options)


@flow(name="refresh", persist_result=False, log_prints=False, validate_parameters=False)
def refresh(archives: Sequence[str], options: Mapping[str, str]) -> None:
    """Go from archives to report; ``options`` are the command line's, ``out`` among them."""
    watcher = watching.get(None) or Watcher()
    token = watching.set(watcher)
    try:
        take_in(archives, options)
        find_patterns(options)
        train_models(options)
        draw_charts(options)
        write_report(options)
        _show(_settle(options, watcher), watcher)
    finally:
        watching.reset(token)
        _wait_for_records(len(watcher.done.keys() & READS.keys()) + (watcher.failure is not None))


def run_refresh(archives: Sequence[str], options: Mapping[str, str]) -> None:
    """Run the flow without the heartbeat, for whose thread a run waits up to a second at its end (3.8.8)."""
    with temporary_settings({PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
        refresh(archives, options)


def _show(settings: Settings, watcher: Watcher) -> None:
    """Show what the run did; the run is done, whatever becomes of that."""
    watcher.begin("show")
    begun = time.perf_counter()
    try:
        show(settings.out, watcher)
    except Exception as error:  # its words may be anyone's
        get_run_logger().warning("What this run did could not be shown: %s", type(error).__name__)
    watcher.end("show", None, time.perf_counter() - begun)


def _wait_for_records(n_tasks: int) -> None:
    """Wait until Prefect has written down how each task ended.

    It does so a while after it has answered (3.8.8): a server that ends sooner leaves them as running.
    """
    end = time.monotonic() + RECORDS_SECONDS
    with suppress(Exception), get_client(sync_client=True) as client:
        mine = FlowRunFilter(id=FlowRunFilterId(any_=[UUID(str(flow_run.id))]))
        while time.monotonic() < end:
            runs = client.read_task_runs(flow_run_filter=mine)
            if sum(run.state is not None and run.state.is_final() for run in runs) >= n_tasks:
                return
            time.sleep(0.05)
