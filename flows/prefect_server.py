"""Starting and ending the temporary Prefect server of one run.

Prefect would start one itself, but only when the first flow asks for it, and a killed run leaves that one
alive (3.8.8). This one comes up while other things are done, says plainly whether it is there, and ends
with the run: its standard input is a pipe that closes when the run does, however the run ends.
"""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import threading
from pathlib import Path
from queue import Empty, Queue

from flows.prefect_home import LOOPBACK, STARTUP_SECONDS, find_prefect_home

PORT_SECONDS = 30
END_SECONDS = 8


class ServerDidNotStartError(Exception):
    """Prefect's server ended, or did not answer in its time; its words are in ``prefect/server.log``."""


class PrefectServer:
    """A server process on the loopback, from ``start`` to ``stop``."""

    def __init__(self, out: Path) -> None:
        self.home = find_prefect_home(out)
        self.process: subprocess.Popen[str] | None = None
        self.lines: Queue[str] = Queue()

    def start(self) -> None:
        """Start the process and set ``PREFECT_API_URL``; it does not answer yet."""
        # Nobody else on this machine may ask it: both sides share a word made for this run.
        word = f"almanac:{secrets.token_hex(16)}"
        os.environ.update(PREFECT_SERVER_API_AUTH_STRING=word, PREFECT_API_AUTH_STRING=word)
        # What Prefect sets for its own temporary server (3.8.8): no page, only the services it needs.
        environment = {**os.environ, "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"}
        with (self.home / "server.log").open("w", encoding="utf-8") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-P", str(Path(__file__).with_name("prefect_child.py"))],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                cwd=self.home,
                env=environment,
                # Ctrl-C is for the run, which then ends the server.
                start_new_session=sys.platform != "win32",
                creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
            )
        threading.Thread(target=self._pass_lines, args=(self.process,), daemon=True).start()
        port = self._read_line(PORT_SECONDS).removeprefix("port ")
        os.environ["PREFECT_API_URL"] = f"http://{LOOPBACK}:{port}/api"

    def wait_until_ready(self) -> None:
        """Return when the server answers; raise ``ServerDidNotStartError`` when it will not."""
        self._read_line(STARTUP_SECONDS)

    def stop(self) -> None:
        """End the process, gently if it listens; call it as often as you like."""
        process, self.process = self.process, None
        if process is None:
            return
        assert process.stdin is not None and process.stdout is not None
        process.stdin.close()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        process.stdout.close()

    def _pass_lines(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None
        for line in process.stdout:
            if line.startswith(("port ", "ready")):
                self.lines.put(line.strip())
        self.lines.put("")

    def _read_line(self, seconds: float) -> str:
        try:
            line = self.lines.get(timeout=seconds)
        except Empty:
            line = ""
        if not line:
            self.stop()
            raise ServerDidNotStartError
        return line
