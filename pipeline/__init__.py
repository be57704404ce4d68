"""Takeout, tables, patterns and pictures. Knows nothing of Prefect and nothing of the models."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.tables.store import Store
    from pipeline.tables.takeout import read_takeout

__all__ = ["Store", "read_takeout"]


def __getattr__(name: str) -> Any:
    """Load a public name on first use: ``import pipeline`` itself costs nothing."""
    if name == "Store":
        from pipeline.tables.store import Store

        return Store
    if name == "read_takeout":
        from pipeline.tables.takeout import read_takeout

        return read_takeout
    raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
