"""Whether an archive was taken in already: by path, size and time at a glance, else by its digest.

Imports nothing heavy: a run with nothing new ends here.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from pipeline.reading import READER
from pipeline.reading.archive import open_archive
from pipeline.tables.journal import Input, Journal


def measure_archive(path: Path) -> tuple[int, int]:
    """Return size in bytes and mtime in nanoseconds; of a folder, the sum and the newest in it.

    What is not there measures (-1, -1): opening it will say so better.
    """
    try:
        own = path.stat()
    except OSError:
        return -1, -1
    if not path.is_dir():
        return own.st_size, own.st_mtime_ns
    stats = [own, *_walk(path)]
    return sum(s.st_size for s in stats), max(s.st_mtime_ns for s in stats)


def _walk(folder: Path) -> Iterator[os.stat_result]:
    with os.scandir(folder) as entries:
        for entry in entries:
            yield entry.stat(follow_symlinks=False)
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(Path(entry.path))


def find_at_a_glance(journal: Journal, path: Path) -> Input | None:
    """Return the input that lay at this path with this size and time, without opening the archive.

    What an older reader made of it does not count: this one reads more.
    """
    size, mtime_ns = measure_archive(path)
    for known in journal.inputs:
        same_place = (known.path, known.size, known.mtime_ns) == (str(path.absolute()), size, mtime_ns)
        if same_place and known.reader >= READER:
            return known
    return None


def find_known(journal: Journal, path: Path) -> Input | None:
    """Return the input with this archive's content, or ``None`` when it is new to this reader."""
    if known := find_at_a_glance(journal, path):
        return known
    digest = open_archive(path).digest()
    same = (known for known in journal.inputs if known.digest == digest and known.reader >= READER)
    return next(same, None)
