"""How long work says what it is doing and how far it is, and nothing about what it read."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done, and how much there is (``None``: unknown)."""


def silent(what: str, done: int, total: int | None) -> None:
    """Tell nobody."""
