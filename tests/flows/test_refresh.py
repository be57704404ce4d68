"""The flow under a real Prefect: it comes up among hostile settings, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
DRIVER = """
import sys, time
import flows.plan
def load_step(step):
    def function(*inputs, tell, **more):
        if step == FAILS: raise ValueError("cheap flights to mars")
        if step == SLEEPS: print("asleep", flush=True); time.sleep(600)
    return function
flows.plan.load_step = load_step
from pathlib import Path
from flows.job import open_job
from flows.progress import Watcher
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out
options = {"out": sys.argv[1], "home_zone": "Europe/Paris"}
settings = load_settings(options)
prepare_out(settings.out)
with open_job(settings, plain=False, verbose=True, say=print) as job:
    job(["a.zip"], options, Watcher())
print("done", Path.cwd())
"""
HOSTILE_URL = "http://127.0.0.1:9/api"


def start(
    folder: Path, out: Path, *, fails: str = "", sleeps: str = "", **variables: str
) -> subprocess.Popen[str]:
    script = folder.parent / "driver.py"
    script.write_text(f"FAILS, SLEEPS = {fails!r}, {sleeps!r}\n{DRIVER}", "utf-8")
    return subprocess.Popen(
        [sys.executable, str(script), str(out)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), **variables},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def find_servers(out: Path) -> list[int]:
    """Return the processes whose current folder is Prefect's home in ``out`` (Linux)."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").readlink() == out / "prefect":
                found.append(int(process.name))
        except OSError:
            continue
    return found


def list_states(out: Path) -> tuple[list[str], list[tuple[str, str]]]:
    """Return the states of the flow runs, and the tasks' names with theirs, from Prefect's database."""
    database = sqlite3.connect(f"file:{out / 'prefect' / 'prefect.db'}?mode=ro", uri=True)
    flows = [state for (state,) in database.execute("SELECT state_type FROM flow_run")]
    tasks = "SELECT substr(name, 1, instr(name, '-') - 1), state_type FROM task_run ORDER BY start_time"
    found = (flows, list(database.execute(tasks)))
    database.close()
    return found


@pytest.fixture
def hostile(tmp_path: Path) -> tuple[Path, dict[str, str]]:
    """A current folder, a home folder and variables that all point Prefect elsewhere."""
    folder, home = tmp_path / "downloads", tmp_path / "home"
    stolen = f"sqlite+aiosqlite:///{tmp_path / 'stolen.db'}"
    (home / ".prefect").mkdir(parents=True)
    folder.mkdir()
    (home / ".prefect" / "profiles.toml").write_text(
        f'active = "cloud"\n[profiles.cloud]\nPREFECT_API_URL = "{HOSTILE_URL}"\n'
        f'PREFECT_SERVER_DATABASE_CONNECTION_URL = "{stolen}"\n'
    )
    (folder / ".env").write_text(
        f"PREFECT_API_URL={HOSTILE_URL}\nPREFECT_SERVER_DATABASE_CONNECTION_URL={stolen}\n"
        f"PREFECT_PROFILES_PATH={home / '.prefect' / 'profiles.toml'}\n"
    )
    table = f'api.url = "{HOSTILE_URL}"\nserver.database.connection_url = "{stolen}"\n'
    (folder / "prefect.toml").write_text(table)
    (folder / "pyproject.toml").write_text(f"[tool.prefect]\n{table}")
    for name in ("uvicorn", "prefect"):
        (folder / f"{name}.py").write_text("raise SystemExit('a foreign module was imported')\n")
    return folder, {
        "HOME": str(home),
        "USERPROFILE": str(home),
        "PREFECT_API_URL": HOSTILE_URL,
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": stolen,
        "PREFECT_PROFILE": "cloud",
        "HTTP_PROXY": "http://127.0.0.1:9",
        "http_proxy": "http://127.0.0.1:9",
        "ALL_PROXY": "http://127.0.0.1:9",
    }


@pytest.mark.slow
def test_the_flow_completes_in_its_own_home_among_hostile_settings(
    tmp_path: Path, hostile: tuple[Path, dict[str, str]]
) -> None:
    folder, variables = hostile
    out = tmp_path / "out"
    driver = start(folder, out, **variables)
    words, log = driver.communicate(timeout=300)
    assert (words.split("\n"), driver.returncode) == ([f"done {folder}", ""], 0), log
    assert list_states(out) == (
        ["COMPLETED"],
        [(step, "COMPLETED") for step in ("ingest", "patterns", "learn", "charts", "report")],
    )
    # The steps are invented, so there is nothing to show: that does not fail the run.
    assert "What this run did could not be shown: StoreError" in log
    assert not (tmp_path / "stolen.db").exists()
    assert [path.name for path in (tmp_path / "home" / ".prefect").iterdir()] == ["profiles.toml"]
    assert find_servers(out) == []
    assert (out / "prefect").stat().st_mode & 0o077 == 0


@pytest.mark.slow
def test_a_failed_step_fails_the_task_and_the_flow_and_leaves_none_of_its_words(tmp_path: Path) -> None:
    out = tmp_path / "out"
    (tmp_path / "here").mkdir()
    driver = start(tmp_path / "here", out, fails="patterns")
    words, log = driver.communicate(timeout=300)
    assert (words, driver.returncode) == ("", 1)
    assert "StepFailedError: the step 'patterns' failed with ValueError" in log
    assert list_states(out) == (["FAILED"], [("ingest", "COMPLETED"), ("patterns", "FAILED")])
    kept = b"".join(path.read_bytes() for path in (out / "prefect").rglob("*") if path.is_file())
    assert b"patterns" in kept
    assert b"mars" not in kept + log.encode()
    assert find_servers(out) == []


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
@pytest.mark.parametrize("name", ["SIGKILL", "SIGTERM"])
def test_no_server_outlives_a_run_that_is_killed(tmp_path: Path, name: str) -> None:
    out = tmp_path / "out"
    (tmp_path / "here").mkdir()
    driver = start(tmp_path / "here", out, sleeps="ingest")
    assert driver.stdout is not None
    assert driver.stdout.readline() == "asleep\n"
    assert len(set(find_servers(out)) - {driver.pid}) == 1
    driver.send_signal(getattr(signal, name))
    driver.communicate(timeout=60)
    end = time.monotonic() + 60
    while servers := find_servers(out):
        assert time.monotonic() < end, servers
        time.sleep(0.1)
