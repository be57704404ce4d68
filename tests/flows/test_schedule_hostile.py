"""Whatever the owner's own Prefect is set to, neither a run nor a schedule asks it anything."""

from __future__ import annotations

import os
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

ROOT = Path(__file__).parents[2]
LIMIT = 300
RUN = """
import sys
import flows.plan
flows.plan.load_step = lambda step: lambda *inputs, tell, **more: None
from flows.job import open_job
from flows.progress import Watcher
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out
options = {"out": sys.argv[1], "home_zone": "Europe/Paris"}
settings = load_settings(options)
prepare_out(settings.out)
with open_job(settings, plain=False, verbose=True, say=print) as job:
    job(["a.zip"], options, Watcher())
print("done")
"""


@pytest.fixture
def listening() -> Iterator[socket.socket]:
    """The hostile address: somebody listens there, and would take every connection."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.setblocking(False)
        yield server


@pytest.fixture
def hostile(tmp_path: Path, listening: socket.socket) -> tuple[Path, dict[str, str]]:
    """A current folder, a home folder and variables that all point Prefect elsewhere."""
    folder, home = tmp_path / "here", tmp_path / "home"
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    stolen = f"sqlite+aiosqlite:///{tmp_path / 'stolen.db'}"
    (home / ".prefect").mkdir(parents=True)
    folder.mkdir()
    (home / ".prefect" / "profiles.toml").write_text(
        f'active = "cloud"\n[profiles.cloud]\nPREFECT_API_URL = "{address}/api"\nPREFECT_API_KEY = "key"\n'
        f'PREFECT_SERVER_DATABASE_CONNECTION_URL = "{stolen}"\n'
    )
    (folder / ".env").write_text(
        f"PREFECT_API_URL={address}/api\nPREFECT_SERVER_DATABASE_CONNECTION_URL={stolen}\n"
        f"PREFECT_PROFILES_PATH={home / '.prefect' / 'profiles.toml'}\n"
    )
    table = f'api.url = "{address}/api"\nserver.database.connection_url = "{stolen}"\n'
    (folder / "prefect.toml").write_text(table)
    (folder / "pyproject.toml").write_text(f"[tool.prefect]\n{table}")
    for name in ("uvicorn", "prefect", "psutil"):
        (folder / f"{name}.py").write_text("raise SystemExit('a foreign module was imported')\n")
    return folder, {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "PYTHONPATH": str(ROOT),
        "PREFECT_API_URL": f"{address}/api",
        "PREFECT_API_KEY": "key",
        "PREFECT_API_AUTH_STRING": "ann:word",
        "PREFECT_UI_API_URL": f"{address}/api",
        "PREFECT_CLOUD_API_URL": f"{address}/api",
        "PREFECT_EVENTS_WEBSOCKET_URL": address,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": stolen,
        "PREFECT_PROFILE": "cloud",
        **dict.fromkeys(("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"), address),
    }


def assert_untouched(tmp_path: Path, listening: socket.socket) -> None:
    with pytest.raises(BlockingIOError):
        listening.accept()
    assert not (tmp_path / "stolen.db").exists()
    assert [path.name for path in (tmp_path / "home" / ".prefect").iterdir()] == ["profiles.toml"]


def test_a_connection_to_the_hostile_address_would_be_seen(listening: socket.socket) -> None:
    with socket.create_connection(listening.getsockname()):
        listening.accept()[0].close()


@pytest.mark.slow
def test_a_run_asks_nothing_of_a_hostile_prefect(
    tmp_path: Path, hostile: tuple[Path, dict[str, str]], listening: socket.socket
) -> None:
    folder, variables = hostile
    done = subprocess.run(
        [sys.executable, "-P", "-c", RUN, str(tmp_path / "out")],
        cwd=folder,
        env={**os.environ, **variables},
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )
    assert (done.stdout, done.returncode) == ("done\n", 0), done.stderr
    assert_untouched(tmp_path, listening)


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGTERM")
def test_a_schedule_by_a_cron_line_looks_each_minute_and_asks_nothing_of_a_hostile_prefect(
    tmp_path: Path, hostile: tuple[Path, dict[str, str]], listening: socket.socket
) -> None:
    folder, variables = hostile
    out, watch = tmp_path / "out", tmp_path / "downloads"
    watch.mkdir()
    words = ["--watch", watch, "--out", out, "--cron", "* * * * *", "--home-zone", "Europe/Paris"]
    schedule = subprocess.Popen(
        [sys.executable, "-P", "-m", "flows", "schedule", *map(str, words)],
        cwd=folder,
        env={**os.environ, **variables},
        stderr=subprocess.PIPE,
        text=True,
    )
    lines: queue.Queue[str] = queue.Queue()

    def listen() -> None:
        assert schedule.stderr is not None
        with schedule.stderr:
            for line in schedule.stderr:
                lines.put(line.strip())

    thread = threading.Thread(target=listen)
    thread.start()
    try:
        page = lines.get(timeout=LIMIT)
        assert f"(its word lies in {out / 'prefect' / 'word'})" in page
        looked = lines.get(timeout=LIMIT)
        assert looked[16:] == "  nothing new"
    finally:
        schedule.send_signal(signal.SIGTERM)
        status = schedule.wait(LIMIT)
        thread.join()
    assert status == 0
    assert_untouched(tmp_path, listening)
    end = time.monotonic() + LIMIT
    while left := [
        p for p in psutil.process_iter(["cmdline"]) if str(out) in " ".join(p.info["cmdline"] or ())
    ]:
        assert time.monotonic() < end, left
        time.sleep(0.1)
    assert (out / "prefect").stat().st_mode & 0o077 == 0
    readable = [
        path for path in (out / "prefect").glob("*") if path.is_file() and path.stat().st_mode & 0o077
    ]
    assert readable == []
