"""Which steps are up to date: the same question for a run without archives and for ``almanac doctor``."""

from __future__ import annotations

from flows.plan import STEPS
from pipeline.settings import Settings
from pipeline.tables.journal import is_fresh, read_digest_of, read_journal


def list_states(settings: Settings) -> dict[str, str]:
    """Return for each step ``fresh``, ``stale`` or ``missing``."""
    journal = read_journal(settings.out)
    states = {}
    for step in STEPS:
        fresh = is_fresh(journal, settings.out, step, read_digest_of(journal, step, settings))
        states[step] = "fresh" if fresh else "stale" if step in journal.steps else "missing"
    return states
