"""Who watches a run: which step is at work, how far it is and what each gave."""

from __future__ import annotations

from contextvars import ContextVar
from typing import Any


class Watcher:
    """One run as seen from outside: which step is at work, what each gave, and which one failed.

    It lives across the steps of a run; this one shows nothing, ``flows.display`` has one that does.
    """

    def __init__(self) -> None:
        self.done: dict[str, Any] = {}  # step → its counts
        self.seconds: dict[str, float] = {}
        self.failure: Exception | None = None

    def begin(self, step: str) -> None:
        """Hear that ``step`` begins."""

    def tell(self, what: str, done: int, total: int | None) -> None:
        """Hear how far the step is."""

    def end(self, step: str, counts: Any, seconds: float) -> None:
        """Hear that ``step`` is done, what it counted and how long it took."""
        self.done[step], self.seconds[step] = counts, seconds


watching: ContextVar[Watcher] = ContextVar("watching")
"""Who watches this run; Prefect's tasks read it, since their arguments must be paths and counts."""
