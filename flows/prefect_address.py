"""Where somebody's own Prefect server may be: on this machine, unless a second setting allows another.

What Prefect shows leaves the machine with it: counts, findings and pictures of no word, paths, options.
"""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from pipeline.errors import SettingsError


def settle_server(server: str, *, off_machine: bool) -> str:
    """Return the address of the API of the Prefect server that the owner named, such as ``…:4200/api``.

    Raises ``SettingsError`` where it is none, or, without ``off_machine``, where it is not on the loopback.
    """
    try:
        parts = urlsplit(server)
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    if not host or parts.scheme not in ("http", "https") or parts.query or parts.fragment:
        raise SettingsError(
            "This is no address of a Prefect server",
            where="--server",
            remedy="Write one such as http://127.0.0.1:4200/api.",
        )
    if not (off_machine or _is_loopback(host)):
        raise SettingsError(
            "This Prefect server is not on this machine, and it would see what Prefect shows",
            where="--server",
            remedy="If you want that, set server_off_machine = true in almanac.toml.",
        )
    path = parts.path.rstrip("/")
    return parts._replace(path=path if path.endswith("/api") else f"{path}/api").geturl()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
