"""Whose server it is, is never guessed: pid and start time must match, and it must answer to our word."""

from __future__ import annotations

import base64
import json
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from flows import prefect_record
from flows.prefect_record import (
    Running,
    ServerRecord,
    end_stale_server,
    find_server,
    identify,
    keep_word,
    read_record,
    read_word,
    remove_record,
    write_record,
)

GONE = Running(2**22 + 1, 1.0)  # above the largest pid of Linux
SLEEP = [sys.executable, "-c", "input()"]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "prefect").mkdir()
    return tmp_path


@pytest.fixture
def child() -> Iterator[Running]:
    """Another process at work, of ours."""
    with subprocess.Popen(SLEEP, stdin=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        yield identify(process.pid)
        process.kill()


@pytest.fixture
def port(out: Path) -> Iterator[int]:
    """A port on which something answers to the word of ``out``, and to no other."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            word = base64.b64encode(read_word(out).encode()).decode()
            self.send_response(200 if self.headers["Authorization"] == f"Basic {word}" else 401)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


def test_a_record_is_read_as_it_was_written_and_only_its_owner_can_read_it(out: Path) -> None:
    record = ServerRecord(identify(), identify(), 4200, True)
    write_record(out, record)
    assert read_record(out) == record
    assert record.address == "http://127.0.0.1:4200/api"
    assert (out / "server.json").stat().st_mode & 0o077 == 0


def compose(server: str = "1", port: str = "9") -> str:
    running = '{"pid": %s, "started": 1.0}'
    return f'{{"server": {running % server}, "owner": {running % "1"}, "port": {port}, "standing": true}}'


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "{}", '{"server": {"pid": "x"}}', "null", "\0\0", compose(server="-5"), compose(server="0"),
        compose(server="1e999"), compose(port="0"), compose(port="65536"),
    ],
)  # fmt: skip
def test_a_record_that_cannot_be_read_is_none(out: Path, text: str) -> None:
    (out / "server.json").write_text(text)
    assert read_record(out) is None
    assert find_server(out) is None
    end_stale_server(out)


def test_our_server_is_found_where_it_and_its_owner_are_at_work(out: Path, port: int) -> None:
    keep_word(out)
    record = ServerRecord(identify(), identify(), port, False)
    write_record(out, record)
    assert find_server(out) == record
    assert find_server(out, standing=True) is None


def test_a_process_that_got_the_same_pid_later_is_not_our_server(out: Path, port: int) -> None:
    keep_word(out)
    other = replace(identify(), started=identify().started - 60)
    for record in (
        ServerRecord(other, identify(), port, True),
        ServerRecord(identify(), other, port, True),
        ServerRecord(GONE, identify(), port, True),
    ):
        (out / "server.json").unlink(missing_ok=True)
        write_record(out, record)
        assert find_server(out) is None


def test_a_server_that_wants_another_word_is_not_ours(out: Path, port: int) -> None:
    keep_word(out)
    write_record(out, ServerRecord(identify(), identify(), port, False))
    assert prefect_record.answers(port, read_word(out))
    assert not prefect_record.answers(port, "almanac:guessed")
    with HTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as silent:
        closed = silent.server_port
    assert not prefect_record.answers(closed, read_word(out))


def test_a_server_whose_owner_is_at_work_stays_and_its_record_too(out: Path, child: Running) -> None:
    record = ServerRecord(child, identify(), 9, True)
    write_record(out, record)
    end_stale_server(out)
    # Another command's server is then not written down: it ends with its own owner all the same.
    write_record(out, ServerRecord(identify(), GONE, 10, False))
    assert (read_record(out), child.find() is None) == (record, False)


def test_a_server_whose_owner_is_gone_is_ended_and_forgotten(out: Path, child: Running) -> None:
    write_record(out, ServerRecord(child, GONE, 9, True))
    end_stale_server(out)
    assert child.find() is None
    assert read_record(out) is None


def test_a_stranger_with_the_pid_of_a_stale_server_is_left_alone(out: Path, child: Running) -> None:
    write_record(out, ServerRecord(replace(child, started=child.started - 60), GONE, 9, True))
    end_stale_server(out)
    assert child.find() is not None
    assert read_record(out) is None


def test_the_record_of_another_server_is_not_removed(out: Path) -> None:
    record = ServerRecord(identify(), identify(), 9, True)
    write_record(out, record)
    remove_record(out, GONE)
    assert read_record(out) == record
    remove_record(out, record.server)
    assert read_record(out) is None


def test_the_word_is_made_once_kept_and_read_by_its_owner_alone(out: Path) -> None:
    assert read_word(out) == ""
    word = keep_word(out)
    assert (keep_word(out), read_word(out)) == (word, word)
    assert (out / "prefect" / "word").stat().st_mode & 0o077 == 0
    assert len(word) == len("almanac:") + 32


@pytest.mark.parametrize(
    "damaged", [b"", b"\n", b"\xff\xfe", b"\0" * 41, b"almanac:1\n\n2", "mot à".encode()]
)
def test_a_damaged_word_is_made_anew(out: Path, damaged: bytes) -> None:
    (out / "prefect" / "word").write_bytes(damaged)
    assert read_word(out) == ""
    word = keep_word(out)
    assert (read_word(out), len(word)) == (word, len("almanac:") + 32)


def test_no_key_of_the_record_is_anything_but_numbers(out: Path) -> None:
    write_record(out, ServerRecord(Running(1, 2.0), Running(3, 4.0), 5, True))
    assert json.loads((out / "server.json").read_text("utf-8")) == {
        "server": {"pid": 1, "started": 2.0},
        "owner": {"pid": 3, "started": 4.0},
        "port": 5,
        "standing": True,
    }
