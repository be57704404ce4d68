"""The Prefect flow ``refresh``: five thin tasks over the steps. The only module that imports Prefect.

What Prefect sees it keeps in clear: paths, options and the names of steps, never a row or a query. Each
task is called directly, so that one which fails fails the flow.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from prefect import flow, task
from prefect.cache_policies import NO_CACHE

from flows.plan import perform
from flows.progress import Watcher, watching
from pipeline.settings import load_settings


def _perform(step: str, archives: Sequence[str], options: Mapping[str, str]) -> None:
    perform(step, archives, load_settings(options), watching.get(Watcher()))


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
    take_in(archives, options)
    find_patterns(options)
    train_models(options)
    draw_charts(options)
    write_report(options)
