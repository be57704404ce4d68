"""A schedule as its owner has it: restarted, killed, given copies and unfinished files, right to the row."""

from __future__ import annotations

import base64
import http.client
import json
import os
import queue
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

import psutil
import pyarrow.parquet as pq
import pytest

from flows.freshness import list_states
from flows.prefect_home import prepare_environment
from flows.prefect_record import find_server, read_record, read_word
from flows.steps.ingest import ingest
from pipeline.sample import write_sample
from pipeline.settings import load_settings
from pipeline.tables.files import sha256_of
from pipeline.tables.journal import read_journal
from pipeline.tables.views import find_merged

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL and no SIGTERM"),
]
ROOT = Path(__file__).parents[2]
LIMIT = 300
SELDOM = 86_400.0  # seconds between slots: none comes during a test
DRIVER = """
import os, sys
from pathlib import Path
from flows.schedule_keeper import keep_schedule, stopping_at_signals
from pipeline.tables.journal import prepare_out
if __name__ == "__main__":
    out, watch, seconds = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    os.umask(0o077)
    prepare_out(out)
    options = {"out": str(out), "home_zone": "Europe/Paris"}
    plan = {"watch": watch, "out": str(out), "cron": "", "zone": "UTC", "name": "watch", "seconds": seconds}
    server = sys.argv[4] or None
    with stopping_at_signals() as stop:
        say = lambda words: print(words, flush=True)
        keep_schedule(out, plan, options=options, server=server, stop=stop, say=say)
"""


class Schedule:
    """A schedule in a process of its own, with what it said."""

    def __init__(self, out: Path, watch: Path, *, seconds: float, server: str = "") -> None:
        driver = out.parent / "driver.py"
        driver.write_text(DRIVER, "utf-8")
        self.lines: queue.Queue[str] = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, str(driver), str(out), str(watch), str(seconds), server],
            env={**os.environ, "PYTHONPATH": str(ROOT)},
            cwd=out.parent,
            stdout=subprocess.PIPE,
            text=True,
        )
        self.thread = threading.Thread(target=self.listen)
        self.thread.start()

    def listen(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout:
            for line in self.process.stdout:
                self.lines.put(line.strip())

    def hear(self, wanted: str) -> list[str]:
        """Wait until a line begins with ``wanted``; return all lines up to it."""
        heard: list[str] = []
        end = time.monotonic() + LIMIT
        while not (heard and heard[-1].startswith(wanted)):
            assert time.monotonic() < end and (self.process.poll() is None or not self.lines.empty()), heard
            try:
                heard.append(self.lines.get(timeout=0.2))
            except queue.Empty:
                continue
        return heard

    def end(self, sign: int) -> int:
        self.process.send_signal(sign)
        status = self.process.wait(LIMIT)
        self.thread.join()
        return status


def list_processes(out: Path) -> list[psutil.Process]:
    """Return every process that works in or for ``out``."""
    found = []
    for process in psutil.process_iter():
        try:
            inside = Path(process.cwd()).is_relative_to(out) or str(out) in " ".join(process.cmdline())
            if inside and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


def until(condition: Callable[[], Any]) -> Any:
    """Poll until ``condition`` gives something, and return that."""
    end = time.monotonic() + LIMIT
    while not (found := condition()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found


def find_flow_run(out: Path) -> psutil.Process | None:
    """Return the process of a flow run: a child of the one that serves the flow."""
    for process in list_processes(out):
        with suppress(psutil.Error):  # it has just ended
            words = " ".join(process.cmdline())
            if "spawn_main" in words or "--multiprocessing-fork" in words:
                return process
    return None


def find_servers(out: Path) -> Iterator[int]:
    """Yield the pid of each Prefect server of ours for ``out``."""
    for process in list_processes(out):
        with suppress(psutil.Error):
            if any(word.endswith("prefect_child.py") for word in process.cmdline()):
                yield process.pid


def ask(out: Path, question: str) -> list[tuple[Any, ...]]:
    database = sqlite3.connect(f"file:{out / 'prefect' / 'prefect.db'}?mode=ro", uri=True, timeout=30)
    try:
        return list(database.execute(question))
    finally:
        database.close()


def list_ends(out: Path) -> list[tuple[str, str]]:
    """Return kind and message of each look that did something, or failed, in their order."""
    what = "SELECT f.state_type, coalesce(s.message, '') FROM flow_run f"
    which = "JOIN flow_run_state s ON s.id = f.state_id WHERE f.start_time IS NOT NULL ORDER BY f.start_time"
    rows = ask(out, f"{what} {which}")
    quiet = ("nothing new", "another refresh is running", "the schedule was away")
    return [(kind, message) for kind, message in rows if not message.startswith(quiet)]


def fire(out: Path, port: int | None = None) -> None:
    """Have the deployment look now, as at a slot: one every few seconds would only wait for each other.

    ``port``: where a server is that wants no word, with its database in ``out``; else it is ours.
    """
    [(deployment,)] = ask(out, "SELECT id FROM deployment")
    headers = {"Content-Type": "application/json"}
    if port is None:
        record = read_record(out)
        assert record is not None
        port = record.port
        headers["Authorization"] = f"Basic {base64.b64encode(read_word(out).encode()).decode()}"

    def ask_for_one() -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        connection.request("POST", f"/api/deployments/{deployment}/create_flow_run", "{}", headers)
        status = connection.getresponse().status
        connection.close()
        assert status in (201, 503)  # its database is busy, now and then
        return status == 201

    until(ask_for_one)


def set_age(path: Path, seconds: float = 3600) -> None:
    then = time.time() - seconds
    os.utime(path, (then, then))


@pytest.fixture
def out(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path / "out"
    for process in list_processes(tmp_path / "out"):
        process.kill()


@pytest.fixture
def exports(tmp_path: Path) -> tuple[Path, Path]:
    """Two exports of one owner, two weeks apart."""
    first, second = (
        write_sample(tmp_path / name, years=0, since=date(2025, 10, 25), until=until_, seed=2).path
        for name, until_ in (("first", date(2025, 11, 5)), ("second", date(2025, 11, 19)))
    )
    return first, second


def test_it_runs_on_schedule_through_restarts_kills_and_copies_and_is_right_to_the_row(
    tmp_path: Path, out: Path, exports: tuple[Path, Path]
) -> None:
    first, second = exports
    watch = tmp_path / "downloads"
    watch.mkdir()

    # It starts on an empty folder; an export appears, and grows.
    schedule = Schedule(out, watch, seconds=SELDOM)
    schedule.hear("The page: http://127.0.0.1:")
    content = first.read_bytes()
    (watch / first.name).write_bytes(content[: len(content) // 2])
    fire(out)
    schedule.hear("nothing new; 1 still growing")
    assert read_journal(out).inputs == ()
    (watch / first.name).write_bytes(content)
    set_age(watch / first.name)
    fire(out)
    schedule.hear("1 archive taken in, ")
    until(lambda: find_flow_run(out) is None)  # one that still ends would be shown as cancelled
    record = read_record(out)

    # The machine is restarted.
    assert schedule.end(signal.SIGTERM) == 0
    assert (until(lambda: not list_processes(out)), read_record(out)) == (True, None)
    shutil.copy(second, watch)
    set_age(watch / second.name)
    schedule = Schedule(out, watch, seconds=SELDOM)
    schedule.hear("The page: ")
    again = read_record(out)
    assert record is not None and again is not None and again.address == record.address
    until(lambda: ask(out, "SELECT paused FROM deployment") == [(0,)])

    # The flow run's process is killed midway; a later slot does what is left.
    until(lambda: len(read_journal(out).inputs) == 2)
    flow_run = until(lambda: find_flow_run(out))
    flow_run.kill()
    shutil.copy(first, watch / "takeout-copy (1).zip")
    set_age(watch / "takeout-copy (1).zip")
    until(lambda: "CRASHED" in [kind for kind, _ in list_ends(out)])
    fire(out)
    schedule.hear("brought up to date")
    until(lambda: find_flow_run(out) is None)

    # The schedule itself is killed, and started again: nothing is left to do, and it does nothing.
    assert schedule.end(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: not list_processes(out))
    schedule = Schedule(out, watch, seconds=SELDOM)
    schedule.hear("The page: ")
    fire(out)
    assert schedule.hear("nothing new")[-1] == "nothing new"
    until(lambda: find_flow_run(out) is None)
    assert schedule.end(signal.SIGINT) == 0
    until(lambda: not list_processes(out))

    # In Prefect: one deployment with one schedule, two refreshes and the rest of the one that was killed.
    assert ask(out, "SELECT name FROM deployment") == [("watch",)]
    assert len(ask(out, "SELECT id FROM deployment_schedule")) == 1
    kinds = [kind for kind, _ in list_ends(out)]
    assert [kind for kind in kinds if kind != "CRASHED"] == ["COMPLETED", "COMPLETED"]
    assert "CRASHED" in kinds
    assert ask(out, "SELECT name FROM flow_run WHERE state_type IN ('RUNNING', 'PENDING')") == []

    # The tables are those of one plain run.
    settings = load_settings({"out": out, "home_zone": "Europe/Paris"}, environment={})
    assert set(list_states(settings).values()) == {"fresh"}
    plain = load_settings({"out": tmp_path / "plain", "home_zone": "Europe/Paris"}, environment={})
    ingest([str(first), str(second)], plain)
    ours, theirs = (
        where / find_merged(read_journal(where).steps["ingest"].files) for where in (out, plain.out)
    )
    assert pq.read_table(ours).equals(pq.read_table(theirs))
    assert sha256_of(ours) == sha256_of(theirs)


def test_a_server_that_is_killed_comes_again_at_its_address_for_later_slots_and_for_the_owners_own_run(
    tmp_path: Path, out: Path, exports: tuple[Path, Path]
) -> None:
    (tmp_path / "downloads").mkdir()
    schedule = Schedule(out, tmp_path / "downloads", seconds=SELDOM)
    schedule.hear("The page: ")
    record = read_record(out)
    assert record is not None
    psutil.Process(record.server.pid).kill()
    schedule.hear("Prefect's server ended; it is started again.")
    until(lambda: (now := find_server(out)) is not None and now.server != record.server)
    again = read_record(out)
    assert again is not None and again.address == record.address
    fire(out)
    schedule.hear("nothing new")
    servers = set[int]()
    words = ["run", str(exports[0]), "--out", str(out), "--home-zone", "Europe/Paris"]
    with subprocess.Popen(
        [sys.executable, "-m", "flows", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
    ) as run:

        def has_ended() -> bool:
            servers.update(find_servers(out))
            return run.poll() is not None

        until(has_ended)
    assert (run.returncode, servers, read_record(out)) == (0, {again.server.pid}, again)
    ours = "SELECT f.state_type FROM flow_run f JOIN flow w ON w.id = f.flow_id WHERE w.name = 'refresh'"
    assert ask(out, ours) == [("COMPLETED",)]
    # A system that tells all processes at once to end, and not the command alone.
    for process in list_processes(out):
        with suppress(psutil.Error):
            process.terminate()
    assert schedule.end(signal.SIGTERM) == 0
    until(lambda: not list_processes(out))


def test_slots_that_were_missed_end_as_skipped_and_the_parameters_are_two_folders(
    tmp_path: Path, out: Path
) -> None:
    (tmp_path / "downloads").mkdir()
    schedule = Schedule(out, tmp_path / "downloads", seconds=6)
    schedule.hear("nothing new")
    assert schedule.end(signal.SIGKILL) == -signal.SIGKILL
    until(lambda: not list_processes(out))
    passed = "expected_start_time < datetime('now')"
    late = f"SELECT count(*) FROM flow_run WHERE state_type = 'SCHEDULED' AND {passed}"
    [(n_late,)] = until(lambda: found if (found := ask(out, late)) > [(1,)] else None)
    schedule = Schedule(out, tmp_path / "downloads", seconds=3600)
    schedule.hear("nothing new")
    skipped = "SELECT count(*) FROM flow_run WHERE state_name = 'Skipped'"
    assert ask(out, skipped) >= [(n_late - 1,)]
    assert ask(out, late) == [(0,)]
    parameters = {json.dumps(json.loads(row[0])) for row in ask(out, "SELECT parameters FROM flow_run")}
    assert parameters == {json.dumps({"watch": str(tmp_path / "downloads"), "options": {"out": str(out)}})}
    assert schedule.end(signal.SIGTERM) == 0
    until(lambda: not list_processes(out))


def test_a_server_of_ones_own_fires_the_slots_and_is_left_as_it_is(tmp_path: Path, out: Path) -> None:
    own = tmp_path / "own"
    (own / "prefect").mkdir(parents=True)
    (tmp_path / "downloads").mkdir()
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_AUTH_STRING"}
    prepare_environment(own, environment=environment)
    with subprocess.Popen(
        [sys.executable, "-P", str(ROOT / "flows" / "prefect_child.py"), "--standing"],
        cwd=own / "prefect",
        env=environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdin is not None and server.stdout is not None
        port = int(server.stdout.readline().removeprefix("port "))
        assert server.stdout.readline() == "ready\n"
        address = f"http://127.0.0.1:{port}/api"
        schedule = Schedule(out, tmp_path / "downloads", seconds=SELDOM, server=address)
        until(lambda: (own / "prefect" / "prefect.db").exists() and ask(own, "SELECT id FROM deployment"))
        fire(own, port)
        assert schedule.hear("nothing new") == ["nothing new"]
        assert not (out / "server.json").exists()
        assert not (out / "prefect" / "word").exists()
        assert schedule.end(signal.SIGTERM) == 0
        until(lambda: not list_processes(out))
        assert ask(own, "SELECT paused FROM deployment") == [(1,)]
        assert server.poll() is None
        server.stdin.close()
