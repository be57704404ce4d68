"""Who keeps the schedule starts again what ends, says what is wrong, and leaves nothing at work."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows import schedule_keeper
from flows.prefect_server import ServerDidNotStartError
from flows.schedule_keeper import ScheduleError, keep_schedule
from pipeline.errors import SettingsError

# In the place of the process that serves the flow; no Prefect.
SERVES = """
import json, os, sys
if sys.stdin.readline():
    print("serving", flush=True)
    subject, address = os.environ["ALMANAC_FILTER"], os.environ.get("PREFECT_API_URL")
    print("say hello", os.getpid(), subject, address, flush=True)
    print("noise", flush=True)
    sys.stdin.read()
"""
LIMIT = 30


class InventedServer:
    """A server that comes up at once, and dies when it is told to."""

    every: list[InventedServer] = []  # noqa: RUF012
    trouble = False
    n_failing = 0  # so many starts, after the first, do not come to an end
    port = 4217

    def __init__(self, out: Path, *, standing: bool) -> None:
        assert standing
        self.out, self.alive, self.n_starts, self.n_stops = out, False, 0, 0
        self.address = ""
        self.every.append(self)

    def start(self) -> None:
        self.alive, self.n_starts = True, self.n_starts + 1
        self.address = os.environ["PREFECT_API_URL"] = f"http://127.0.0.1:{self.port}/api"

    def wait_until_ready(self, stop: threading.Event) -> None:
        if self.trouble or 1 < self.n_starts <= 1 + self.n_failing:
            self.alive = False
            raise ServerDidNotStartError

    def is_at_work(self) -> bool:
        return self.alive

    def stop(self) -> None:
        self.alive, self.n_stops = False, self.n_stops + 1


class Kept:
    """A schedule that is kept in a thread."""

    def __init__(self, out: Path, server: str | None = None) -> None:
        self.said: list[str] = []
        self.stop = threading.Event()
        self.failure: list[BaseException] = []
        self.thread = threading.Thread(target=self.run, args=(out, server), daemon=True)
        self.thread.start()

    def run(self, out: Path, server: str | None) -> None:
        plan = {"watch": "/downloads", "out": str(out), "cron": "0 6 * * 1", "zone": "UTC", "name": "watch"}
        options = {"out": str(out), "filter": "product=maps"}
        try:
            keep_schedule(out, plan, options=options, server=server, stop=self.stop, say=self.said.append)
        except BaseException as error:
            self.failure.append(error)

    def end(self) -> None:
        self.stop.set()
        self.thread.join(LIMIT)
        assert not self.thread.is_alive()


def until(condition: Callable[[], Any]) -> Any:
    """Poll until ``condition`` gives something, and return that."""
    end = time.monotonic() + LIMIT
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def pids(kept: Kept) -> list[int]:
    return [int(line.split()[1]) for line in list(kept.said) if line.startswith("hello")]


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    before, here = dict(os.environ), Path.cwd()
    InventedServer.every.clear()
    monkeypatch.setattr(schedule_keeper, "PrefectServer", InventedServer)
    monkeypatch.setattr(schedule_keeper, "SERVE", SERVES)
    monkeypatch.setattr(schedule_keeper, "LOOK_SECONDS", 0.05)
    (tmp_path / "out").mkdir()
    yield tmp_path / "out"
    os.chdir(here)
    os.environ.clear()
    os.environ.update(before)


def test_it_says_where_the_page_and_its_word_are_and_ends_both_processes(out: Path) -> None:
    kept = Kept(out)
    [pid] = until(lambda: pids(kept))
    page = f"The page: http://127.0.0.1:4217 (its word lies in {out / 'prefect' / 'word'})"
    until(lambda: page in kept.said)
    assert f"hello {pid} product=maps http://127.0.0.1:4217/api" in kept.said
    kept.end()
    assert not psutil.pid_exists(pid)
    [server] = InventedServer.every
    assert (server.alive, kept.failure, len(kept.said)) == (False, [], 2)


def test_options_do_not_stand_where_others_see_the_processes(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(out)
    [pid] = until(lambda: pids(kept))
    assert "maps" not in " ".join(psutil.Process(pid).cmdline())
    kept.end()


def test_the_process_that_serves_is_started_again_after_a_kill(out: Path) -> None:
    kept = Kept(out)
    [pid] = until(lambda: pids(kept))
    psutil.Process(pid).kill()
    _, again = until(lambda: found if len(found := pids(kept)) == 2 else None)
    assert psutil.pid_exists(again)
    kept.end()
    assert not psutil.pid_exists(again)
    assert InventedServer.every[0].n_starts == 1


def test_a_server_that_was_killed_is_started_again_beside_the_process_that_serves(out: Path) -> None:
    kept = Kept(out)
    [pid] = until(lambda: pids(kept))
    [server] = InventedServer.every
    server.alive = False
    until(lambda: server.n_starts == 2)
    assert (until(lambda: "Prefect's server ended; it is started again." in kept.said), pids(kept)) == (
        True,
        [pid],
    )
    kept.end()


@pytest.mark.parametrize("n_failing", [0, 1])
def test_a_server_that_comes_again_elsewhere_says_its_page_again_and_is_served_there(
    out: Path, monkeypatch: pytest.MonkeyPatch, n_failing: int
) -> None:
    monkeypatch.setattr(schedule_keeper, "MOST_SECONDS", 0.05)
    kept = Kept(out)
    [pid] = until(lambda: pids(kept))
    [server] = InventedServer.every
    monkeypatch.setattr(InventedServer, "port", 4218)
    monkeypatch.setattr(InventedServer, "n_failing", n_failing)
    server.alive = False
    _, again = until(lambda: found if len(found := pids(kept)) == 2 else None)
    kept.end()
    assert f"hello {again} product=maps http://127.0.0.1:4218/api" in kept.said
    pages = [line.split()[2] for line in kept.said if line.startswith("The page: ")]
    assert pages == ["http://127.0.0.1:4217", "http://127.0.0.1:4218"]
    assert not psutil.pid_exists(pid)


def test_why_the_process_that_serves_ended_is_still_there_after_it_is_started_again(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log = out / "prefect" / "schedule.log"
    dies = """
import sys
from pathlib import Path
if sys.stdin.readline():
    print("serving", flush=True)
    if Path("died").exists():
        print("say again", flush=True)
        sys.stdin.read()
    Path("died").touch()
    sys.exit("no room in the engine")
"""
    monkeypatch.setattr(schedule_keeper, "SERVE", dies)
    kept = Kept(out)
    until(lambda: "again" in kept.said)
    kept.end()
    lines = [line for line in log.read_text("utf-8").splitlines() if not line.startswith("-- started at ")]
    assert lines[0] == "no room in the engine"


def test_with_a_server_of_ones_own_none_is_started(out: Path) -> None:
    kept = Kept(out, "http://127.0.0.1:4200/api")
    [pid] = until(lambda: pids(kept))
    kept.end()
    assert (InventedServer.every, kept.said) == (
        [],
        [f"hello {pid} product=maps http://127.0.0.1:4200/api"],
    )


def test_two_schedules_for_one_folder_are_one_too_many(out: Path) -> None:
    kept = Kept(out)
    until(lambda: pids(kept))
    second = Kept(out)
    second.end()
    [failure] = second.failure
    assert isinstance(failure, ScheduleError)
    assert str(failure) == (
        f"A schedule for these tables is at work already ({out}). End that one first, or use another --out."
    )
    kept.end()


def test_without_a_server_the_schedule_does_not_begin_and_nothing_is_left(
    out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(InventedServer, "trouble", True)
    kept = Kept(out)
    kept.thread.join(LIMIT)
    [failure] = kept.failure
    assert str(failure) == (
        f"Prefect could not be started ({out / 'prefect' / 'server.log'}). "
        "Run it again with -v to see more; almanac schedule --once needs no server."
    )
    assert not InventedServer.every[0].alive


@pytest.mark.parametrize(
    ("word", "kind", "words"),
    [
        ("refused", SettingsError, "This is no cron line (--cron). Write five fields, such as '0 6 * * 1'"),
        ("", ScheduleError, "Prefect's server did not take the schedule ("),
    ],
)
def test_what_the_process_that_serves_could_not_do_is_said(
    out: Path, monkeypatch: pytest.MonkeyPatch, word: str, kind: type[Exception], words: str
) -> None:
    monkeypatch.setattr(schedule_keeper, "SERVE", f"print({word!r})")
    kept = Kept(out)
    kept.thread.join(LIMIT)
    [failure] = kept.failure
    assert type(failure) is kind
    assert str(failure).startswith(words)
    assert not InventedServer.every[0].alive
