"""Prefect's server as a child process that cannot outlive its parent, on any system.

Run as a file, not imported: it binds a free port of the loopback, prints ``port N``, prints ``ready`` when
it answers, and ends when its standard input does: at the parent's word, or at the parent's death.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time

GRACE_SECONDS = 5.0


def main() -> None:
    """Serve until standard input ends."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.bind(("127.0.0.1", 0))
    address = f"http://127.0.0.1:{listening.getsockname()[1]}"
    print(f"port {listening.getsockname()[1]}", flush=True)
    os.environ["PREFECT_SERVER_CORS_ALLOWED_ORIGINS"] = address

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
