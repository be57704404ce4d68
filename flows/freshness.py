"""Which steps are up to date, for ``almanac doctor``, for a run, and for a step that stands on others.

Looks at ``run.json``, names and sizes only: a run with nothing new ends here, before anything heavy is
imported.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.errors import StoreError
from pipeline.settings import Settings
from pipeline.tables.journal import (
    READS,
    Journal,
    is_fresh,
    read_digest_of,
    read_journal,
    require_finished,
)

MAY_BE_MISSING = ("learn",)
"""Without models there is a report all the same."""
SAME = {"ingest": "--home-zone", "learn": "--filter, --home-zone and --free-days"}
SAME_ELSE = "--filter, --home-zone, --free-days, --redact and --coarse"
"""The options by which an earlier command made what a later one reads."""


def list_states(settings: Settings) -> dict[str, str]:
    """Return for each step ``fresh``, ``stale`` or ``missing``."""
    journal = read_journal(settings.out)
    return {step: _find_state(journal, step, settings) for step in READS}


def nothing_new(patterns: Sequence[str], settings: Settings) -> bool:
    """Tell whether a run would change nothing: every archive is known, every step's outputs are fresh.

    Raises ``ArchiveError`` when a pattern names nothing, ``StoreError`` for a damaged ``run.json``.
    """
    from pipeline.reading.archive_paths import find_archives
    from pipeline.tables.known import find_known

    journal = read_journal(settings.out)
    paths = find_archives(patterns) if patterns else []
    fresh = all(_find_state(journal, step, settings) == "fresh" for step in READS)
    return bool(journal.inputs) and fresh and all(find_known(journal, path) for path in paths)


def require_inputs(journal: Journal, step: str, settings: Settings) -> None:
    """Raise a ``StoreError`` unless all that ``step`` reads was made of these tables, for these settings.

    Otherwise one page could show counts of videos beside pictures of searches.
    """
    for earlier in READS[step]:
        state = _find_state(journal, earlier, settings)
        if state == "fresh" or (state == "missing" and earlier in MAY_BE_MISSING):
            continue
        require_finished(journal, earlier, where=settings.out)
        thing = {"ingest": "tables", "learn": "models"}.get(earlier, earlier)
        command = "almanac ingest PATH" if earlier == "ingest" else f"almanac {earlier}"
        raise StoreError(
            f"The {thing} here were made of other tables or for other settings",
            where=str(settings.out),
            remedy=f"Run {command} first, with the same {SAME.get(earlier, SAME_ELSE)}.",
        )


def _find_state(journal: Journal, step: str, settings: Settings) -> str:
    if is_fresh(journal, settings.out, step, read_digest_of(journal, step, settings)):
        return "fresh"
    return "stale" if step in journal.steps else "missing"
