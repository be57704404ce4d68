"""Slots: memory that two of our processes share, so that what one puts there the other need not be sent.

A slot holds one object at a time, pickled, and belongs to one process at a time. Whose it is travels by
pipe; what ``is_answered`` says is only a hint at what the pipe will say.
"""

from __future__ import annotations

import mmap
import os
import pickle
import sys
from typing import Any

N_SLOTS = 4
SLOT_BYTES = 20 << 16  # a batch and a little more; what systems map comes in pieces of up to 1 << 16
ASKED, ANSWERED = 0, 1


class Slot:
    """One slot, as one of the two processes sees it."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory

    @property
    def is_answered(self) -> bool:
        """Say whether what is there is an answer."""
        return self._memory[0] == ANSWERED

    def put(self, value: object, state: int) -> None:
        """Put an object there. Raises ``ValueError`` where it is too large; then nothing is there."""
        self._memory.seek(1)
        pickle.dump(value, self._memory, pickle.HIGHEST_PROTOCOL)
        self._memory[0] = state

    def take(self) -> Any:
        """Return a copy of what is there."""
        self._memory.seek(1)
        return pickle.load(self._memory)


if sys.platform == "win32":

    def make_slots() -> tuple[list[Slot], str, tuple[int, ...]]:
        """Make slots; return also their name, and the descriptors that the other process must inherit."""
        name = f"almanac-{os.urandom(16).hex()}"
        return join_slots(name), name, ()

    def join_slots(name: str) -> list[Slot]:
        """Return the slots that another process has made."""
        return [Slot(mmap.mmap(-1, SLOT_BYTES, f"{name}-{k}")) for k in range(N_SLOTS)]

else:

    def make_slots() -> tuple[list[Slot], str, tuple[int, ...]]:
        """Make slots; return also their name, and the descriptors that the other process must inherit."""
        if hasattr(os, "memfd_create"):
            descriptor = os.memfd_create("almanac")
            os.ftruncate(descriptor, N_SLOTS * SLOT_BYTES)
        else:
            import tempfile  # no worker needs it

            with tempfile.TemporaryFile() as file:  # it has no name: nothing is left of it, however we end
                file.write(bytes(N_SLOTS * SLOT_BYTES))  # a full disk is told here
                file.flush()
                descriptor = os.dup(file.fileno())
        return join_slots(str(descriptor)), str(descriptor), (descriptor,)

    def join_slots(name: str) -> list[Slot]:
        """Return the slots that another process has made."""
        return [Slot(mmap.mmap(int(name), SLOT_BYTES, offset=k * SLOT_BYTES)) for k in range(N_SLOTS)]
