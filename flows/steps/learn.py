"""The step ``learn``: tables in, ``models/<name>.npz`` and ``models/<name>.json`` out.

Each piece of work gets the file that it wrote last time, so that a learner can go on where it left off.
A file counts only if ``run.json`` names it and its hash is still the one written there.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.subject import find_subject
from flows.work import next_hour, weekday, weekend_or_weekday
from flows.work.result import NO_BETTER, WorkDone, WorkResult, parse_result, write_result
from pipeline.errors import SettingsError, StoreError
from pipeline.patterns.subject import Subject
from pipeline.settings import Settings
from pipeline.tables.files import make_private_folder, sha256_of, write_atomically
from pipeline.tables.journal import (
    StepRecord,
    begin_step,
    commit_step,
    is_fresh,
    read_digest_of,
    read_journal,
    require_finished,
)
from pipeline.tables.lock import hold_lock
from pipeline.tables.progress import Tell, silent
from pipeline.tables.store import Store

# In the page's order.
WORKS: dict[str, Callable[..., WorkDone]] = {
    "next_hour": next_hour.run_work,
    "weekday": weekday.run_work,
    "weekend_or_weekday": weekend_or_weekday.run_work,
}
FOLDER = "models"


@dataclass(frozen=True, slots=True)
class LearnCounts:
    """What the step did; ``started``: how each model began, by name."""

    n_models: int
    n_better: int  # than their baselines
    n_too_little: int
    n_hours_learned: int  # by the online learner, in this run
    started: dict[str, str]
    nothing_new: bool = False


def learn(settings: Settings, *, only: str | None = None, tell: Tell = silent) -> LearnCounts:
    """Train, or go on training, what fits the archive, and write what came of it beside its baseline.

    ``only`` names one piece of work; the results of the others stay where they were made of the same
    tables, and else fall away, and the step stays stale until all are there.
    """
    if only is not None and only not in WORKS:
        raise SettingsError(
            "There is no such piece of model work", where="--only", remedy=f"Known: {', '.join(WORKS)}."
        )
    start, out = time.perf_counter(), settings.out
    with hold_lock(out):
        journal = read_journal(out)
        require_finished(journal, "ingest", where=out)
        read = read_digest_of(journal, "learn", settings)
        record = journal.steps.get("learn")
        whole = _list_whole(out, record)
        if record is not None and is_fresh(journal, out, "learn", read) and len(whole) == len(record.files):
            return LearnCounts(**{**record.counts, "n_hours_learned": 0, "started": {}, "nothing_new": True})
        store = Store(out)
        subject = find_subject(store, settings)
        make_private_folder(out / FOLDER)
        names = list(WORKS) if only is None else [only]
        kept = [name for name in WORKS if name not in names and _is_current(out, name, record, read, whole)]
        begin_step(out, "learn")
        done: dict[str, WorkDone] = {}
        for k, name in enumerate(names):
            tell(f"learning {name.replace('_', ' ')}", k, len(names))
            done[name] = _run_work(out, name, subject, settings, whole)
        tell("learning", len(names), len(names))
        results = {name: _read_result(out, name) for name in kept}
        results |= {name: work.result for name, work in done.items()}
        # The state of a learner whose result falls away stays, for it to go on from.
        states = [
            path for name in WORKS if (path := _list_paths(out, name)[0]) in whole and name not in names
        ]
        written = [_list_paths(out, name)[0] for name, work in done.items() if work.saved is not None]
        counts = _count(results, done)
        commit_step(
            out,
            "learn",
            read=read if len(results) == len(WORKS) else _name_part(read),
            files=[*states, *written, *(_list_paths(out, name)[1] for name in results)],
            seconds=time.perf_counter() - start,
            counts=asdict(counts),
        )
    return counts


def read_results(out: Path) -> list[WorkResult]:
    """Return the results that ``run.json`` names, in the page's order; none before the first ``learn``."""
    record = read_journal(out).steps.get("learn")
    named = [name for name in WORKS if record and _below(out, _list_paths(out, name)[1]) in record.files]
    whole = _list_whole(out, record)
    for name in named:
        if (path := _list_paths(out, name)[1]) not in whole:
            raise StoreError(
                "A model's result is not the one that run.json names",
                where=str(path),
                remedy="Run `almanac learn` to write it again.",
            )
    return [_read_result(out, name) for name in named]


def _run_work(
    out: Path, name: str, subject: Subject, settings: Settings, whole: Collection[Path]
) -> WorkDone:
    """Do one piece of work and write its two files; one with too little to learn from has no model."""
    model_path, result_path = _list_paths(out, name)
    saved = model_path.read_bytes() if model_path in whole else None
    done = WORKS[name](subject, settings.home_zone, saved)
    if saved is None and model_path.exists():
        done = done._replace(started="started again: run.json does not name the model's file as it is")
    if done.saved is None:
        model_path.unlink(missing_ok=True)
    else:
        write_atomically(model_path, done.saved)
    write_atomically(result_path, write_result(done.result))
    return done


def _list_whole(out: Path, record: StepRecord | None) -> list[Path]:
    """Return the files that ``record`` names and that are still as it says."""
    hashes = record.files if record else {}
    return [
        path
        for name, digest in hashes.items()
        if (path := out / name).is_file() and sha256_of(path) == digest
    ]


def _is_current(out: Path, name: str, record: StepRecord | None, read: str, whole: Collection[Path]) -> bool:
    """Tell whether a piece of work was done on just these tables, alone or with the others."""
    return (
        record is not None and record.read in (read, _name_part(read)) and _list_paths(out, name)[1] in whole
    )


def _name_part(read: str) -> str:
    return f"a part of the work, on {read}"


def _read_result(out: Path, name: str) -> WorkResult:
    path = _list_paths(out, name)[1]
    return parse_result(path.read_bytes(), where=str(path))


def _below(out: Path, path: Path) -> str:
    return path.relative_to(out).as_posix()


def _list_paths(out: Path, name: str) -> tuple[Path, Path]:
    return out / FOLDER / f"{name}.npz", out / FOLDER / f"{name}.json"


def _count(results: Mapping[str, WorkResult], done: Mapping[str, WorkDone]) -> LearnCounts:
    hours = done.get("next_hour")
    return LearnCounts(
        n_models=sum(result.too_little is None for result in results.values()),
        n_better=sum(result.verdict not in ("", NO_BETTER) for result in results.values()),
        n_too_little=sum(result.too_little is not None for result in results.values()),
        n_hours_learned=hours.n_learned if hours else 0,
        started={name: work.started for name, work in done.items()},
    )
