"""Pictures drawn here and by a second process at once; the files are the same on any number of cores.

The second process is a program of its own rather than ``multiprocessing``'s, which would run the owner's
script again. Where it cannot start or dies, what it was asked is drawn here. It ends with the pipe from
here, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple

SERVE = "import sys; sys.path[:] = sys.argv[1:]; from flows.painters import serve; serve()"
OURS = Path(__file__).parents[1]
File = tuple[str, bytes]  # its path below the output folder, its content


class Piece(NamedTuple):
    """What one process draws in a go: all files of one picture, or the sheet of one year."""

    name: str
    year: int = 0


Render = Callable[[Piece], Sequence[File]]
Drawn = SimpleQueue[tuple[Piece, Sequence[File]] | None]  # None: no more come


def draw_pieces(
    out: Path, pieces: Sequence[Piece], render: Render, *, n_processes: int
) -> Generator[tuple[Piece, Sequence[File]]]:
    """Yield each piece's files as soon as they are drawn; give the pieces that take longest first.

    ``render`` draws here; the second process draws what ``flows.steps.charts.open_studio`` makes of ``out``.
    """
    process = start_painter() if n_processes > 1 else None
    if process is None:
        for piece in pieces:
            yield piece, render(piece)
        return
    waiting, drawn = deque(pieces), Drawn()
    asking = threading.Thread(target=_ask_for_all, args=(process, out, waiting, drawn), daemon=True)
    is_over = False
    try:
        asking.start()
        while waiting or not is_over:
            if mine := _take(waiting):
                yield mine, render(mine)
            while not is_over and not (waiting and drawn.empty()):
                if (other := drawn.get()) is None:
                    is_over = True
                else:
                    yield other
    finally:
        process.kill()
        with contextlib.suppress(RuntimeError):  # it has not been started yet
            asking.join()
        with contextlib.suppress(OSError), process:  # closes the pipes
            pass


def _take(waiting: deque[Piece]) -> Piece | None:
    try:
        return waiting.popleft()
    except IndexError:  # the other one was faster
        return None


def _ask_for_all(process: subprocess.Popen[bytes], out: Path, waiting: deque[Piece], drawn: Drawn) -> None:
    """Have the second process draw one piece after the other; put back what it dies of."""
    piece = None
    try:
        _send(process, out)
        while piece := _take(waiting):
            _send(process, piece)
            assert process.stdout
            drawn.put((piece, pickle.load(process.stdout)))
    except Exception:  # it has died, maybe in the middle of an answer: half a pickle may raise anything
        if piece:
            waiting.append(piece)
    finally:
        drawn.put(None)


def _send(process: subprocess.Popen[bytes], what: Path | Piece) -> None:
    assert process.stdin
    pickle.dump(what, process.stdin)
    process.stdin.flush()


def start_painter() -> subprocess.Popen[bytes] | None:
    """Start the second process with the modules that this one has, but none of the current folder."""
    path = [str(Path(entry).absolute()) for entry in (*sys.path, str(OURS)) if entry]
    try:
        return subprocess.Popen(
            [sys.executable or "", "-c", SERVE, *dict.fromkeys(path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what fails there is tried again here, and fails here
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
    except OSError:
        return None


def serve() -> None:
    """Answer pieces with their files until the other end of the pipe is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the other end decides
    answers = sys.stdout.buffer
    sys.stdout = sys.stderr
    asked: SimpleQueue[Any] = SimpleQueue()
    threading.Thread(target=_listen, args=(asked,), daemon=True).start()
    with contextlib.suppress(OSError):
        from flows.steps.charts import open_studio

        render = open_studio(asked.get())
        while True:
            pickle.dump(render(asked.get()), answers)
            answers.flush()


def _listen(asked: SimpleQueue[Any]) -> None:
    """Take what is asked from the pipe; where that is closed, end the process in the middle of a piece."""
    with contextlib.suppress(EOFError, OSError):
        while True:
            asked.put(pickle.load(sys.stdin.buffer))
    os._exit(0)
