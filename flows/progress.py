"""How a step says what it is doing, how far it is, and nothing about what it read."""

from __future__ import annotations

from collections.abc import Callable
from contextvars import ContextVar

Tell = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done, and how much there is (``None``: unknown)."""


def silent(what: str, done: int, total: int | None) -> None:
    """Tell nobody."""


listener: ContextVar[Tell] = ContextVar("listener", default=silent)
"""Who listens to this run; Prefect's tasks read it, since their arguments must be paths and counts."""
