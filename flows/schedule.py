"""The flow ``refresh-waiting``, which takes in what waits in a folder, and how Prefect serves it on schedule.

Prefect's slots only say when to look; what is due is decided from ``run.json``, so that slots which were
missed, doubled or crossed each other change nothing. ``serve`` is a process of its own, kept by
``flows.schedule_keeper``: it ends when its standard input does, and the process of each flow run with it.
"""

from __future__ import annotations

import asyncio
import json
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import wait
from pathlib import Path
from typing import Any
from uuid import UUID

import psutil
from prefect import flow, runtime
from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import (
    DeploymentFilter,
    DeploymentFilterId,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, State, StateType
from prefect.client.schemas.sorting import FlowRunSort
from prefect.runner import Runner
from prefect.schedules import Cron, Interval
from prefect.states import Completed, Crashed, Scheduled
from prefect.types.entrypoint import EntrypointType

from flows.commands import BLAS_THREADS
from flows.commands.failing import describe_error
from flows.commands.options import settle
from flows.due import find_due, look
from flows.plan import StepFailedError
from flows.progress import Watcher
from flows.refresh import refresh, take_in

AGAIN_SECONDS = 600  # where something still grows, it is looked at again before the next slot
POLL_SECONDS = 3
GRACE_SECONDS = 12
UNFINISHED = (StateType.SCHEDULED, StateType.PENDING, StateType.RUNNING, StateType.CANCELLING)
AT_ONCE = 2  # a slot while a refresh is at work is there to say so


@dataclass(frozen=True, slots=True)
class Plan:
    """What is served: two folders, the slots (a cron line, or for tests seconds), its name in Prefect."""

    watch: str
    out: str
    cron: str
    zone: str
    name: str
    seconds: float | None = None


@flow(name="refresh-waiting", persist_result=False, log_prints=False, validate_parameters=False)
def refresh_waiting(watch: str, options: Mapping[str, str]) -> State[Any]:
    """Take in all that waits in ``watch`` by one refresh; ``options`` are the command line's, with ``out``.

    The state's message says by counts what was done; a failed step fails the flow.
    """
    # Prefect sends the flow to the process of its run with all names that it uses, some of which cannot be
    # sent (3.8.8): it uses none.
    from flows.schedule import look_for_prefect

    return look_for_prefect(watch, options)


def look_for_prefect(watch: str, options: Mapping[str, str]) -> State[Any]:
    """Look, and say what came of it to Prefect and to who keeps the schedule."""
    end_with_the_server_of_flows()
    for variable in BLAS_THREADS:  # a worker of the owner's own may not have set them
        os.environ[variable] = "1"
    failure = None
    try:
        message = look(
            watch, options, refresh=refresh.fn, ingest=take_in, watcher=Watcher(), look_again=_look_again
        )
    except StepFailedError as error:
        failure = error
    except Exception as error:  # its words may hold a file's name: Prefect hears of its kind alone
        failure = StepFailedError("schedule", error)
    if failure is not None:
        _tell("say", describe_error(failure.cause, failure.step))
        raise failure
    _tell("say", message)
    return Completed(message=message)


def _look_again() -> None:
    """Ask for one more look in some minutes: else what still grows would wait for the next slot."""
    deployment_id = runtime.deployment.id
    if deployment_id is None:
        return
    then = datetime.now(UTC) + timedelta(seconds=AGAIN_SECONDS)
    with get_client(sync_client=True) as client:
        client.create_flow_run_from_deployment(
            deployment_id,
            state=Scheduled(scheduled_time=then),
            # However many looks find something growing: one more for each span of this length.
            idempotency_key=f"again-{then.timestamp() // AGAIN_SECONDS:.0f}",
        )


def end_with_the_server_of_flows() -> None:
    """Have this process end when the one that serves the flow does, however that ends."""
    parent = multiprocessing.parent_process()
    if parent is None:  # a worker of the owner's own
        return

    def end() -> None:
        wait([parent.sentinel])
        os._exit(1)

    threading.Thread(target=end, daemon=True).start()


def serve() -> None:
    """Serve the flow until standard input ends; its first line says that Prefect's server answers.

    The first word of a printed line says what it is: ``say`` is for the owner, ``serving`` means that slots
    fire from now on, ``refused`` that the cron line cannot be read.
    """
    plan = Plan(**json.loads(sys.argv[1]))
    if not sys.stdin.buffer.readline():
        return
    try:
        schedule = Interval(plan.seconds) if plan.seconds else Cron(plan.cron, timezone=plan.zone)
    except ValueError:
        _tell("refused")
        return
    # Prefect's runner makes a folder for temporary files, and leaves it (3.8.8); there it would be anyone's.
    tempfile.tempdir = str(Path.cwd())
    asyncio.run(_serve(plan, schedule))


class FlowRunner(Runner):
    """Prefect's runner, which ends when it is told to and not at a SIGTERM."""

    def handle_sigterm(self, *_: Any, **__: Any) -> None:
        """Do nothing: who keeps the schedule has heard it too, and ends this process."""


async def _serve(plan: Plan, schedule: Any) -> None:
    runner = FlowRunner(name="almanac", query_seconds=POLL_SECONDS, limit=AT_ONCE)
    deployment = await runner.aadd_flow(
        refresh_waiting,
        name=plan.name,
        schedule=schedule,
        parameters={"watch": plan.watch, "options": {"out": plan.out}},
        paused=False,
        enforce_parameter_schema=False,
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    async with get_client() as client:
        if not await _clear(client, deployment) and _is_due(plan):
            await client.create_flow_run_from_deployment(deployment)
    loop = asyncio.get_running_loop()
    _start(lambda: _end_with_parent(runner, loop))
    _tell("serving")
    await runner.start()


async def _clear(client: PrefectClient, deployment: UUID) -> bool:
    """Settle what an earlier schedule left, and say whether a look is still to come of it."""
    mine = DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))
    open_ = FlowRunFilter(state=FlowRunFilterState(type=FlowRunFilterStateType(any_=list(UNFINISHED))))
    first = FlowRunSort.EXPECTED_START_TIME_ASC
    runs = await client.read_flow_runs(deployment_filter=mine, flow_run_filter=open_, sort=first)
    states, will_look = _settle(runs, datetime.now(UTC))
    for run, state in states.items():
        await client.set_flow_run_state(run, state, force=True)
    return will_look


def _settle(runs: Sequence[FlowRun], now: datetime) -> tuple[dict[UUID, State[Any]], bool]:
    """Return new states for unfinished runs, in the order of their slots, and whether one is left that looks.

    However many slots were missed, the last of them takes in all that waits.
    """
    missed = [
        run.id
        for run in runs
        if run.state_type == StateType.SCHEDULED
        and run.expected_start_time
        and run.expected_start_time <= now
    ]
    skipped: dict[UUID, State[Any]] = {
        run: Completed(name="Skipped", message="the schedule was away") for run in missed[:-1]
    }
    crashed: dict[UUID, State[Any]] = {
        run.id: Crashed(message="the schedule ended in the middle of it")
        for run in runs
        if run.state_type != StateType.SCHEDULED
    }
    return skipped | crashed, bool(missed)


def _is_due(plan: Plan) -> bool:
    try:
        due = find_due(plan.watch, settle({"out": plan.out}, [plan.watch])[0])
        return bool(due) or due.n_growing > 0  # the flow run will look again before the next slot
    except Exception:  # the flow run will say what it is
        return True


def _end_with_parent(runner: Runner, loop: asyncio.AbstractEventLoop) -> None:
    sys.stdin.buffer.read()
    with suppress(RuntimeError):
        asyncio.run_coroutine_threadsafe(runner.astop(), loop)
    time.sleep(GRACE_SECONDS)
    for child in psutil.Process().children(recursive=True):
        with suppress(psutil.Error):
            child.kill()
    os._exit(0)


def _start(function: Callable[[], None]) -> None:
    threading.Thread(target=function, daemon=True).start()


def _tell(kind: str, words: str = "") -> None:
    print(f"{kind} {words}".strip(), flush=True)
