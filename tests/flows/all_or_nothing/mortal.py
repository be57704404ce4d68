"""Run by tests as a program: forks a run for each request, and has it die or fail at a chosen moment.

A moment is anything that changes the disk below the output folder: a file opened for writing, a flush, a
rename, a link, a removal, a folder made. All is imported once; each trial is a fork of that.
"""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import random
import shutil
import signal
import sys
import threading
from collections.abc import Callable
from datetime import date
from functools import partial
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import Any

CHANGES = ("os.rename", "os.remove", "os.mkdir", "os.rmdir", "os.link", "os.truncate")
TAKES_ROOM = ("open", "fsync", "os.mkdir", "os.link")
WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class Moments:
    """Sees every change below ``out``; it strikes at the one numbered ``at``, or at each at a ``place``.

    ``full``: from the one numbered ``at`` on it strikes at each that takes room. ``record``: a folder for
    what each file held when it was flushed.
    """

    def __init__(
        self,
        out: str,
        strike: Callable[[str], None],
        *,
        at: int,
        place: str | None,
        full: bool,
        record: str | None,
    ) -> None:
        self.out, self.strike, self.at, self.place, self.full = out, strike, at, place, full
        self.record = record
        self.step = "start"
        self.seen: list[tuple[str, str, str, str]] = []
        self.numbers = count()
        self.busy = threading.local()

    def hook(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            path, _, flags = arguments
            if isinstance(flags, int) and flags & WRITING:
                self.note(event, path, -1)
        elif event in CHANGES:
            folder = arguments[-1] if event in ("os.remove", "os.rmdir", "os.mkdir") else -1
            has_source = event in ("os.rename", "os.link")
            self.note(event, arguments[has_source], folder, arguments[0] if has_source else "")

    def note(self, event: str, path: Any, folder: Any, source: Any = "") -> None:
        if not isinstance(path, str | os.PathLike) or getattr(self.busy, "now", False):
            return
        name = os.fspath(path)
        if not os.path.isabs(name) and isinstance(folder, int) and folder >= 0:  # noqa: PTH117
            name = os.path.join(os.readlink(f"/proc/self/fd/{folder}"), name)  # noqa: PTH115, PTH118
        if not str(name).startswith(self.out):
            return
        number = next(self.numbers)
        name = str(name)[len(self.out) + 1 :]
        self.seen.append((self.step, event, name, os.fspath(source)[len(self.out) + 1 :]))
        if self.record and event == "fsync" and os.path.isfile(path):  # noqa: PTH113
            self.busy.now = True
            shutil.copyfile(path, os.path.join(self.record, str(number)))  # noqa: PTH118
            self.busy.now = False
        due = number == self.at or (self.full and event in TAKES_ROOM and 0 <= self.at < number)
        if due or (self.place is not None and name.startswith(self.place)):
            self.busy.now = True  # what the strike itself does is no moment
            try:
                self.strike(os.path.join(self.out, name))  # noqa: PTH118
            finally:
                self.busy.now = False


def watch(moments: Moments) -> None:
    """Have all changes go past ``moments``, and each step's name with them."""
    from flows import plan

    load, fsync = plan.load_step, os.fsync

    def load_step(step: str) -> Callable[..., Any]:
        moments.step = step
        return load(step)

    def sync(descriptor: Any) -> None:
        number = descriptor if isinstance(descriptor, int) else descriptor.fileno()
        moments.note("fsync", os.readlink(f"/proc/self/fd/{number}"), -1)  # noqa: PTH115
        fsync(descriptor)

    plan.load_step, os.fsync = load_step, sync
    sys.addaudithook(moments.hook)


def die(place: str) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def fail(number: int, place: str) -> None:
    raise OSError(number, os.strerror(number), place)


def perform(request: dict[str, Any]) -> None:
    """Run the command in this process and end with its status."""
    log = os.open(request["log"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    cores = sorted(os.sched_getaffinity(0))
    if not request.get("cores"):  # one each: no second process draws or reads
        os.sched_setaffinity(0, {random.choice(cores)})
    strike = partial(fail, request["errno"]) if "errno" in request else die
    moments = Moments(
        request["out"],
        strike,
        at=request.get("at", -1),
        place=request.get("place"),
        full=request.get("full", False),
        record=request.get("record"),
    )
    watch(moments)
    if prepare := request.get("prepare"):
        exec(prepare, {"moments": moments})
    from flows.commands import app

    status: Any = 0
    try:
        app(request["words"])
    except SystemExit as end:
        status = end.code
    moments.at, moments.place = -1, None
    sys.stdout.flush()
    sys.stderr.flush()
    Path(request["log"] + ".moments").write_text(json.dumps(moments.seen), "utf-8")
    os._exit(status or 0)


def draw_less(folder: Path) -> None:
    """Have some of the pictures drawn, each once for the same answers: all trials write what one drew."""
    from flows.painters import Piece
    from flows.steps.charts import Studio

    draw, list_all = Studio.__call__, Studio.list_pieces
    Studio.list_pieces = lambda studio: list_all(studio)[1::5]  # type: ignore[method-assign]

    def recall(studio: Studio, piece: Piece) -> Any:
        known = folder / hashlib.sha256(f"{piece} {studio.digest(piece)}".encode()).hexdigest()
        if known.exists():
            return pickle.loads(known.read_bytes())
        files = draw(studio, piece)
        known.with_suffix(f".{os.getpid()}").write_bytes(pickle.dumps(files))
        return known.with_suffix(f".{os.getpid()}").replace(known) and files

    Studio.__call__ = recall  # type: ignore[method-assign]


def serve(folder: Path) -> None:
    from flows.plan import STEPS, load_libraries

    load_libraries()
    for step in STEPS:
        import_module(f"flows.steps.{step}")
    draw_less(folder)
    import_module("pipeline.report.page").write_font_faces = lambda draft: ""  # to cut them takes seconds
    for module in ("flows.commands.run", "flows.job", "flows.display", "flows.terminal_ledger", "pandas"):
        import_module(module)
    import pipeline.sample

    since, until = date(2025, 8, 1), date(2025, 9, 15)
    pipeline.sample.write_sample = partial(
        pipeline.sample.write_sample, years=0, since=since, until=until, seed=3, per_day=5
    )
    answers = os.fdopen(os.dup(1), "w")
    print("ready", file=answers, flush=True)
    for line in sys.stdin:
        pid = os.fork()
        if pid == 0:
            sys.stdin.close()
            perform(json.loads(line))
        _, status = os.waitpid(pid, 0)
        print(os.waitstatus_to_exitcode(status), file=answers, flush=True)


if __name__ == "__main__":
    serve(Path(sys.argv[1]))
