"""A cohort on a Dask cluster: what it must be able to do, and that a killed worker changes no table."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from flows import dask_workers
from flows.commands import app
from flows.dask_workers import Quiet, exchange, look_around, open_cluster
from pipeline.errors import SettingsError
from pipeline.tables.journal import almanac_version, prepare_out, read_journal

ROOT = Path(__file__).parents[2]
CHILD = Path(__file__).with_name("tables_child.py")
QUERY = "cheap flights to mars"
PRELOAD = f"""
from pathlib import Path
import flows.person
flows.person.CHILD = Path({str(CHILD)!r})
"""
ADDRESS, WORKER = "tcp://127.0.0.1:1", "tcp://127.0.0.1:2"
ELSEWHERE = (
    "The Dask scheduler, or a worker of it, is not on this machine's loopback (--dask). Start both here with "
    "--host 127.0.0.1, where Prefect is too, and where nobody on the network can have them run anything; the "
    "address is then such as tcp://127.0.0.1:8786."
)


class InventedClient:
    """A client of a cluster that is as the test says; ``calls`` holds what was asked of it."""

    def __init__(
        self, workers: tuple[str, ...] = (WORKER,), answers: Any = None, address: str = ADDRESS
    ) -> None:
        self.workers, self.answers, self.address = workers, answers, address
        self.calls: list[str] = []

    def scheduler_info(self, n_workers: int) -> dict[str, Any]:
        assert n_workers == -1  # all of them: 5 is the default
        return {"address": self.address, "workers": dict.fromkeys(self.workers)}

    def run(self, function: Any, *words: Any) -> dict[str, Any]:
        self.calls.append("run")
        if isinstance(self.answers, Exception):
            raise self.answers
        return {worker: self.answers or function(*words) for worker in self.workers}

    def run_on_scheduler(self, function: Any, *words: Any) -> Any:
        if function is exchange:
            self.calls.append("exchange on the scheduler")
        if isinstance(self.answers, Exception):
            raise self.answers
        return self.answers or function(*words)

    def register_plugin(self, plugin: Any, name: str) -> None:
        self.calls.append(f"register {name}")

    def unregister_worker_plugin(self, name: str) -> None:
        self.calls.append(f"unregister {name}")

    def close(self) -> None:
        self.calls.append("close")


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """Somebody who listens where Prefect would."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{listening.getsockname()[1]}/api")
        yield listening


def open_invented(client: InventedClient, plan: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dask_workers, "_connect", lambda _: client)
    with open_cluster(ADDRESS, plan) as hand_out:
        hand_out()


def test_workers_get_the_environment_once_they_are_fit_and_lose_it_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: socket.socket
) -> None:
    plan = tmp_path / "plan.json"
    plan.touch()
    client, before = InventedClient(), dict(os.environ)
    open_invented(client, plan, monkeypatch)
    assert client.calls == [
        "run",
        "run",
        "exchange on the scheduler",
        "register almanac",
        "unregister almanac",
        "exchange on the scheduler",
        "close",
    ]
    assert dict(os.environ) == before


@pytest.mark.parametrize(
    ("client", "words"),
    [
        (
            InventedClient(workers=()),
            f"The Dask scheduler has no worker ({ADDRESS}). Start one: dask worker {ADDRESS} --nthreads 1.",
        ),
        (
            InventedClient(answers=ModuleNotFoundError("No module named 'flows'")),
            f"A Dask worker cannot run Almanac (ModuleNotFoundError) ({ADDRESS}). Start the workers from an "
            "environment that has takeout-almanac[dask], as this one.",
        ),
        (
            InventedClient(answers=("0.0.1", True)),
            f"A Dask worker has Almanac 0.0.1, and this is {almanac_version()} ({ADDRESS}). Install the same "
            "version for the workers.",
        ),
    ],
)
def test_a_cluster_that_cannot_run_it_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: InventedClient, words: str
) -> None:
    with pytest.raises(SettingsError) as caught:
        open_invented(client, tmp_path / "plan.json", monkeypatch)
    assert str(caught.value) == words
    assert "register almanac" not in client.calls and client.calls[-1] == "close"


def test_workers_without_the_same_disk_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plan = tmp_path / "cohort" / "x" / "plan.json"
    with pytest.raises(SettingsError) as caught:
        open_invented(InventedClient(), plan, monkeypatch)
    assert str(caught.value) == (
        f"A Dask worker does not see the output folder ({tmp_path / 'cohort'}). Archives and --out must lie "
        "at the same paths for the workers as here."
    )
    assert look_around(str(plan)) == (almanac_version(), False)


def test_workers_that_do_not_reach_prefect_are_refused_and_are_told_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, api: socket.socket
) -> None:
    plan = tmp_path / "plan.json"
    plan.touch()
    api.close()
    client = InventedClient()
    with pytest.raises(SettingsError) as caught:
        open_invented(client, plan, monkeypatch)
    assert str(caught.value) == (
        f"A Dask worker does not reach Prefect, which is on this machine's loopback ({ADDRESS}). Start the "
        "workers on this machine."
    )
    assert client.calls == ["run", "run", "close"]


def test_when_all_workers_are_gone_for_long_the_plan_is_taken_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_workers, "LOOK_SECONDS", 0.01)
    plan, client = tmp_path / "plan.json", InventedClient()
    plan.touch()
    monkeypatch.setattr(dask_workers, "_connect", lambda _: client)
    with open_cluster(ADDRESS, plan):
        time.sleep(0.05)
        assert plan.exists()
        client.workers = ()
        while plan.exists():
            time.sleep(0.01)


def test_without_dask_the_error_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dask_workers, "find_spec", lambda name: None)
    with pytest.raises(SettingsError) as caught, open_cluster(ADDRESS, tmp_path):
        pass
    assert str(caught.value) == (
        "Dask is not installed (--dask). Install it: pip install 'takeout-almanac[dask]'."
    )


@pytest.mark.parametrize(
    "address",
    [
        "tcp://192.168.1.5:8786", "tcp://cluster.example:8786", "192.168.1.5:8786", "tcp://0.0.0.0:8786",
        "tcp://127.0.0.1@evil.example:8786", "tcp://127.0.0.1:8786@evil.example:1", "tcp://127.0.0.1.evil:8786",
        "tcp://user:secret@127.0.0.1:8786", "tcp://127.0.0.1:8786/x", "tcp://127.0.0.1\\:8786", "tcp://:8786",
        "tcp://[fe80::1]:8786", "tcp://2130706433:8786", "no address", "", "127.0.0.1", "tcp://127.0.0.1:8786\n",
    ],
)  # fmt: skip
def test_a_scheduler_that_is_not_surely_here_is_refused_before_it_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    asked: list[str] = []
    monkeypatch.setattr(dask_workers, "_connect", asked.append)
    with pytest.raises(SettingsError) as caught, open_cluster(address, tmp_path):
        pass
    assert (str(caught.value), asked) == (ELSEWHERE, [])


@pytest.mark.parametrize(
    "client",
    [
        InventedClient(address="tcp://192.168.1.5:8786"),
        InventedClient(workers=(WORKER, "tcp://192.168.1.6:4000")),
        InventedClient(workers=(), address="tcp://192.168.1.5:8786"),
    ],
)
def test_a_cluster_that_others_can_reach_learns_no_path_and_no_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, client: InventedClient
) -> None:
    with pytest.raises(SettingsError) as caught:
        open_invented(client, tmp_path / "plan.json", monkeypatch)
    assert (str(caught.value), client.calls) == (ELSEWHERE, ["close"])


@pytest.mark.parametrize("address", [ADDRESS, "LOCALHOST:1", "tls://[::1]:1", "127.8.9.1:1"])
def test_a_scheduler_on_the_loopback_is_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    plan = tmp_path / "plan.json"
    plan.touch()
    client = InventedClient()
    monkeypatch.setattr(dask_workers, "_connect", lambda _: client)
    with open_cluster(address, plan):
        pass
    assert client.calls == ["run", "close"]


@pytest.mark.parametrize("address", [ADDRESS, "tcp://127.0.0.1:99999"])
def test_where_nobody_answers_the_error_says_what_an_address_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    monkeypatch.setattr(dask_workers, "ANSWER_SECONDS", 0.5)
    with pytest.raises(SettingsError) as caught, open_cluster(address, tmp_path):
        pass
    assert str(caught.value) == (
        f"No Dask scheduler answers ({address}). Give the address that dask scheduler prints, such as "
        "tcp://127.0.0.1:8786."
    )


def test_a_worker_keeps_only_our_prefect_variables_and_gets_its_own_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREFECT_PROFILE", "cloud")
    monkeypatch.setenv("PREFECT_API_URL", "https://cloud")
    monkeypatch.delenv("DO_NOT_TRACK", raising=False)
    plugin = Quiet({"PREFECT_API_URL": "http://127.0.0.1:9/api", "DO_NOT_TRACK": "1"})
    before = dict(os.environ)
    plugin.setup(None)
    ours = {name: value for name, value in os.environ.items() if name.startswith(("PREFECT_", "DO_NOT"))}
    assert ours == {"PREFECT_API_URL": "http://127.0.0.1:9/api", "DO_NOT_TRACK": "1"}
    plugin.teardown(None)
    assert dict(os.environ) == before


def test_a_cluster_beside_plain_or_workers_is_refused(tmp_path: Path) -> None:
    from typer.testing import CliRunner

    for words in (["--plain"], ["--workers", "2"]):
        result = CliRunner().invoke(app, ["cohort", str(tmp_path), "--dask", ADDRESS, *words])
        assert result.exit_code == 2
        assert result.stderr == (
            f"almanac cohort: --dask and {words[0]} were given (cohort). Give one of the two: a cluster has "
            "its own workers, and is reached through Prefect.\n"
        )


class Cluster:
    """A scheduler and two workers of one thread each, on the loopback alone."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        (folder / "preload.py").write_text(PRELOAD)
        self.processes: list[subprocess.Popen[bytes]] = []
        file = folder / "scheduler.json"
        self._start("scheduler", "--port", "0", "--no-jupyter", "--scheduler-file", str(file))
        self.address = json.loads(wait_for(file).read_text())["address"]
        for _ in range(2):
            self._start(
                "worker", self.address, "--nthreads", "1", "--no-nanny", "--local-directory", str(folder),
                "--preload", str(folder / "preload.py"),
            )  # fmt: skip

    def _start(self, what: str, *words: str) -> None:
        command = [sys.executable, "-m", f"distributed.cli.dask_{what}", *words, "--host", "127.0.0.1"]
        with (self.folder / f"{len(self.processes)}.log").open("wb") as log:
            process = subprocess.Popen(
                [*command, "--no-dashboard", "--dashboard-address", "127.0.0.1:0"],
                cwd=self.folder,
                env={
                    **os.environ,
                    "PYTHONPATH": str(ROOT),
                    "HOME": str(self.folder),
                    "PREFECT_API_URL": "http://127.0.0.1:9/api",
                    "PREFECT_PROFILE": "cloud",
                },
                stdout=log,
                stderr=log,
            )
        self.processes.append(process)

    def read_logs(self) -> str:
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))

    def stop(self) -> None:
        for process in reversed(self.processes):
            process.kill()
            process.wait()


def wait_for(path: Path, seconds: float = 600) -> Path:
    end = time.monotonic() + seconds
    while not path.exists() or not path.read_bytes():
        assert time.monotonic() < end, f"{path.name} never came"
        time.sleep(0.05)
    return path


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    made = Cluster(tmp_path / "dask")
    yield made
    made.stop()


def run_cohort(folder: Path, out: Path, *words: str) -> subprocess.Popen[str]:
    # The driver's own runs, those without Dask, take the same steps as the workers'.
    driver = f"{PRELOAD}\nfrom flows.commands import main\nmain()"
    return subprocess.Popen(
        [
            sys.executable,
            "-c",
            driver,
            "cohort",
            str(folder),
            "--out",
            str(out),
            "--home-zone",
            "UTC",
            *words,
        ],
        cwd=folder.parent,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def list_files(out: Path, name: str) -> dict[str, str]:
    """Return the digest of each file of a person's tables and patterns, which are made of the same bytes."""
    steps = read_journal(out / "cohort" / "people" / name).steps
    return {**steps["ingest"].files, **steps["patterns"].files}


@pytest.mark.slow
def test_a_worker_killed_in_mid_run_changes_no_table_and_dask_learns_no_name(
    tmp_path: Path, tiny_archive: Path, cluster: Cluster
) -> None:
    names = ("Zebulon", "Zebulon sleeps", "Zebulon too")
    folder, out = tmp_path / "class", tmp_path / "out"
    for name in (*names, "Zebulon fails"):
        (folder / name).mkdir(parents=True)
        shutil.copy(tiny_archive, folder / name)
    process = run_cohort(folder, out, "--dask", cluster.address)
    try:
        people = out / "cohort" / "people"
        pid = int(wait_for(people / "Zebulon sleeps.pid").read_text())
        worker = next(each for each in cluster.processes if each.pid == psutil.Process(pid).ppid())
        listening = [
            connection.laddr.ip
            for each in cluster.processes
            for connection in psutil.Process(each.pid).net_connections("inet")
            if connection.status == psutil.CONN_LISTEN
        ]
        assert set(listening) == {"127.0.0.1"}
        worker.kill()
        words, errors = process.communicate(timeout=600)
    finally:
        process.kill()
    assert (process.returncode, words.splitlines()[0]) == (1, "4 people: 3 done, 1 failed."), errors
    assert not psutil.pid_exists(pid)

    prepare_out(tmp_path / "plain")
    (tmp_path / "plain" / "cohort" / "people").mkdir(parents=True)
    (tmp_path / "plain" / "cohort" / "people" / "slept").touch()
    plain = run_cohort(folder, tmp_path / "plain", "--plain")
    try:
        plain.communicate(timeout=600)
    finally:
        plain.kill()
    for name in names:
        assert list_files(out, name) == list_files(tmp_path / "plain", name)
    told = [path.read_bytes() for path in (out / "cohort" / "prefect").rglob("*") if path.is_file()]
    told.append(cluster.read_logs().encode())
    assert b"person-" in b"".join(told)
    assert not [text for text in told if b"ebulon" in text or QUERY.encode() in text]
