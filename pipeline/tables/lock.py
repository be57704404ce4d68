"""One writer at a time: the lock on the output folder."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextvars import ContextVar
from pathlib import Path

from pipeline.errors import LockedError, StoreError
from pipeline.tables.files import PRIVATE_FILE, TEMPORARY, refuse_writing, remove

NAME = "lock"

_held: ContextVar[frozenset[Path]] = ContextVar("_held", default=frozenset())


@contextlib.contextmanager
def hold_lock(out: Path) -> Iterator[None]:
    """Hold the folder's lock during the block; a step inside a run that holds it passes at once.

    The system frees the lock of a killed process. Raises ``LockedError`` when another run holds it,
    ``StoreError`` when there is no such folder.
    """
    folder = out.resolve()
    if folder in _held.get():
        yield
        return
    if not folder.is_dir():
        raise StoreError("There is no such folder", where=str(out), remedy="Run almanac ingest PATH first.")
    from filelock import FileLock, Timeout

    lock = FileLock(folder / NAME, timeout=0, mode=PRIVATE_FILE, thread_local=False)
    try:
        lock.acquire()
    except Timeout as error:
        raise LockedError(
            "Another run is writing here",
            where=str(out),
            remedy="Wait until it has ended, or use another --out.",
        ) from error
    except OSError as error:
        raise refuse_writing(error, folder / NAME) from error
    except NotImplementedError as error:  # some network drives
        raise StoreError(
            "This file system knows no locks", where=str(out), remedy="Use another --out, on a disk of yours."
        ) from error
    token = _held.set(_held.get() | {folder})
    try:
        yield
    finally:
        _held.reset(token)
        lock.release()


def sweep_leftovers(out: Path) -> None:
    """Remove what a killed run left in ``out`` itself under temporary names, unless a run is writing there.

    For a run with nothing new: any other sweeps every folder of ours.
    """
    if any(out.glob(f"{TEMPORARY}*")):
        with contextlib.suppress(LockedError, StoreError, OSError), hold_lock(out):
            for path in out.glob(f"{TEMPORARY}*"):
                remove(path)
