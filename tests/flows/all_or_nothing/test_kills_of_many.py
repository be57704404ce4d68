"""Runs of several processes: one of them killed, or all left alone by the first."""

from __future__ import annotations

import signal
import time
from pathlib import Path
from typing import Any

import psutil
import pytest

pytestmark = pytest.mark.slow

LIMIT_SECONDS = 90
# Have the second process, which reads or draws, tell its number, and be killed after some tenths of a second.
WATCHED = """
import threading
import flows.painters, flows.steps.charts, pipeline.tables.workers
flows.steps.charts.WORTH_PICTURES = pipeline.tables.workers.WORTH_BYTES = 1
def watch(start):
    def started(*arguments):
        process = start(*arguments)
        with open({log!r}, "a") as log:
            log.write(f"{{process.pid}}\\n")
        if {seconds!r} is not None:
            threading.Timer({seconds!r}, process.kill).start()
        return process
    return started
{module}.{start} = watch({module}.{start})
"""
READER, PAINTER = ("pipeline.tables.workers", "start_worker"), ("flows.painters", "start_painter")


def wait_until_gone(pids: list[int]) -> None:
    """Wait until none of the processes is there any more, but as one that nobody has asked about."""
    end = time.monotonic() + LIMIT_SECONDS
    while left := [pid for pid in pids if is_alive(pid)]:
        assert time.monotonic() < end, f"left over: {left}"
        time.sleep(0.1)


def is_alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def list_servers(out: Path) -> list[int]:
    """List the Prefect servers whose home is in ``out``."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get("PREFECT_HOME") == str(out / "prefect"):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


@pytest.mark.parametrize("second", [READER, PAINTER])
@pytest.mark.parametrize("seconds", [0.0, 0.3])
def test_a_second_process_that_is_killed_costs_nothing_but_time(
    second: tuple[str, str], seconds: float, mortal: Any, states: Any, checks: Any, tmp_path: Path
) -> None:
    log = tmp_path / "pids"
    out = states.copy_before("new", tmp_path / "out")
    watched = WATCHED.format(log=str(log), seconds=seconds, module=second[0], start=second[1])
    ended = mortal.run(out, states.word("new"), cores=True, prepare=watched)
    assert ended.status == 0, ended.said
    checks.mended(out, states.find("new")[0])
    wait_until_gone([int(pid) for pid in log.read_text().split()])


@pytest.mark.parametrize(("second", "place"), [(READER, "tables/.almanac-"), (PAINTER, "charts/")])
def test_no_second_process_outlives_a_run_that_was_killed(
    second: tuple[str, str], place: str, mortal: Any, states: Any, checks: Any, tmp_path: Path
) -> None:
    log = tmp_path / "pids"
    out = states.copy_before("new", tmp_path / "out")
    watched = WATCHED.format(log=str(log), seconds=None, module=second[0], start=second[1])
    killed = mortal.run(out, states.word("new"), cores=True, prepare=watched, place=place)
    assert killed.status == -signal.SIGKILL, killed.said
    pids = [int(pid) for pid in log.read_text().split()]
    assert len(pids) == 1
    wait_until_gone(pids)
    checks.old_or_new(out, [states.before("new"), states.find("new")[0]])
    assert mortal.run(out, states.word("new")).status == 0
    checks.mended(out, states.find("new")[0])


@pytest.mark.parametrize(
    ("place", "plain"), [("tables/activity-", True), ("models/", False), ("report/", True)]
)
def test_killed_with_prefect_at_work(
    place: str, plain: bool, mortal: Any, states: Any, checks: Any, tmp_path: Path
) -> None:
    out = states.copy_before("new", tmp_path / "out")
    killed = mortal.run(out, states.word("new"), plain=False, place=place)
    assert killed.status == -signal.SIGKILL, killed.said
    assert (out / "prefect" / "server.log").exists()
    checks.old_or_new(out, [states.before("new"), states.find("new")[0]])
    wait_until_gone(list_servers(out))
    ended = mortal.run(out, states.word("new"), plain=plain)
    assert ended.status == 0 and "Prefect could not be used" not in ended.said, ended.said
    checks.mended(out, states.find("new")[0])
    wait_until_gone(list_servers(out))
