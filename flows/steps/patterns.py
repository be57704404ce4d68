"""The step from the activity table to every pattern's small tables and findings."""

from __future__ import annotations

import io
import json
import time
from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from flows.keeping import keep_or_write
from flows.subject import find_subject
from flows.work.forecast_beside import add_beside
from pipeline.errors import StoreError
from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.answers import PATTERNS
from pipeline.patterns.coverage import Coverage, pack_coverage, unpack_coverage
from pipeline.patterns.finding import pack_finding, unpack_finding
from pipeline.patterns.redaction import redact_answers
from pipeline.patterns.two_threads import compute_answers
from pipeline.settings import Settings
from pipeline.tables.files import make_private_folder, remove
from pipeline.tables.journal import (
    begin_step,
    commit_step,
    is_fresh,
    read_digest_of,
    read_journal,
    require_finished,
    require_step,
)
from pipeline.tables.lock import hold_lock
from pipeline.tables.progress import Tell, silent
from pipeline.tables.rooms import list_made
from pipeline.tables.store import Store

STEP, FOLDER = "patterns", "patterns"
SEED = 0
WRITERS = 4  # a disk takes a while to say that a file is safe, and several at once take no longer
COLUMNS = ("time", "product", "action", "text", "mark")  # what patterns read of the table


@dataclass(frozen=True, slots=True)
class PatternCounts:
    """What the step gave: counts by time, nothing made of the owner's words."""

    n_patterns: int
    n_rows: int
    n_covered: int
    n_days: int
    nothing_new: bool = False


def patterns(settings: Settings, *, tell: Tell = silent) -> PatternCounts:
    """Compute every pattern of the chosen subject and write ``patterns/``; do nothing where all is fresh.

    With ``redact`` in the settings, what is left out is in no file here: those of another run are removed.
    """
    out, start = settings.out, time.perf_counter()
    with hold_lock(out):
        journal = read_journal(out)
        require_finished(journal, "ingest", where=out)
        read = read_digest_of(journal, STEP, settings)
        if is_fresh(journal, out, STEP, read):
            return PatternCounts(**{**journal.steps[STEP].counts, "nothing_new": True})
        store = Store(out)
        tell("choosing the subject", 0, len(PATTERNS))
        subject = find_subject(store, settings, columns=COLUMNS)
        folder = make_private_folder(out / FOLDER)
        answers = add_beside(compute_answers(subject, seed=SEED, tell=tell), subject, seed=SEED)
        coverage = subject.coverage
        if settings.redact:
            answers, coverage = redact_answers(answers, coverage, coarse=settings.coarse)
        tables = {
            find_table(folder, name, part): frame
            for name, answer in answers.items()
            for part, frame in answer.frames.items()
        }
        begin_step(out, STEP)
        with ThreadPoolExecutor(WRITERS) as threads:
            deque(threads.map(_write_table, *zip(*tables.items(), strict=True)), maxlen=0)
        files = [*tables]
        findings = [
            {**pack_finding(answer.finding), "frames": list(answer.frames)} for answer in answers.values()
        ]
        for label, content in (("findings", findings), ("coverage", pack_coverage(coverage))):
            path = folder / f"{label}.json"
            keep_or_write(path, (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode())
            files.append(path)
        for stale in {*list_made(out, FOLDER)} - set(files):
            remove(stale)
        counts: dict[str, Any] = {
            "n_patterns": len(answers),
            "n_rows": coverage.n_rows,
            "n_covered": coverage.n_covered,
            "n_days": coverage.n_days,
        }
        commit_step(out, STEP, read=read, files=files, seconds=time.perf_counter() - start, counts=counts)
        tell("patterns", len(PATTERNS), len(PATTERNS))
    return PatternCounts(**counts)


def read_answers(out: Path) -> tuple[dict[str, Answer], Coverage]:
    """Read what the step wrote, equal to what was computed. Raises ``StoreError``."""
    require_step(read_journal(out), STEP, where=out)
    folder = out / FOLDER
    try:
        findings: list[dict[str, Any]] = json.loads((folder / "findings.json").read_bytes())
        coverage = unpack_coverage(json.loads((folder / "coverage.json").read_bytes()))
        answers = {}
        for packed in findings:
            name, parts = packed["pattern"], packed.pop("frames")
            frames = {part: pd.read_parquet(find_table(folder, name, part)) for part in parts}
            answers[name] = Answer(frames, unpack_finding(packed))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreError(
            "The patterns are damaged or incomplete",
            where=str(folder),
            remedy="Remove this folder and run almanac patterns again.",
        ) from error
    return answers, coverage


def find_table(folder: Path, name: str, part: str) -> Path:
    """Return where a part of an answer lies in the folder ``patterns``."""
    return folder / (f"{name}.parquet" if part == MAIN else f"{name}--{part}.parquet")


def _write_table(path: Path, frame: pd.DataFrame) -> None:
    stream = io.BytesIO()
    frame.to_parquet(stream, engine="pyarrow", index=False)
    keep_or_write(path, stream.getvalue())
