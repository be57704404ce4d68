"""What a Dask cluster must be able to do before a cohort runs on it, and how its workers are kept quiet.

Workers, and the scheduler as well (Dask 2026.8.0), import Prefect with the first task, and would read the
variables and the profile of whoever started them: any may point elsewhere, and from a terminal the import
itself would tell Prefect's makers (3.8.8). So each gets Almanac's variables first, a later worker too.
Whoever is part of a cluster can have all others run anything, so it must be on the loopback as Prefect is.
"""

from __future__ import annotations

import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from flows.prefect_address import is_loopback
from pipeline.errors import SettingsError
from pipeline.tables.journal import almanac_version

PLUGIN = "almanac"
ANSWER_SECONDS = 15
LOOK_SECONDS = 5.0
MOST_EMPTY_LOOKS = 24  # so often in a row without a worker, and nobody waits for one any longer
ADDRESS = re.compile(r"(?:[a-z]+://)?(?:\[([\da-f:]+)\]|([a-z\d.-]+)):\d{1,5}", re.ASCII | re.IGNORECASE)


class Quiet:
    """A worker's plugin: Almanac's variables instead of every ``PREFECT_*`` one, until it is taken away."""

    name = PLUGIN

    def __init__(self, variables: dict[str, str | None]) -> None:
        self.variables = variables
        self.before: dict[str, str | None] = {}

    def setup(self, worker: Any) -> None:
        """Set the variables in the worker's process."""
        self.before = exchange(self.variables)

    def teardown(self, worker: Any) -> None:
        """Give the worker back the variables that it had."""
        exchange(self.before)


def exchange(variables: dict[str, str | None]) -> dict[str, str | None]:
    """Put ``variables`` in the place of every ``PREFECT_*`` one; return what brings back those of before."""
    foreign = {name for name in os.environ if name.upper().startswith("PREFECT_")}
    before = {name: os.environ.get(name) for name in foreign | variables.keys()}
    for name in before:
        os.environ.pop(name, None)
    os.environ.update({name: value for name, value in variables.items() if value is not None})
    return before


@contextmanager
def open_cluster(address: str, plan: Path) -> Iterator[Callable[[], None]]:
    """Look whether the workers at ``address`` can run a plan, and leave them at the end as they were.

    Gives what hands them the Prefect environment of this process. Raises ``SettingsError`` where Dask is
    not installed, nobody answers, the scheduler or a worker is not on the loopback, no worker is there, or
    one has not the same Almanac and the same disk.
    """
    _refuse_elsewhere(address)
    client = _connect(address)
    before: dict[str, str | None] | None = None

    def hand_out() -> None:
        nonlocal before
        if not all(client.run(reach, os.environ["PREFECT_API_URL"]).values()):
            raise SettingsError(
                "A Dask worker does not reach Prefect, which is on this machine's loopback",
                where=address,
                remedy="Start the workers on this machine.",
            )
        before = client.run_on_scheduler(exchange, _list_variables())
        _register(client, _list_variables())

    try:
        cluster = client.scheduler_info(n_workers=-1)
        # One that listens on all addresses is asked by the loopback too, and says another as its own.
        _refuse_elsewhere(cluster["address"], *cluster["workers"])
        if not cluster["workers"]:
            raise SettingsError(
                "The Dask scheduler has no worker",
                where=address,
                remedy=f"Start one: dask worker {address} --nthreads 1.",
            )
        _check(client, address, plan)
        with _watch(client, plan):
            yield hand_out
    finally:
        if before is not None:
            with suppress(Exception):
                client.unregister_worker_plugin(PLUGIN)
            with suppress(Exception):
                client.run_on_scheduler(exchange, before)
        with suppress(Exception):
            client.close()


@contextmanager
def _watch(client: Any, plan: Path) -> Iterator[None]:
    """Take the plan away when all workers are gone and none comes: Dask itself would wait for ever."""
    over = threading.Event()

    def look() -> None:
        n_empty = 0
        while not over.wait(LOOK_SECONDS):
            n_empty = 0 if client.scheduler_info(n_workers=-1)["workers"] else n_empty + 1
            if n_empty >= MOST_EMPTY_LOOKS:
                plan.unlink(missing_ok=True)
                return

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


def _refuse_elsewhere(*addresses: str) -> None:
    """Raise a ``SettingsError`` where one of these addresses is not surely on this machine's loopback."""
    for address in addresses:
        found = ADDRESS.fullmatch(address)
        if found is None or not is_loopback((found[1] or found[2]).lower()):
            raise SettingsError(
                "The Dask scheduler, or a worker of it, is not on this machine's loopback",
                where="--dask",
                remedy="Start both here with --host 127.0.0.1, where Prefect is too, and where nobody on the "
                "network can have them run anything; the address is then such as tcp://127.0.0.1:8786.",
            )


def _connect(address: str) -> Any:
    if not all(map(find_spec, ("distributed", "prefect_dask"))):  # found, not imported: that is for later
        raise SettingsError(
            "Dask is not installed", where="--dask", remedy="Install it: pip install 'takeout-almanac[dask]'."
        )
    client: Any = import_module("distributed").Client
    try:
        return client(address, timeout=ANSWER_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise SettingsError(
            "No Dask scheduler answers",
            where=address,
            remedy="Give the address that dask scheduler prints, such as tcp://127.0.0.1:8786.",
        ) from error


def _register(client: Any, variables: dict[str, str | None]) -> None:
    from distributed.diagnostics.plugin import WorkerPlugin

    client.register_plugin(type("Quiet", (Quiet, WorkerPlugin), {})(variables), name=PLUGIN)


def _list_variables() -> dict[str, str | None]:
    ours = ("DO_NOT_TRACK", "NO_PROXY", "no_proxy")
    return {
        name: value
        for name, value in os.environ.items()
        if name in ours or (name.startswith("PREFECT_") and "SERVER_API" not in name)
    }


def _check(client: Any, address: str, plan: Path) -> None:
    try:
        answers = [client.run_on_scheduler(look_around, str(plan))]
        answers += client.run(look_around, str(plan)).values()
    except Exception as error:
        raise SettingsError(
            f"A Dask worker cannot run Almanac ({type(error).__name__})",
            where=address,
            remedy="Start the workers from an environment that has takeout-almanac[dask], as this one.",
        ) from error
    for version, sees in answers:
        if version != almanac_version():
            raise SettingsError(
                f"A Dask worker has Almanac {version}, and this is {almanac_version()}",
                where=address,
                remedy="Install the same version for the workers.",
            )
        if not sees:
            raise SettingsError(
                "A Dask worker does not see the output folder",
                where=str(plan.parents[1]),
                remedy="Archives and --out must lie at the same paths for the workers as here.",
            )


def look_around(plan: str) -> tuple[str, bool]:
    """Say, on a worker, which Almanac it has and whether it sees the plan."""
    return almanac_version(), os.access(plan, os.R_OK)


def reach(url: str) -> bool:
    """Say, on a worker, whether somebody answers at the address of a Prefect API."""
    place = urlsplit(url)
    try:
        socket.create_connection((place.hostname or "", place.port or 0), ANSWER_SECONDS).close()
    except OSError:
        return False
    return True
