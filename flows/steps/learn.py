"""The step ``learn``: tables in, ``models/<name>.npz`` and ``models/<name>.json`` out.

Each piece of work gets the file that it wrote last time, so that a learner can go on where it left off.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

from flows.progress import Tell, silent
from flows.work import next_hour, weekend_or_weekday
from flows.work.done import WorkDone
from flows.work.result import NO_BETTER, WorkResult, parse_result, write_result
from pipeline.errors import SettingsError
from pipeline.patterns.subject import Subject, choose_subject
from pipeline.settings import Settings
from pipeline.tables.files import make_private_folder, write_atomically
from pipeline.tables.journal import commit_step, is_fresh, read_digest_of, read_journal, require_step
from pipeline.tables.lock import hold_lock
from pipeline.tables.store import Store

# In the page's order.
WORKS: dict[str, Callable[..., WorkDone]] = {
    "next_hour": next_hour.run_work,
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
    already_done: bool = False


def learn(settings: Settings, *, only: str | None = None, tell: Tell = silent) -> LearnCounts:
    """Train, or go on training, what fits the archive, and write what came of it beside its baseline.

    ``only`` names one piece of work; the others keep the files of their last run, and the step stays
    stale until all have run.
    """
    if only is not None and only not in WORKS:
        raise SettingsError(
            "There is no such piece of model work", where="--only", remedy=f"Known: {', '.join(WORKS)}."
        )
    start, out = time.perf_counter(), settings.out
    with hold_lock(out):
        journal = read_journal(out)
        require_step(journal, "ingest", where=out)
        read = read_digest_of(journal, "learn", settings)
        record = journal.steps.get("learn")
        if record is not None and is_fresh(journal, out, "learn", read):
            return LearnCounts(**{**record.counts, "n_hours_learned": 0, "started": {}, "already_done": True})
        store = Store(out)
        subject = choose_subject(store.activity(), store.sources(), settings)
        make_private_folder(out / FOLDER)
        names = list(WORKS) if only is None else [only]
        done: dict[str, WorkDone] = {}
        for k, name in enumerate(names):
            tell(f"learning {name.replace('_', ' ')}", k, len(names))
            done[name] = _run_work(out, name, subject, settings)
        tell("learning", len(names), len(names))
        counts = _count(done)
        files = [path for name in WORKS for path in _list_paths(out, name) if path.exists()]
        commit_step(
            out,
            "learn",
            read=read if only is None else f"{only} alone",
            files=files,
            seconds=time.perf_counter() - start,
            counts=asdict(counts),
        )
    return counts


def read_results(out: Path) -> list[WorkResult]:
    """Return the results that ``run.json`` names, in the page's order; none before the first ``learn``."""
    record = read_journal(out).steps.get("learn")
    paths = [_list_paths(out, name)[1] for name in WORKS]
    named = [path for path in paths if record and path.relative_to(out).as_posix() in record.files]
    return [parse_result(path.read_bytes(), where=str(path)) for path in named]


def _run_work(out: Path, name: str, subject: Subject, settings: Settings) -> WorkDone:
    """Do one piece of work and write its two files; one with too little to learn from has no model."""
    model_path, result_path = _list_paths(out, name)
    saved = model_path.read_bytes() if model_path.exists() else None
    done = WORKS[name](subject, settings.home_zone, saved)
    if done.saved is None:
        model_path.unlink(missing_ok=True)
    else:
        write_atomically(model_path, done.saved)
    write_atomically(result_path, write_result(done.result))
    return done


def _list_paths(out: Path, name: str) -> tuple[Path, Path]:
    return out / FOLDER / f"{name}.npz", out / FOLDER / f"{name}.json"


def _count(done: dict[str, WorkDone]) -> LearnCounts:
    results = [work.result for work in done.values()]
    hours = done.get("next_hour")
    return LearnCounts(
        n_models=sum(work.saved is not None for work in done.values()),
        n_better=sum(result.verdict not in ("", NO_BETTER) for result in results),
        n_too_little=sum(result.too_little is not None for result in results),
        n_hours_learned=hours.n_learned if hours else 0,
        started={name: work.started for name, work in done.items()},
    )
