"""Files read on several cores: each worker is sent batches and sends blocks back, in any case in order.

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
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from typing import Self

from pipeline.reading.batch import Batch, Read
from pipeline.reading.entries import EntryReader
from pipeline.tables.columns import Block
from pipeline.tables.worker import Laid, keep_freed_memory, lay_out_batch

WORTH_BYTES = 16 << 20  # of one file: a worker takes a quarter of a second to start
MOST_WORKERS = 2  # each takes 28 MB, and all together are to stay below 250
AHEAD = 1  # batches for each worker that wait, or are done before their turn

SERVE = "import sys; sys.path[:] = sys.argv[1:]; from pipeline.tables.worker import serve; serve()"
OURS = Path(__file__).parents[2]


def count_cores() -> int:
    """Count the cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """Reads files, on all cores once one of the files is worth it; the blocks are the same on any number."""

    def __init__(self, n_workers: int | None = None) -> None:
        self._n_workers = min(count_cores(), MOST_WORKERS) if n_workers is None else n_workers
        self._processes = list[subprocess.Popen[bytes]]()
        self._idle: SimpleQueue[subprocess.Popen[bytes] | None] = SimpleQueue()  # None: it has died
        self._threads: ThreadPoolExecutor | None = None

    def __enter__(self) -> Self:
        keep_freed_memory()
        return self

    def __exit__(self, *_: object) -> None:
        """End all workers, whatever they do."""
        for process in self._processes:
            process.kill()
        if self._threads:
            self._threads.shutdown(cancel_futures=True)
        for process in self._processes:
            with contextlib.suppress(OSError), process:  # closes the pipes
                pass

    def lay_out(self, reader: EntryReader) -> Iterator[Block]:
        """Yield the entries of a file as blocks, in its order, and complete the reader's account of them."""
        is_worth_it = self._n_workers > 1 and reader.file.n_bytes >= WORTH_BYTES
        for block, tally in self._lay_out(reader.iter_batches(), is_worth_it):
            reader.tally.add(tally)
            yield block

    def _lay_out(self, batches: Iterator[Batch | Read], is_worth_it: bool) -> Iterator[Laid]:
        ahead = deque[Future[Laid]]()
        for batch in batches:
            if is_worth_it and self._threads is None and isinstance(batch, Batch):
                self._start()
            if self._threads is None:
                yield lay_out_batch(batch)
                continue
            ahead.append(self._submit(self._threads, batch))
            while ahead and (ahead[0].done() or len(ahead) > AHEAD * self._n_workers):
                yield ahead.popleft().result()
        while ahead:
            yield ahead.popleft().result()

    def _submit(self, threads: ThreadPoolExecutor, batch: Batch | Read) -> Future[Laid]:
        if isinstance(batch, Batch):
            return threads.submit(self._ask, batch)
        done = Future[Laid]()
        done.set_result(lay_out_batch(batch))
        return done

    def _ask(self, batch: Batch) -> Laid:
        """Have a batch read by a worker, or read it here where none is left."""
        process = self._idle.get()
        try:
            if process is None:
                return lay_out_batch(batch)
            return ask(process, batch)
        except (OSError, EOFError, pickle.UnpicklingError):  # it has died, maybe while it answered
            process = None
            return lay_out_batch(batch)
        finally:
            self._idle.put(process)

    def _start(self) -> None:
        self._threads = ThreadPoolExecutor(self._n_workers, "almanac-worker")
        for _ in range(self._n_workers):
            try:
                self._processes.append(process := start_worker())
                self._idle.put(process)
            except OSError:
                self._idle.put(None)


def start_worker() -> subprocess.Popen[bytes]:
    """Start a worker with the modules that this process has, but none of the current folder."""
    path = [str(Path(entry).absolute()) for entry in (*sys.path, str(OURS)) if entry]
    return subprocess.Popen(
        [sys.executable or "", "-c", SERVE, *dict.fromkeys(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pipesize=1 << 20,  # Linux; elsewhere pipes are as they are
        stderr=subprocess.DEVNULL,  # what fails there is tried again here, and fails here
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def ask(process: subprocess.Popen[bytes], batch: Batch) -> Laid:
    """Have a worker read a batch. Raises ``OSError``, ``EOFError`` or ``UnpicklingError`` if it has died."""
    assert process.stdin
    assert process.stdout
    pickle.dump((pickle.dumps(batch.manner), batch.span), process.stdin)
    process.stdin.flush()
    answer: Laid = pickle.load(process.stdout)
    return answer
