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
from contextlib import suppress
from pathlib import Path

GRACE_SECONDS = 5.0


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
        )
    else:  # what Prefect sets for its own temporary server (3.8.8): no page, only the services it needs
        os.environ["PREFECT__SERVER_EPHEMERAL"] = "1"

    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                print("ready", flush=True)

    config = uvicorn.Config(
        "prefect.server.api.server:create_app", factory=True, log_level="error", lifespan="on"
    )
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
