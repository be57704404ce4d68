"""Work that runs one step ahead of whoever takes its results, in a thread of its own."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")


@contextmanager
def run_ahead(items: Iterator[Item]) -> Iterator[Iterator[Item]]:
    """Give the same items, each of them made while the one before is in use.

    What goes wrong there is raised here, in its turn. At the end no step is left running.
    """
    with ThreadPoolExecutor(1, "almanac-ahead") as thread:
        yield _take_ahead(items, thread)


def _take_ahead(items: Iterator[Item], thread: ThreadPoolExecutor) -> Iterator[Item]:
    coming = thread.submit(next, items, None)
    while (item := coming.result()) is not None:
        coming = thread.submit(next, items, None)
        yield item
        del item  # nothing is held while the next one is made
