"""Ctrl-C: heard at once, or a moment later where that would do harm, and never lost.

Python raises ``KeyboardInterrupt`` wherever it is. In the middle of an import, modules in C++ end the whole
process, make an ``ImportError`` of it or forget it (duckdb 2.0 with nanobind, November 2026), and so does
the import system's own housekeeping. There it waits until the import is over. Whatever loses it elsewhere,
the next step forward raises it again.
"""

from __future__ import annotations

import _thread
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

AGAIN_SECONDS = 0.05  # until it is looked again whether an import is over
IMPORTING = "<frozen importlib._bootstrap"  # how the names of the files of the import system begin
OF_DUCKDB = "Query interrupted"  # a RuntimeError (2.0, November 2026)

_heard = threading.Event()
_put_off = threading.Event()


@contextmanager
def heed_ctrl_c() -> Iterator[None]:
    """Raise ``KeyboardInterrupt`` in the block at Ctrl-C, or at its next ``check_stop``.

    Does nothing outside the main thread, and where somebody else handles it.
    """
    is_ours = (
        threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if not is_ours:
        yield
        return
    _heard.clear()
    _put_off.clear()
    signal.signal(signal.SIGINT, _hear)
    try:
        yield
    finally:
        _heard.clear()
        _put_off.clear()
        signal.signal(signal.SIGINT, signal.default_int_handler)


def check_stop() -> None:
    """Raise ``KeyboardInterrupt`` where Ctrl-C was pressed, whatever has become of it."""
    if _heard.is_set():
        _put_off.clear()
        raise KeyboardInterrupt


def is_stop(error: Exception) -> bool:
    """Say whether an error comes of Ctrl-C: it was pressed meanwhile, or a library says so."""
    return _heard.is_set() or (type(error) is RuntimeError and str(error) == OF_DUCKDB)


def _hear(number: int, frame: FrameType | None) -> None:
    _heard.set()
    if not _is_importing(frame):
        _put_off.clear()
        raise KeyboardInterrupt
    if not _put_off.is_set():
        _put_off.set()
        _thread.start_new_thread(_ask_again, ())  # takes none of the locks that may be held just now


def _ask_again() -> None:
    while _put_off.is_set():
        time.sleep(AGAIN_SECONDS)
        if _put_off.is_set():
            _thread.interrupt_main()


def _is_importing(frame: FrameType | None) -> bool:
    while frame is not None:
        if frame.f_code.co_filename.startswith(IMPORTING):
            return True
        frame = frame.f_back
    return False
