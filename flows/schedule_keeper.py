"""Keeping a schedule at work: Prefect's standing server, and the process that serves the flow beside it.

Whichever of the two ends is started again, the server at the address that it had. Both have a pipe from this
process as their standard input, and end when it closes: when this one stops, or is killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from flows.prefect_home import enter_prefect_home, find_prefect_home, open_log, prepare_environment
from flows.prefect_record import WORD
from flows.prefect_server import PrefectServer, ServerDidNotStartError
from pipeline.errors import AlmanacError, SettingsError
from pipeline.settings import PREFIX
from pipeline.tables.files import PRIVATE_FILE

ROOT = Path(__file__).parents[1]
SERVE = "import sys; sys.path.append(sys.argv.pop()); from flows.schedule import serve; serve()"
END_SECONDS = 20
LOOK_SECONDS = 0.5
MOST_SECONDS = 60  # between two attempts to start again what ended
LOCK, LOG = "schedule.lock", "schedule.log"  # below prefect/


class ScheduleError(AlmanacError):
    """Prefect could not be brought to serve the schedule."""


def keep_schedule(
    out: Path,
    plan: Mapping[str, Any],
    *,
    options: Mapping[str, str],
    server: str | None,
    stop: threading.Event,
    say: Callable[[str], None],
    verbose: bool = False,
) -> None:
    """Serve ``plan`` (the fields of ``flows.schedule.Plan``) until ``stop`` is set; leave nothing at work.

    ``options``: the command line's; they reach the refresh by the environment, so that Prefect, which keeps
    parameters, does not keep them. ``server``: the API of another's server, in place of ours. Raises
    ``ScheduleError`` where one is kept for ``out`` already, or if it cannot begin, ``SettingsError`` for a
    bad cron line.
    """
    os.environ.update({PREFIX + name.upper(): value for name, value in options.items()})
    prepare_environment(out, verbose=verbose)
    with enter_prefect_home(out) as home, _hold(home):
        ours = None if server else PrefectServer(out, standing=True)
        serving = Serving(home, plan, say=say, verbose=verbose)
        try:
            _begin(ours, serving, server, stop)
            if stop.is_set():
                return
            if ours is not None:
                say(_describe_page(ours))
            _keep(ours, serving, stop, say)
        finally:
            serving.stop()
            if ours is not None:
                ours.stop()


def _describe_page(ours: PrefectServer) -> str:
    page, word = ours.address.removesuffix("/api"), find_prefect_home(ours.out) / WORD
    return f"The page: {page} (its word lies in {word})"


def _begin(ours: PrefectServer | None, serving: Serving, server: str | None, stop: threading.Event) -> None:
    if server is not None:
        os.environ["PREFECT_API_URL"] = server
    try:
        if ours is not None:
            ours.start()
        serving.start()  # imports Prefect while the server comes up
        if ours is not None:
            ours.wait_until_ready(stop)
        serving.go()
        serving.wait_until_serving(stop)
    except (ServerDidNotStartError, OSError) as error:
        if not stop.is_set():
            log = find_prefect_home(ours.out) / "server.log" if ours is not None else serving.log
            raise ScheduleError(
                "Prefect could not be started",
                where=str(log),
                remedy="Run it again with -v to see more; almanac schedule --once needs no server.",
            ) from error


def _keep(
    ours: PrefectServer | None, serving: Serving, stop: threading.Event, say: Callable[[str], None]
) -> None:
    """Look after both until ``stop``; one that ends again and again is tried less and less often."""
    n_failures = 0
    said = ours.address if ours is not None else ""
    while not stop.wait(LOOK_SECONDS):
        if (ours is None or ours.is_at_work()) and serving.is_at_work():
            continue
        if n_failures and stop.wait(min(2**n_failures, MOST_SECONDS)):
            return
        try:
            if ours is not None and not ours.is_at_work():
                say("Prefect's server ended; it is started again.")
                ours.stop()
                ours.start()
                ours.wait_until_ready(stop)
                if ours.address != said:  # somebody else has its port meanwhile
                    serving.stop()
                    said = ours.address
                    say(_describe_page(ours))
            if not serving.is_at_work():
                serving.stop()
                serving.start()
                serving.go()
                serving.wait_until_serving(stop)
            n_failures = 0
        except (ServerDidNotStartError, ScheduleError, OSError):
            n_failures += 1


class Serving:
    """The process that serves the flow, from ``start`` to ``stop``."""

    def __init__(
        self, home: Path, plan: Mapping[str, Any], *, say: Callable[[str], None], verbose: bool
    ) -> None:
        self.plan, self.say, self.verbose = plan, say, verbose
        self.log = home / LOG
        self.process: subprocess.Popen[str] | None = None
        self.heard = threading.Event()  # the first word on how it goes, or that it ended
        self.word = ""

    def start(self) -> None:
        """Start the process; it waits for ``go``."""
        self.heard, self.word = threading.Event(), ""
        with open_log(self.log) as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", "-c", SERVE, json.dumps(dict(self.plan)), str(ROOT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=None if self.verbose else log,
                text=True,
                encoding="utf-8",
                env={**os.environ, "PYTHONIOENCODING": "utf-8"},
                # Ctrl-C is for the command, which then ends this one.
                start_new_session=sys.platform != "win32",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        threading.Thread(target=self._listen, args=(self.process, self.heard), daemon=True).start()

    def go(self) -> None:
        """Say that Prefect's server answers."""
        assert self.process is not None and self.process.stdin is not None
        with suppress(OSError):  # it has ended, which ``wait_until_serving`` says better
            self.process.stdin.write("go\n")
            self.process.stdin.flush()

    def wait_until_serving(self, stop: threading.Event) -> None:
        """Return when slots fire, or at ``stop``; raise ``SettingsError`` or ``ScheduleError``."""
        while not self.heard.wait(LOOK_SECONDS):
            if stop.is_set():
                return
        if self.word == "refused":
            raise SettingsError(
                "This is no cron line",
                where="--cron",
                remedy="Write five fields, such as '0 6 * * 1' for Mondays at six.",
            )
        if self.word != "serving" and not stop.is_set():
            raise ScheduleError(
                "Prefect's server did not take the schedule",
                where=str(self.log),
                remedy="See whether it is at work and wants no word; run it again with -v to see more.",
            )

    def is_at_work(self) -> bool:
        """Say whether the process lives."""
        return self.process is not None and self.process.poll() is None

    def stop(self) -> None:
        """End the process and those of its flow runs; call it as often as you like."""
        process, self.process = self.process, None
        if process is None:
            return
        assert process.stdin is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _listen(self, process: subprocess.Popen[str], heard: threading.Event) -> None:
        assert process.stdout is not None
        with process.stdout:
            for line in process.stdout:
                kind, _, words = line.strip().partition(" ")
                if kind == "say":
                    self.say(words)
                elif kind in ("serving", "refused"):
                    self.word = kind
                    heard.set()
        heard.set()


@contextmanager
def _hold(home: Path) -> Iterator[None]:
    """Hold what says that a schedule is kept here; the system frees it when the process ends."""
    from filelock import FileLock, Timeout

    lock = FileLock(home / LOCK, timeout=0, mode=PRIVATE_FILE)
    try:
        lock.acquire()
    except Timeout as error:
        raise ScheduleError(
            "A schedule for these tables is at work already",
            where=str(home.parent),
            remedy="End that one first, or use another --out.",
        ) from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def stopping_at_signals() -> Iterator[threading.Event]:
    """Give an event that SIGTERM and Ctrl-C set (on Windows, Ctrl-Break too), for the length of a block."""
    stop = threading.Event()
    names = [name for name in ("SIGTERM", "SIGINT", "SIGBREAK", "SIGHUP") if hasattr(signal, name)]
    former = {name: signal.signal(getattr(signal, name), lambda *_: stop.set()) for name in names}
    try:
        yield stop
    finally:
        for name, handler in former.items():
            signal.signal(getattr(signal, name), handler)
