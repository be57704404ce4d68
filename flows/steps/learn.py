"""The step ``learn``: tables in, ``models/<name>.npz`` and ``models/<name>.json`` out.

Each piece of work gets the file that it wrote last time, so that a learner can go on where it left off.
A file counts only if ``run.json`` names it and its hash is still the one written there.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path

from flows.subject import find_subject
from flows.work.budget import Budget, find_reason_to_leave
from flows.work.materials import Materials, gather_materials
from flows.work.result import NO_BETTER, WorkDone, WorkResult, parse_result, write_result
from flows.work.works import WORKS
from pipeline.errors import SettingsError, StoreError
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

FOLDER = "models"


@dataclass(frozen=True, slots=True)
class LearnCounts:
    """What the step did; by name how each model began, why one was left, what is too little for one."""

    n_models: int
    n_better: int  # than their baselines
    n_too_little: int
    n_hours_learned: int  # by the online learner of the next hour, in this run
    started: dict[str, str]
    left: dict[str, str] = field(default_factory=dict)
    too_little: dict[str, str] = field(default_factory=dict)
    nothing_new: bool = False


def learn(
    settings: Settings,
    *,
    only: str | None = None,
    every: bool = False,
    minutes: float | None = None,
    tell: Tell = silent,
) -> LearnCounts:
    """Train, or go on training, what fits the archive, and write what came of it beside its baseline.

    ``only`` names one piece of work; the results of the others stay where they were made of the same
    tables, and else fall away, and the step stays stale until all are there. ``every`` trains the long
    ones too. With ``minutes``, a piece that would not end in time is left, and the next ``learn`` goes on.
    """
    if only is not None and only not in WORKS:
        raise SettingsError(
            "There is no such piece of model work", where="--only", remedy=f"Known: {', '.join(WORKS)}."
        )
    if minutes is not None and not minutes > 0:
        raise SettingsError("There is no time to train in", where="--minutes", remedy="Give more than 0.")
    start, out = time.perf_counter(), settings.out
    budget = Budget(every or only is not None, None if minutes is None else 60 * minutes)
    with hold_lock(out):
        journal = read_journal(out)
        require_finished(journal, "ingest", where=out)
        read = read_digest_of(journal, "learn", settings)
        record = journal.steps.get("learn")
        whole = _list_whole(out, record)
        current = [name for name in WORKS if _is_current(out, name, record, read, whole)]
        fresh = record is not None and is_fresh(journal, out, "learn", read)
        names = [name for name in ([only] if only else WORKS) if name not in current]
        if record is not None and fresh and not names and len(whole) == len(record.files):
            return LearnCounts(**{**record.counts, "n_hours_learned": 0, "started": {}, "nothing_new": True})
        store = Store(out)
        materials = gather_materials(store, find_subject(store, settings), settings)
        make_private_folder(out / FOLDER)
        kept = [name for name in current if name not in names]
        begin_step(out, "learn")
        done: dict[str, WorkDone] = {}
        left = {name: why for name, why in _list_left(record, read).items() if name not in (*names, *kept)}
        for k, name in enumerate(names):
            tell(f"learning {say_name(name)}", k, len(names))
            reason = find_reason_to_leave(
                WORKS[name].estimate(materials), time.perf_counter() - start, budget
            )
            if reason is None:
                done[name] = _run_work(out, name, materials, whole)
            else:
                left[name] = reason
        tell("learning", len(names), len(names))
        results = {name: _read_result(out, name) for name in kept}
        results |= {name: work.result for name, work in done.items()}
        # The state of a learner whose result falls away stays, for it to go on from.
        states = [path for name in WORKS if (path := _list_paths(out, name)[0]) in whole and name not in done]
        written = [_list_paths(out, name)[0] for name, work in done.items() if work.saved is not None]
        counts = _count(results, done, left)
        commit_step(
            out,
            "learn",
            read=read if len(results) + len(left) == len(WORKS) else _name_part(read),
            files=[*states, *written, *(_list_paths(out, name)[1] for name in results)],
            seconds=time.perf_counter() - start,
            counts=asdict(counts),
        )
    return counts


def say_name(name: str) -> str:
    """Write a piece of work's name as words."""
    return name.replace("_", " ")


def read_left(out: Path) -> dict[str, str]:
    """Return, by its question, why a piece of work was not done."""
    record = read_journal(out).steps.get("learn")
    left = record.counts.get("left", {}) if record else {}
    return {WORKS[name].question: why for name, why in left.items() if name in WORKS}


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


def _run_work(out: Path, name: str, materials: Materials, whole: Collection[Path]) -> WorkDone:
    """Do one piece of work and write its two files; one with too little to learn from has no model."""
    model_path, result_path = _list_paths(out, name)
    saved = model_path.read_bytes() if model_path in whole else None
    done = WORKS[name].run(materials, saved)
    if saved is None and model_path.exists():
        done = done._replace(started="started again: its file was changed or damaged")
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
    """Tell whether a piece of work was done on just these tables, and both its files are as it left them."""
    if record is None or record.read not in (read, _name_part(read)):
        return False
    model, result = _list_paths(out, name)
    if result not in whole or (model not in whole and _below(out, model) in record.files):
        return False
    try:
        _read_result(out, name)
    except StoreError:  # of another version
        return False
    return True


def _list_left(record: StepRecord | None, read: str) -> dict[str, str]:
    """Return why pieces of work were left by a step that read just this."""
    if record is None or record.read not in (read, _name_part(read)):
        return {}
    left: dict[str, str] = record.counts.get("left", {})
    return left


def _name_part(read: str) -> str:
    return f"a part of the work, on {read}"


def _read_result(out: Path, name: str) -> WorkResult:
    path = _list_paths(out, name)[1]
    return parse_result(path.read_bytes(), where=str(path))


def _below(out: Path, path: Path) -> str:
    return path.relative_to(out).as_posix()


def _list_paths(out: Path, name: str) -> tuple[Path, Path]:
    return out / FOLDER / f"{name}.npz", out / FOLDER / f"{name}.json"


def _count(
    results: Mapping[str, WorkResult], done: Mapping[str, WorkDone], left: dict[str, str]
) -> LearnCounts:
    hours = done.get("next_hour")
    return LearnCounts(
        n_models=sum(result.too_little is None for result in results.values()),
        n_better=sum(result.verdict not in ("", NO_BETTER) for result in results.values()),
        n_too_little=sum(result.too_little is not None for result in results.values()),
        n_hours_learned=hours.n_learned if hours else 0,
        started={name: work.started for name, work in done.items()},
        left=left,
        too_little={name: result.too_little for name, result in results.items() if result.too_little},
    )
