"""One look into the watched folder: what is due, decided from ``run.json`` and the folder alone, and done.

The schedule's flow and ``almanac schedule --once`` both look so; how the refresh is made, they say.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from flows.commands.options import settle
from flows.freshness import list_states
from flows.plan import StepFailedError
from flows.progress import Watcher, watching
from flows.sample_place import keep_apart
from flows.waiting import find_waiting
from flows.writing import explain_write_errors
from pipeline.errors import ArchiveError, LockedError
from pipeline.settings import Settings
from pipeline.tables.journal import prepare_out, read_journal
from pipeline.tables.lock import hold_lock

NOTHING_NEW = "nothing new"
ANOTHER_RUNS = "another refresh is running"


@dataclass(frozen=True, slots=True)
class Due:
    """The archives that wait, how many still grow or cannot be read, and whether a step is not up to date."""

    archives: tuple[str, ...]
    n_growing: int
    n_unreadable: int
    stale: bool

    def __bool__(self) -> bool:
        return bool(self.archives) or self.stale


class Work(Protocol):
    """Takes archives in, and either goes on to the report or not; raises ``StepFailedError``."""

    def __call__(self, archives: list[str], options: dict[str, str]) -> Any: ...


def find_due(watch: str, settings: Settings) -> Due:
    """Look once. Raises ``SettingsError`` for a folder that is missing, ``StoreError`` for a bad run.json."""
    journal = read_journal(settings.out)
    waiting = find_waiting(Path(watch), journal, now=time.time())
    states = list_states(settings) if journal.inputs else {}
    return Due(
        archives=tuple(str(path) for path in waiting.ready),
        n_growing=waiting.growing,
        n_unreadable=len(waiting.unreadable),
        stale=any(state != "fresh" for state in states.values()),
    )


def look(
    watch: str,
    given: Mapping[str, str],
    *,
    refresh: Work,
    ingest: Work,
    watcher: Watcher,
    look_again: Callable[[], None] = lambda: None,
) -> str:
    """Take in all that waits by one refresh, under the lock, and say by counts what was done.

    ``given``: the command line's options. Where all archives together cannot be taken in, each is by itself:
    a bad one does not stop the others. ``look_again`` is called where something still grows. Raises
    ``StepFailedError`` and what ``find_due`` raises.
    """
    settings, options = settle(dict(given), [watch])
    with explain_write_errors(settings.out):
        prepare_out(settings.out)
    token = watching.set(watcher)
    try:
        with hold_lock(settings.out):
            due = find_due(watch, settings)
            if due.n_growing:
                look_again()
            return _do(due, settings, options, refresh, ingest, watcher) if due else describe_look(due)
    except LockedError:
        return ANOTHER_RUNS
    finally:
        watching.reset(token)


def _do(
    due: Due, settings: Settings, options: dict[str, str], refresh: Work, ingest: Work, watcher: Watcher
) -> str:
    if due.archives:
        keep_apart(settings.out, due.archives)
    try:
        refresh(list(due.archives), options)
    except StepFailedError as failure:
        if len(due.archives) < 2 or not _is_of_an_archive(failure):
            raise
    else:
        counts = watcher.done["ingest"]
        return describe_look(due, counts.n_new_archives, counts.new_rows)
    done, failures = [], []
    for archive in due.archives:
        try:
            ingest([archive], options)
            done.append(watcher.done["ingest"])
        except StepFailedError as failure:
            if not _is_of_an_archive(failure):
                raise
            failures.append(failure)
    if not done:
        raise failures[-1]
    watcher.failure = None
    watcher.done.clear()
    refresh([], options)
    n_new, rows = sum(counts.n_new_archives for counts in done), sum(counts.new_rows for counts in done)
    return describe_look(due, n_new, rows, len(failures))


def describe_look(due: Due, n_new_archives: int = 0, new_rows: int = 0, n_refused: int = 0) -> str:
    """Say in one line what a look found and a refresh did, by counts alone."""
    words = [NOTHING_NEW]
    if due:
        taken = f"{_count(n_new_archives, 'archive')} taken in, {_count(new_rows, 'new row')}"
        words = [taken if n_new_archives else "brought up to date"]
    if due.n_growing:
        words.append(f"{due.n_growing} still growing")
    if n_unreadable := due.n_unreadable + n_refused:
        words.append(f"{n_unreadable} cannot be read")
    return "; ".join(words)


def _is_of_an_archive(failure: StepFailedError) -> bool:
    """Say whether a refresh failed because of an archive, and not of a disk or of ourselves."""
    return failure.step == "ingest" and isinstance(failure.cause, ArchiveError)


def _count(n: int, noun: str) -> str:
    return f"{n:,} {noun}{'' if n == 1 else 's'}"
