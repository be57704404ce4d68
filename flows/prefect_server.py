"""Starting, finding and ending Prefect's server for an output folder: a temporary one, or a standing one.

Prefect would start a temporary one itself, but only when the first flow asks for it, and a killed run leaves
that one alive (3.8.8). Ours comes up while other things are done, says plainly whether it is there, and ends
with the command that started it: its standard input is a pipe that closes when that command ends, however.
Only a standing server fires schedules and has a page.
"""

from __future__ import annotations

import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue

from flows.prefect_home import LOOPBACK, STARTUP_SECONDS, enter_prefect_home, find_prefect_home, open_log
from flows.prefect_home import prepare_environment as prepare
from flows.prefect_record import (
    MOST_PORT,
    Running,
    ServerRecord,
    end_stale_server,
    find_server,
    identify,
    keep_word,
    remove_record,
    write_record,
)
from pipeline.tables.files import write_atomically

PORT_SECONDS = 30
END_SECONDS = 8
PORT = "port"  # below prefect/: where the page was last, so that a bookmark holds


class ServerDidNotStartError(Exception):
    """Prefect's server ended, or did not answer in its time; its words are in ``prefect/server.log``."""


class PrefectServer:
    """A server on the loopback, from ``start`` to ``stop``; one of ours that runs already is used instead."""

    def __init__(self, out: Path, *, standing: bool = False) -> None:
        self.out, self.home, self.standing = out, find_prefect_home(out), standing
        self.process: subprocess.Popen[str] | None = None
        self.server: Running | None = None
        self.address = ""  # of its API
        self.lines: Queue[str] = Queue()

    def start(self) -> None:
        """Find our server or start one, and set ``PREFECT_API_URL``; it may not answer yet."""
        # Nobody else on this machine may ask it: both sides share a word.
        word = keep_word(self.out)
        os.environ.update(PREFECT_SERVER_API_AUTH_STRING=word, PREFECT_API_AUTH_STRING=word)
        end_stale_server(self.out)
        found = find_server(self.out, standing=self.standing)
        if found is not None:
            self.address = found.address
            self.lines.put("ready")
        else:
            self._spawn()
        os.environ["PREFECT_API_URL"] = self.address

    def wait_until_ready(self, stop: threading.Event | None = None) -> None:
        """Return when the server answers; raise ``ServerDidNotStartError`` if it will not, or at ``stop``."""
        self._read_line(STARTUP_SECONDS, stop)
        if self.standing and self.process is not None:
            port = self.address.split(":")[-1].removesuffix("/api")
            with suppress(OSError):
                write_atomically(self.home / PORT, port.encode())

    def stop(self) -> None:
        """End the process, gently if it listens; call it as often as you like."""
        process, self.process = self.process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        with suppress(OSError):
            process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()
        if self.server is not None:
            remove_record(self.out, self.server)

    def _spawn(self) -> None:
        environment = {**os.environ, "PREFECT_API_URL": ""}
        words = ["--standing"] if self.standing else []
        if self.standing and (former := self._read_port()) is not None:
            words += ["--port", str(former)]
        with open_log(self.home / "server.log") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(Path(__file__).with_name("prefect_child.py")), *words],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self.home,
                env=environment,
                # Ctrl-C is for the command, which then ends the server.
                start_new_session=sys.platform != "win32",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        self.lines = Queue()
        threading.Thread(target=self._pass_lines, args=(self.process, self.lines), daemon=True).start()
        port = int(self._read_line(PORT_SECONDS).removeprefix("port "))
        self.address = f"http://{LOOPBACK}:{port}/api"
        self.server = identify(self.process.pid)
        write_record(self.out, ServerRecord(self.server, identify(), port, self.standing))

    def _read_port(self) -> int | None:
        with suppress(OSError, ValueError):  # a damaged file names no port, and the system chooses one
            port = int((self.home / PORT).read_text("utf-8"))
            return port if 1 <= port <= MOST_PORT else None
        return None

    @staticmethod
    def _pass_lines(process: subprocess.Popen[str], lines: Queue[str]) -> None:
        assert process.stdout is not None
        with suppress(ValueError):  # closed meanwhile
            for line in process.stdout:
                if line.startswith(("port ", "ready")):
                    lines.put(line.strip())
        lines.put("")

    def is_at_work(self) -> bool:
        """Say whether its process lives; of one that was found, whether it still stands in its record."""
        if self.process is not None:
            return self.process.poll() is None
        return find_server(self.out, standing=self.standing) is not None

    def _read_line(self, seconds: float, stop: threading.Event | None = None) -> str:
        line, end = None, time.monotonic() + seconds
        while line is None:
            with suppress(Empty):
                line = self.lines.get(timeout=0.2)
            if (stop is not None and stop.is_set()) or time.monotonic() > end:
                line = line or ""
        if not line:
            self.stop()
            raise ServerDidNotStartError
        return line


@contextmanager
def open_prefect(
    out: Path, *, verbose: bool = False, standing: bool = False, server: str | None = None
) -> Iterator[str]:
    """Give the address of a Prefect API that answers, with the current folder and environment for it.

    Our own server for ``out`` is used where it runs, else started, and then ended with the block. ``server``:
    another's API instead, kept as its owner has it. Raises ``ServerDidNotStartError``.
    """
    prepare(out, verbose=verbose)
    with enter_prefect_home(out):
        if server is not None:
            os.environ["PREFECT_API_URL"] = server
            yield server
            return
        ours = PrefectServer(out, standing=standing)
        try:
            ours.start()
            ours.wait_until_ready()
            yield ours.address
        finally:
            ours.stop()
