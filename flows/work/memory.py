"""How far back a classifier of days learns."""

from __future__ import annotations

from models.validation import Split
from pipeline.patterns.wording import say_count

MEMORIES = (730, None)  # days to learn from; habits change, and old days may mislead


def recall(rows: slice, memory_days: int | None) -> slice:
    """Return the last ``memory_days`` of ``rows``."""
    return rows if memory_days is None else slice(max(rows.stop - memory_days, rows.start), rows.stop)


def list_memories(split: Split) -> list[int | None]:
    """List the memories that are shorter than all days before the validation span, and all of them."""
    return [days for days in MEMORIES if days is None or days < split.train.stop]


def say_memory(memory_days: int | None) -> str:
    """Write a memory: from the last 730 days."""
    return "from all days" if memory_days is None else f"from the last {say_count(memory_days)} days"
