"""Prefect's server as a child process that cannot outlive its parent, on any system.

Run as a file, not imported: it binds a port of the loopback (the one that is asked for, where it is free),
prints ``port N``, prints ``ready`` when it answers, and ends when its standard input does: at the parent's
word, or at the parent's death. With ``--standing`` it fires schedules and has its page.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import suppress
from pathlib import Path
from typing import Any

GRACE_SECONDS = 5.0

# Prefect's newer page reports to a collector of usage (sr-client-cfg.amplitude.com), whatever the server's
# settings say (3.8.8, November 2026).
PAGE_POLICY = (
    "default-src 'self' data: blob:; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
    "style-src 'self' 'unsafe-inline'; connect-src 'self' {sockets}; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'none'"
)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Message, Receive, Send], Awaitable[None]]


def bind(port: int) -> socket.socket:
    """Return a socket bound to this port of the loopback, or to another that the system chooses."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if os.name == "posix":  # a port that was just left; elsewhere this would share one that is in use
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    with suppress(OSError, OverflowError):
        listening.bind(("127.0.0.1", port))
        return listening
    listening.bind(("127.0.0.1", 0))
    return listening


def keep_to_itself(app: App, policy: bytes) -> App:
    """Return ``app`` with a policy on each answer, so that a browser asks nobody else for its page."""

    async def call(scope: Message, receive: Receive, send: Send) -> None:
        async def send_with_policy(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], (b"content-security-policy", policy)]
            await send(message)

        await app(scope, receive, send_with_policy if scope["type"] == "http" else send)

    return call


def main() -> None:
    """Serve until standard input ends."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--standing", action="store_true")
    parser.add_argument("--port", type=int, default=0)
    words = parser.parse_args()
    listening = bind(words.port)
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    print(f"port {listening.getsockname()[1]}", flush=True)
    os.environ["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] = address
    os.environ["PREFECT__SERVER_FINAL"] = "1"
    if words.standing:
        os.environ.update(
            PREFECT_SERVER_UI_ENABLED="true",
            PREFECT_SERVER_UI_API_URL=f"{address}/api",
            # Else the page is copied into the installed package.
            PREFECT_SERVER_UI_STATIC_DIRECTORY=str(Path.cwd() / "page"),
            PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT="false",
            # Flow runs go after 90 days, its default age for it; else it keeps each look for ever (3.8.8).
            PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED="events,flow_runs",
        )
    else:  # what Prefect sets for its own temporary server (3.8.8): no page, only the services it needs
        os.environ["PREFECT__SERVER_EPHEMERAL"] = "1"

    import uvicorn

    policy = PAGE_POLICY.format(sockets=address.replace("http", "ws", 1)).encode()

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                print("ready", flush=True)

    config = uvicorn.Config(
        "prefect.server.api.server:create_app", factory=True, log_level="error", lifespan="on"
    )
    config.load()
    config.loaded_app = keep_to_itself(config.loaded_app, policy)
    server = Server(config)

    def end_with_parent() -> None:
        sys.stdin.buffer.read()
        server.should_exit = True
        time.sleep(GRACE_SECONDS)
        os._exit(0)

    threading.Thread(target=end_with_parent, daemon=True).start()
    server.run(sockets=[listening])


if __name__ == "__main__":
    main()
