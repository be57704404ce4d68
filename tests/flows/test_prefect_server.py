"""One server at a time: it is found and used while it runs, starts no second one, and ends with its owner."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows import prefect_server
from flows.prefect_record import answers, keep_word, read_record, read_word
from flows.prefect_server import PrefectServer, ServerDidNotStartError, open_prefect

# A server that comes up at once and says what it was called with; no Prefect.
QUICK = """
import sys
print("port 4217", flush=True)
print(*sys.argv[1:], file=sys.stderr, flush=True)
{then}
sys.stdin.read()
"""


@pytest.fixture
def out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    before = dict(os.environ)
    (tmp_path / "out" / "prefect").mkdir(parents=True)
    yield tmp_path / "out"
    os.environ.clear()
    os.environ.update(before)


def put_quick(
    monkeypatch: pytest.MonkeyPatch, folder: Path, then: str = "print('ready', flush=True)"
) -> None:
    (folder / "prefect_child.py").write_text(QUICK.format(then=then))
    monkeypatch.setattr(prefect_server, "__file__", str(folder / "prefect_server.py"))


def test_a_server_is_written_down_while_it_runs_and_gone_afterwards(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_quick(monkeypatch, tmp_path)
    with open_prefect(out) as address:
        record = read_record(out)
        assert record is not None
        assert (address, record.port, record.standing) == ("http://127.0.0.1:4217/api", 4217, False)
        assert (os.environ["PREFECT_API_URL"], Path.cwd()) == (address, out / "prefect")
        assert os.environ["PREFECT_API_AUTH_STRING"] == read_word(out) == keep_word(out)
        assert psutil.pid_exists(record.server.pid)
    assert read_record(out) is None
    assert not psutil.pid_exists(record.server.pid)
    assert Path.cwd() == tmp_path


def test_our_own_running_server_is_used_and_left_running(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_quick(monkeypatch, tmp_path)
    monkeypatch.setattr("flows.prefect_record.answers", lambda port, word: word == read_word(out))
    with open_prefect(out, standing=True) as address:
        record = read_record(out)
        with open_prefect(out) as again:
            assert again == address
        other = PrefectServer(out)
        other.start()
        other.wait_until_ready()
        assert other.process is None
        other.stop()
        assert read_record(out) == record
        assert record is not None and record.server.find() is not None


def test_a_standing_server_asks_for_the_port_that_it_had(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_quick(monkeypatch, tmp_path)
    for words in ("--standing\n", "--standing --port 4217\n"):
        with open_prefect(out, standing=True):
            pass
        assert (out / "prefect" / "server.log").read_text().splitlines(keepends=True)[-1] == words
    assert (out / "prefect" / "port").read_text() == "4217"


@pytest.mark.parametrize("damaged", [b"", b"\xff", b"x", b"0", b"-1", b"65536", b"1.5", b"9" * 5000])
def test_a_damaged_port_is_none_and_the_next_start_mends_it(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, damaged: bytes
) -> None:
    put_quick(monkeypatch, tmp_path)
    port = out / "prefect" / "port"
    port.write_bytes(damaged)
    with open_prefect(out, standing=True):
        pass
    assert (out / "prefect" / "server.log").read_text().splitlines()[-1] == "--standing"
    assert port.read_bytes() == b"4217"


def test_a_place_for_the_port_that_cannot_be_written_stops_nothing(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_quick(monkeypatch, tmp_path)
    (out / "prefect" / "port").mkdir()
    with open_prefect(out, standing=True) as address:
        assert address == "http://127.0.0.1:4217/api"


@pytest.mark.parametrize("then", ["sys.exit()", "sys.stdin.close(); sys.exit(1)"])
def test_a_server_that_ends_before_it_answers_is_said_to_have_done_so(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str
) -> None:
    put_quick(monkeypatch, tmp_path, then)
    with pytest.raises(ServerDidNotStartError), open_prefect(out):
        raise AssertionError
    assert read_record(out) is None


def test_a_server_of_another_is_given_no_word_of_ours_and_starts_nothing(
    out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: Any, **__: Any) -> None:
        raise AssertionError

    monkeypatch.setattr("subprocess.Popen", refuse)
    keep_word(out)
    with open_prefect(out, server="http://127.0.0.1:4200/api") as address:
        assert (os.environ["PREFECT_API_URL"], address) == (address, "http://127.0.0.1:4200/api")
        assert "PREFECT_API_AUTH_STRING" not in os.environ
    assert read_record(out) is None


@pytest.mark.slow
def test_a_real_standing_server_answers_to_its_word_alone_and_only_its_own_page_may_ask(out: Path) -> None:
    import http.client

    with open_prefect(out, standing=True):
        record = read_record(out)
        assert record is not None
        assert answers(record.port, read_word(out))
        assert not answers(record.port, "almanac:guessed")
        assert not answers(record.port, "")
        page = f"http://127.0.0.1:{record.port}"
        heard = {}
        for origin in (page, "http://evil.example", "http://127.0.0.1:1"):
            asked = http.client.HTTPConnection("127.0.0.1", record.port, timeout=30)
            asked.request("GET", "/api/health", headers={"Origin": origin})
            heard[origin] = asked.getresponse().getheader("access-control-allow-origin")
            asked.close()
        assert heard == {page: page, "http://evil.example": None, "http://127.0.0.1:1": None}
        asked = http.client.HTTPConnection("127.0.0.1", record.port, timeout=30)
        asked.request("GET", "/runs", headers={"Accept": "text/html"})
        assert asked.getresponse().status in (200, 307)  # the page, in the newer of its two forms
        asked.close()
        if sys.platform == "linux":
            inet = psutil.Process(record.server.pid).net_connections("inet")
            assert {c.laddr.ip for c in inet if c.status == psutil.CONN_LISTEN} == {"127.0.0.1"}
