"""Which Prefect server of ours is at work for an output folder: ``server.json`` beside the lock, its word.

A pid alone may have gone to another program since: a record counts only where the process that has this pid
also started at this time. A server whose owner (the command that started it) is gone ends by itself; one
that has not is ended by the next run.
"""

from __future__ import annotations

import base64
import http.client
import json
import secrets
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

import psutil

from flows.prefect_home import LOOPBACK, find_prefect_home
from pipeline.tables.files import write_atomically

NAME = "server.json"
WORD = "word"  # below prefect/
MOST_PORT = 65_535
ANSWER_SECONDS = 5
END_SECONDS = 8
SLACK_SECONDS = 2.0  # a system that sets its clock moves the times at which processes started (Linux)


@dataclass(frozen=True, slots=True)
class Running:
    """One process: its pid, and when it started, in seconds since 1970."""

    pid: int
    started: float

    def find(self) -> psutil.Process | None:
        """Return the process, if it is still this one and at work."""
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) <= SLACK_SECONDS
            return process if same and process.status() != psutil.STATUS_ZOMBIE else None
        except psutil.Error:
            return None


@dataclass(frozen=True, slots=True)
class ServerRecord:
    """A server of ours: its process, the command that started it, its port; a standing one has schedules."""

    server: Running
    owner: Running
    port: int
    standing: bool

    @property
    def address(self) -> str:
        """The address of its API."""
        return f"http://{LOOPBACK}:{self.port}/api"


def identify(pid: int | None = None) -> Running:
    """Return what identifies a process (this one, without a pid) for as long as it lives."""
    process = psutil.Process(pid)
    return Running(process.pid, process.create_time())


def read_record(out: Path) -> ServerRecord | None:
    """Return what ``server.json`` says; ``None`` where there is none that can be read."""
    try:
        data = json.loads((out / NAME).read_bytes())
        record = ServerRecord(
            Running(int(data["server"]["pid"]), float(data["server"]["started"])),
            Running(int(data["owner"]["pid"]), float(data["owner"]["started"])),
            int(data["port"]),
            bool(data["standing"]),
        )
        possible = record.server.pid > 0 and record.owner.pid > 0 and 1 <= record.port <= MOST_PORT
        return record if possible else None
    except (OSError, ValueError, KeyError, TypeError, OverflowError):
        return None


def write_record(out: Path, record: ServerRecord) -> None:
    """Put ``record`` in place, unless a server of somebody who is still at work stands there."""
    former = read_record(out)
    if former is None or former.owner == record.owner or former.owner.find() is None:
        write_atomically(out / NAME, (json.dumps(asdict(record), indent=1) + "\n").encode())


def remove_record(out: Path, server: Running) -> None:
    """Remove ``server.json`` where it speaks of this server."""
    former = read_record(out)
    if former is not None and former.server == server:
        (out / NAME).unlink(missing_ok=True)


def find_server(out: Path, *, standing: bool = False) -> ServerRecord | None:
    """Return our server for this folder, if it and its owner are at work and it answers to the word.

    ``standing``: only one that fires schedules will do.
    """
    record = read_record(out)
    if record is None or (standing and not record.standing):
        return None
    if record.server.find() is None or record.owner.find() is None:
        return None
    return record if answers(record.port, read_word(out)) else None


def end_stale_server(out: Path) -> None:
    """End the server that a killed command left, if it is surely that one, and remove its record."""
    record = read_record(out)
    if record is None or record.owner.find() is not None:
        return
    process = record.server.find()
    if process is not None:
        with suppress(psutil.Error):
            process.terminate()
            try:
                process.wait(END_SECONDS)
            except psutil.TimeoutExpired:
                process.kill()
    remove_record(out, record.server)


def read_word(out: Path) -> str:
    """Return the word that our server for this folder wants to hear; '' where there is none that is whole."""
    try:
        word = (find_prefect_home(out) / WORD).read_text("utf-8").strip()
    except (OSError, ValueError):
        return ""
    return word if word.isascii() and word.isprintable() else ""


def keep_word(out: Path) -> str:
    """Return the word of this folder, made at the first call; only its owner can read the file (0600)."""
    if word := read_word(out):
        return word
    word = f"almanac:{secrets.token_hex(16)}"
    write_atomically(find_prefect_home(out) / WORD, f"{word}\n".encode())
    return word


def answers(port: int, word: str) -> bool:
    """Say whether a Prefect server on this port of the loopback answers to the word."""
    # http.client, since urllib would go by way of the owner's proxy.
    connection = http.client.HTTPConnection(LOOPBACK, port, timeout=ANSWER_SECONDS)
    try:
        credentials = base64.b64encode(word.encode()).decode()
        connection.request("GET", "/api/admin/version", headers={"Authorization": f"Basic {credentials}"})
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
