"""Who watches a run: which step is at work, how far it is and what each gave."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar, copy_context
from typing import Any

PASS_ON_SECONDS = 2.0
WAIT_SECONDS = 5.0  # for what is passed on to arrive, at the end of a step


class Watcher:
    """One run as seen from outside: which step is at work, what each gave, and which one failed.

    It lives across the steps of a run; this one shows nothing, ``flows.display`` has one that does.
    """

    def __init__(self) -> None:
        self.done: dict[str, Any] = {}  # step → its counts
        self.seconds: dict[str, float] = {}
        self.failure: Exception | None = None
        self.share: float | None = None  # of the step at work that is done, where it says so
        self.unsaid: Mapping[str, str] = {}  # options whose words Prefect must not keep

    def begin(self, step: str) -> None:
        """Hear that ``step`` begins."""
        self.share = None

    def tell(self, what: str, done: int, total: int | None) -> None:
        """Hear how far the step is."""
        self.share = done / total if total else None

    def end(self, step: str, counts: Any, seconds: float) -> None:
        """Hear that ``step`` is done, what it counted and how long it took."""
        self.done[step], self.seconds[step] = counts, seconds


@contextmanager
def pass_on(
    watcher: Watcher, report: Callable[[float], None], *, every: float = PASS_ON_SECONDS
) -> Iterator[None]:
    """Tell ``report`` every so many seconds how far the step at work is, a share of 1, where that changed.

    From a thread, so that no step waits for it; a step shorter than that is not reported, and a report that
    fails is the last one.
    """
    over = threading.Event()

    def go() -> None:
        told: float | None = None
        with suppress(Exception):
            while not over.wait(every):
                share = watcher.share
                if share is not None and share != told:
                    report(share)
                    told = share
            if told is not None and told < 1 and watcher.failure is None:
                report(1.0)

    thread = threading.Thread(target=copy_context().run, args=(go,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join(WAIT_SECONDS)


watching: ContextVar[Watcher] = ContextVar("watching")
"""Who watches this run; Prefect's tasks read it, since their arguments must be paths and counts."""
