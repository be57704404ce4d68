"""Files read on several cores: batches go to workers and to this process itself, blocks come in order.

Workers are programs of their own rather than ``multiprocessing``'s, which would run the owner's script
again. One that cannot start or that dies costs nothing but time: what it was asked to read is read here.
It ends with the pipe from here, however that ends.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Self

from pipeline.reading.batch import Batch, Read
from pipeline.reading.entries import EntryReader
from pipeline.tables.columns import Block
from pipeline.tables.slots import ASKED, make_slots
from pipeline.tables.worker import DONE, Laid, keep_freed_memory, lay_out_batch

WORTH_BYTES = 16 << 20  # of one file: a worker takes a tenth of a second to start
MOST_WORKERS = 1  # each takes 40 MB, and all together are to stay below 250
MOST_AHEAD = 16  # batches that are asked, or are done before their turn: a worker takes its time to start

SERVE = (
    "import sys; _, slots, *sys.path[:] = sys.argv; from pipeline.tables.worker import serve; serve(slots)"
)
OURS = Path(__file__).parents[2]


def count_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Worker:
    """A process that reads batches, one after the other, while this one does something else.

    Raises ``OSError`` if it cannot be started.
    """

    def __init__(self) -> None:
        self._slots, name, inherited = make_slots()
        self._free = list(range(len(self._slots)))
        self._asked = deque[int]()
        try:
            self.process = start_worker(name, inherited)
        finally:
            for descriptor in inherited:
                os.close(descriptor)

    def ask(self, batch: Batch) -> bool:
        """Have a batch read, after those before it; say whether it takes it."""
        assert self.process.stdin
        if not self._free:
            return False
        slot = self._free[-1]
        try:
            self._slots[slot].put((pickle.dumps(batch.manner), batch.span), ASKED)
            self.process.stdin.write(bytes([slot]))
            self.process.stdin.flush()
        except ValueError:  # too large a batch
            return False
        except OSError:
            self._free.clear()  # it has died
            return False
        self._asked.append(self._free.pop())
        return True

    @property
    def has_answered(self) -> bool:
        """Say whether ``take_answer`` need not wait."""
        return self._slots[self._asked[0]].is_answered

    def take_answer(self) -> Laid | None:
        """Wait for the batch that was asked first of those that are open; ``None`` where it was not read."""
        assert self.process.stdout
        slot = self._asked.popleft()
        if self.process.stdout.read(1) != DONE:
            self._free.clear()
            return None
        answer: Laid | None = self._slots[slot].take()
        self._free.append(slot)
        return answer

    def end(self) -> None:
        """End it, whatever it does."""
        self.process.kill()
        with contextlib.suppress(OSError), self.process:  # closes the pipes
            pass


class Workers:
    """Reads files, on all cores once one of the files is worth it; the blocks are the same on any number."""

    def __init__(self, n_cores: int | None = None) -> None:
        self._n_workers = min((n_cores or count_cores()) - 1, MOST_WORKERS)
        self._workers: list[Worker] | None = None

    def __enter__(self) -> Self:
        keep_freed_memory()
        return self

    def __exit__(self, *_: object) -> None:
        """End all workers, whatever they do."""
        for worker in self._workers or ():
            worker.end()

    def lay_out(self, reader: EntryReader) -> Iterator[Block]:
        """Yield the entries of a file as blocks, in its order, and complete the reader's account of them."""
        is_worth_it = reader.file.n_bytes >= WORTH_BYTES
        for block, tally in self._lay_out(reader.iter_batches(), is_worth_it):
            reader.tally.add(tally)
            yield block

    def _lay_out(self, batches: Iterator[Batch | Read], is_worth_it: bool) -> Iterator[Laid]:
        ahead = deque[Laid | tuple[Worker, Batch]]()
        for batch in batches:
            if is_worth_it and self._workers is None and isinstance(batch, Batch):
                self._start()
            ahead.append(self._hand_out(batch))
            while ahead and (_is_done(ahead[0]) or len(ahead) > MOST_AHEAD):
                yield _take(ahead.popleft())
        while ahead:
            yield _take(ahead.popleft())

    def _hand_out(self, batch: Batch | Read) -> Laid | tuple[Worker, Batch]:
        """Have a batch read by a worker, or read it here where all of them have enough to do."""
        if isinstance(batch, Batch):
            for worker in self._workers or ():
                if worker.ask(batch):
                    return worker, batch
        return lay_out_batch(batch)

    def _start(self) -> None:
        self._workers = []
        with contextlib.suppress(OSError):
            while len(self._workers) < self._n_workers:
                self._workers.append(Worker())


def _is_done(first: Laid | tuple[Worker, Batch]) -> bool:
    return isinstance(first, Laid) or first[0].has_answered


def _take(first: Laid | tuple[Worker, Batch]) -> Laid:
    if isinstance(first, Laid):
        return first
    worker, batch = first
    return worker.take_answer() or lay_out_batch(batch)


def start_worker(slots: str, inherited: Sequence[int]) -> subprocess.Popen[bytes]:
    """Start a worker with the modules that this process has, but none of the current folder."""
    path = [str(Path(entry).absolute()) for entry in (*sys.path, str(OURS)) if entry]
    return subprocess.Popen(
        [sys.executable or "", "-c", SERVE, slots, *dict.fromkeys(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # what fails there is tried again here, and fails here
        pass_fds=inherited,
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )
