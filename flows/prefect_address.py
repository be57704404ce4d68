"""Where somebody's own Prefect server may be: on this machine, unless a second setting allows another.

What Prefect shows leaves the machine with it: counts, findings and pictures of no word, paths, options.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit

from pipeline.errors import SettingsError

STRANGE = re.compile(r"[\s\x00-\x1f\x7f\\;]")
"""What programs read in different ways, so that each could see another host in one address."""
ANSWER_SECONDS = 10


def settle_server(server: str, *, off_machine: bool) -> str:
    """Return the address of the API of the Prefect server that the owner named, such as ``…:4200/api``.

    Raises ``SettingsError`` where it is none, where it holds a password (others on this machine could read
    it, and so could logs), or, without ``off_machine``, where it is not on the loopback.
    """
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if "@" in server:
        raise SettingsError(
            "This address has a name or a password in it",
            where="--server",
            remedy="Leave it out: others on this machine, and logs, could show it.",
        )
    strange = STRANGE.search(server) or "?" in server or "#" in server
    if strange or not host or parts.scheme not in ("http", "https"):
        raise SettingsError(
            "This is no address of a Prefect server",
            where="--server",
            remedy="Write one such as http://127.0.0.1:4200/api.",
        )
    if not (off_machine or is_loopback(host)):
        raise SettingsError(
            "This Prefect server is not on this machine, and it would see what Prefect shows",
            where="--server",
            remedy="If you want that, set server_off_machine = true in almanac.toml.",
        )
    path = parts.path.rstrip("/")
    return parts._replace(path=path if path.endswith("/api") else f"{path}/api").geturl()


def require_answer(address: str) -> None:
    """Raise ``SettingsError`` where nobody listens at the address of a server."""
    parts = urlsplit(address)
    port = parts.port or {"http": 80, "https": 443}[parts.scheme]
    try:
        socket.create_connection((parts.hostname or "", port), ANSWER_SECONDS).close()
    except OSError as error:
        raise SettingsError(
            f"Nobody answers at {address}",
            where="--server",
            remedy="Start that server first, with: prefect server start.",
        ) from error


def is_loopback(host: str) -> bool:
    """Say whether a host is this machine, as nobody else reaches it."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
