"""The Prefect flow ``cohort``: one thin task a person, on threads of this machine or on a Dask cluster.

What Prefect and Dask see is the path of a plan and a number for each person (``flows.cohort_plan``). Each
thread or worker only waits for a process of its own: the work is done there (``flows.person``).
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from prefect import flow, task
from prefect.cache_policies import NO_CACHE
from prefect.futures import PrefectFuture
from prefect.task_runners import ThreadPoolTaskRunner

from flows.person import PersonFailedError, run_person

POLL_SECONDS = 5.0


class TroubleError(Exception):
    """Prefect or Dask failed; ``kind`` is the exception's name, its words may hold more than a number."""

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class PeopleFailedError(Exception):
    """Some people's runs failed; what was wrong stands beside the plan."""


@task(name="person", task_run_name="person-{number}", cache_policy=NO_CACHE, persist_result=False)
def run_one(number: int, plan: str) -> None:
    """Run one person's archives to the report."""
    run_person(number, Path(plan))


@flow(name="cohort", persist_result=False, log_prints=False, validate_parameters=False)
def cohort(plan: str, numbers: Sequence[int]) -> None:
    """Run everybody whose number is given; one who fails stops nobody else."""
    n_failed, trouble = 0, ""
    try:
        futures = [run_one.submit(number, plan) for number in numbers]
        for future in futures:
            try:
                _wait_for(future, Path(plan))
            except PersonFailedError:
                n_failed += 1
            except Exception as error:
                trouble = trouble or type(error).__name__
    except BaseException:  # without a plan nobody goes on, and the runner's threads come to their end
        Path(plan).unlink(missing_ok=True)
        raise
    if trouble:
        raise TroubleError(trouble)
    if n_failed:
        raise PeopleFailedError(f"{n_failed} of {len(numbers)} failed")


def _wait_for(future: PrefectFuture[None], plan: Path) -> None:
    """Return when a person is done, or raise; ``TimeoutError`` where the plan is gone and nobody is at it."""
    while True:
        begun = time.monotonic()
        try:
            future.result(timeout=POLL_SECONDS)
            return
        except TimeoutError:
            if time.monotonic() - begun < POLL_SECONDS or not plan.exists():
                raise


def run_flow(plan: Path, numbers: Sequence[int], *, n_workers: int, dask: str | None) -> str | None:
    """Run the flow on ``n_workers`` threads, or on the cluster at ``dask``; return what was wrong with it."""
    runner: Any = ThreadPoolTaskRunner(max_workers=n_workers)
    if dask is not None:
        from prefect_dask.task_runners import DaskTaskRunner

        runner = DaskTaskRunner(address=dask)
    try:
        cohort.with_options(task_runner=runner)(str(plan), list(numbers))
    except TroubleError as error:
        return error.kind
    except PeopleFailedError:
        pass
    return None
