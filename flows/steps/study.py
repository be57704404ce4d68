"""One study: run, drawn and written. Its pictures hold nothing of the archive's."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from models.studies.registry import Entry, load_study
from models.studies.study import StudyResult, Tell, silent
from models.studies.study_data import StudyData
from pipeline.charts.studies import render_study
from pipeline.tables.files import make_private_folder, write_atomically
from pipeline.tables.lock import hold_lock


@dataclass(frozen=True, slots=True)
class StudyCounts:
    """What a study gave, how long it took without its pictures, and where these are."""

    result: StudyResult
    seconds: float
    pictures: tuple[Path, ...]


def study(out: Path, entry: Entry, data: StudyData, *, seed: int = 0, tell: Tell = silent) -> StudyCounts:
    """Run a study and put its pictures into ``studies/``; the lock is held for the writing alone."""
    start = time.perf_counter()
    result = load_study(entry)(data, seed=seed, tell=tell)
    seconds = time.perf_counter() - start
    pictures = []
    with hold_lock(out):
        for path, content in render_study(
            entry.name, result.arrays, title=result.title, source=result.source, words=result.words
        ):
            make_private_folder((out / path).parent)
            write_atomically(out / path, content)
            pictures.append(out / path)
    return StudyCounts(result, seconds, tuple(pictures))
