"""A worker: reads batches of entries that it finds in slots and puts blocks there, until the pipe is closed.

It imports neither NumPy nor Arrow, nor what opens archives, so that it takes a tenth of a second and
40 MB, the slots included.
"""

from __future__ import annotations

import contextlib
import gc
import pickle
import signal
import sys
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.batch import Batch, Read, Tally, read_batch
from pipeline.reading.manner import Manner
from pipeline.tables.columns import Block, lay_out_block
from pipeline.tables.slots import ANSWERED, join_slots

FREED_BYTES = 8 << 20
OBJECTS = 100_000  # more than a batch makes: hardly any is ever part of a circle
DONE = b"+"  # through the pipe: the oldest open batch has its answer


class Laid(NamedTuple):
    """A batch, read and laid out."""

    block: Block
    tally: Tally


def lay_out_batch(batch: Batch | Read) -> Laid:
    """Read a batch in this process, if that is not done, and lay it out."""
    entries, tally = read_batch(batch) if isinstance(batch, Batch) else batch
    return Laid(lay_out_block(entries), tally)


def serve(slots: str) -> None:
    """Read the batches in ``slots``, one a byte from the pipe, until its other end is closed."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal sends it to all; the other end decides
    keep_freed_memory()
    gc.freeze()  # what is loaded stays
    gc.set_threshold(OBJECTS)
    asked, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    joined = join_slots(slots)
    with contextlib.suppress(OSError):
        while at := asked.read(1):
            slot = joined[at[0]]
            manner, span = slot.take()
            laid = lay_out_batch(Batch(_load_manner(manner), span))
            try:
                slot.put(laid, ANSWERED)
            except ValueError:
                slot.put(None, ANSWERED)  # too large; it is read again at the other end
            answers.write(DONE)
            answers.flush()


def keep_freed_memory() -> None:
    """Have glibc keep what is freed for what comes next.

    It gives memory back beyond twice the largest piece that was ever freed, and takes it again page by
    page: a tenth of the time of reading (2.36, November 2026). Elsewhere this does nothing.
    """
    bytes(FREED_BYTES)


@lru_cache(maxsize=4)
def _load_manner(pickled: bytes) -> Manner:
    """Load a file's manner once: it remembers the dates and zones that it has seen."""
    manner: Manner = pickle.loads(pickled)
    return manner
