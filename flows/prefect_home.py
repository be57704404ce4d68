"""The environment that Prefect may see: ours, inside the output folder, and nothing of the owner's.

Prefect reads ``PREFECT_*`` variables, the profile in the home folder, and ``.env``, ``prefect.toml`` and
``pyproject.toml`` of the current folder (3.8.8, November 2026). Any of them may point to a cloud or to a
foreign database, so this module must have run before Prefect is imported, here and in its server.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

from pipeline.tables.files import write_atomically

LOOPBACK = "127.0.0.1"
STARTUP_SECONDS = 120
MOST_LOG = 1 << 20  # bytes that a log keeps of what stood there before


def find_prefect_home(out: Path) -> Path:
    """Return the folder in which Prefect keeps its database and logs."""
    return out / "prefect"


def prepare_environment(
    out: Path, *, verbose: bool = False, environment: MutableMapping[str, str] | None = None
) -> None:
    """Replace every ``PREFECT_*`` variable by those of a Prefect that tells nobody anything."""
    environment = os.environ if environment is None else environment
    for name in [name for name in environment if name.upper().startswith("PREFECT_")]:
        del environment[name]
    home = find_prefect_home(out)
    environment.update(
        PREFECT_HOME=str(home),
        PREFECT_PROFILES_PATH=str(home / "profiles.toml"),
        PREFECT_API_URL="",
        PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS=str(STARTUP_SECONDS),
        # Usage events: the first from the client, the second from the server.
        DO_NOT_TRACK="1",
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        # The server answers any web page by default; it learns its own address when it starts.
        PREFECT_SERVER_CORS_ALLOWED_ORIGINS=f"http://{LOOPBACK}",
        PREFECT_SERVER_UI_ENABLED="false",
        PREFECT_LOGGING_LEVEL="INFO" if verbose else "CRITICAL",
        PREFECT_LOGGING_ROOT_LEVEL="WARNING" if verbose else "CRITICAL",
        PREFECT_LOGGING_TO_API_ENABLED="false",
        PREFECT_RESULTS_PERSIST_BY_DEFAULT="false",
        PREFECT_TELEMETRY_ENABLE_RESOURCE_METRICS="false",
    )
    for name in ("NO_PROXY", "no_proxy"):  # our own server is not to be asked for through a proxy
        hosts = [*filter(None, environment.get(name, "").split(",")), LOOPBACK, "localhost"]
        environment[name] = ",".join(dict.fromkeys(hosts))


@contextmanager
def enter_prefect_home(out: Path) -> Iterator[Path]:
    """Make Prefect's folder the current one, so that no file beside the owner's prompt is read."""
    home = find_prefect_home(out)
    home.mkdir(parents=True, exist_ok=True)
    with suppress(OSError):
        home.chmod(0o700)
    before = Path.cwd()
    os.chdir(home)
    try:
        yield home
    finally:
        os.chdir(before)


def open_log(path: Path) -> TextIO:
    """Open a log of a process that is about to start; the last of what earlier ones said stays above it."""
    with suppress(OSError):
        if path.stat().st_size > MOST_LOG:
            with path.open("rb") as log:
                log.seek(-MOST_LOG, os.SEEK_END)
                last = log.read()
            write_atomically(path, last[last.find(b"\n") + 1 :])
    opened = path.open("a", encoding="utf-8")
    opened.write(f"-- started at {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC\n")
    opened.flush()
    return opened
