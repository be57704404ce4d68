"""The step ``learn``: tables in, ``models/<name>.npz`` and ``models/<name>.json`` out.

Each piece of work gets the file that it wrote last time, so that a learner can go on where it left off.
The networks are trained only where they are asked for, after the pieces of classical work.
"""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from flows.networks.networks import NAMES
from flows.networks.training import count_networks, say_name, train_networks
from flows.subject import find_subject
from flows.work.budget import Budget, find_reason_to_leave
from flows.work.files import (
    FOLDER,
    is_current,
    is_on,
    list_paths,
    list_whole,
    name_part,
    read_named,
    read_result,
)
from flows.work.materials import Materials, gather_materials
from flows.work.result import NO_BETTER, WorkDone, WorkResult, write_result
from flows.work.works import WORKS
from models.errors import name_known
from pipeline.errors import SettingsError
from pipeline.settings import Settings
from pipeline.tables.files import make_private_folder, write_atomically
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


@dataclass(frozen=True, slots=True)
class LearnCounts:
    """What the step did; by name how each model began, why one was left, what is too little for one.

    ``networks``: by name what those trained in this run came to; ``n_untrained`` have no result here.
    """

    n_models: int
    n_better: int  # than their baselines
    n_too_little: int
    n_hours_learned: int  # by the online learner of the next hour, in this run
    started: dict[str, str]
    left: dict[str, str] = field(default_factory=dict)
    too_little: dict[str, str] = field(default_factory=dict)
    nothing_new: bool = False
    n_networks: int = 0
    n_adding: int = 0  # something to the classical model of their question
    n_untrained: int = 0
    networks: dict[str, str] = field(default_factory=dict)
    networks_left: dict[str, str] = field(default_factory=dict)


def learn(
    settings: Settings,
    *,
    only: str | None = None,
    every: bool = False,
    minutes: float | None = None,
    tell: Tell = silent,
) -> LearnCounts:
    """Train, or go on training, what fits the archive, and write what came of it beside its baseline.

    ``only`` names one piece of work or one network; the results of the others stay where they were made of
    the same tables, and else fall away, and the step stays stale until all but the networks are there.
    ``every`` trains the long ones too, and the networks that have no result on these tables. With
    ``minutes``, a piece that would not end in time is left, and the next ``learn`` goes on.
    """
    if only is not None and only not in (*WORKS, *NAMES):
        remedy = name_known(only, (*WORKS, *NAMES))
        raise SettingsError("There is no such piece of model work", where="--only", remedy=remedy)
    if minutes is not None and not minutes > 0:
        raise SettingsError("There is no time to train in", where="--minutes", remedy="Give more than 0.")
    start, out = time.perf_counter(), settings.out
    budget = Budget(every or only is not None, None if minutes is None else 60 * minutes)
    with hold_lock(out):
        journal = read_journal(out)
        require_finished(journal, "ingest", where=out)
        read = read_digest_of(journal, "learn", settings)
        record = journal.steps.get("learn")
        whole = list_whole(out, record)
        current = [name for name in (*WORKS, *NAMES) if is_current(out, name, record, read, whole)]
        fresh = record is not None and is_fresh(journal, out, "learn", read)
        names = [name for name in WORKS if only in (None, name) and name not in current]
        asked = NAMES if every and only is None else tuple(name for name in NAMES if name == only)
        networks = [name for name in asked if name not in current]
        as_it_was = record is not None and fresh and not names and len(whole) == len(record.files)
        if record is not None and as_it_was and not networks:
            return _recall(record)
        store = Store(out)
        materials = gather_materials(store, find_subject(store, settings), settings)
        make_private_folder(out / FOLDER)
        if record is not None and as_it_was:
            counts = asdict(_recall(record)) | {"nothing_new": False}
        else:
            counts = _do_works(out, names, current, materials, read, start, budget, tell)
        if networks:
            counts = train_networks(out, networks, materials, budget, counts, start, tell)
    return LearnCounts(**counts)


def _do_works(
    out: Path,
    names: list[str],
    current: list[str],
    materials: Materials,
    read: str,
    start: float,
    budget: Budget,
    tell: Tell,
) -> dict[str, Any]:
    """Do the pieces of classical work ``names``, keep what is ``current`` of all else, commit the step."""
    record = read_journal(out).steps.get("learn")
    whole = list_whole(out, record)
    kept = [name for name in current if name not in names]
    begin_step(out, "learn")
    done: dict[str, WorkDone] = {}
    left, networks_left = (
        {name: why for name, why in _list_left(record, read, key).items() if name not in (*names, *kept)}
        for key in ("left", "networks_left")
    )
    for k, name in enumerate(names):
        tell(f"learning {say_name(name)}", k, len(names))
        reason = find_reason_to_leave(WORKS[name].estimate(materials), time.perf_counter() - start, budget)
        if reason is None:
            done[name] = _run_work(out, name, materials, whole)
        else:
            left[name] = reason
    tell("learning", len(names), len(names))
    kept_results = {name: read_result(out, name) for name in kept}
    networks = {name: result for name, result in kept_results.items() if name in NAMES}
    results = {name: result for name, result in kept_results.items() if name in WORKS}
    results |= {name: work.result for name, work in done.items()}
    # The state of a learner whose result falls away stays, for it to go on from.
    states = [
        path for name in (*WORKS, *NAMES) if (path := list_paths(out, name)[0]) in whole and name not in done
    ]
    written = [list_paths(out, name)[0] for name, work in done.items() if work.saved is not None]
    counts = asdict(_count(results, done, left)) | count_networks(networks) | {"networks_left": networks_left}
    commit_step(
        out,
        "learn",
        read=read if len(results) + len(left) == len(WORKS) else name_part(read),
        files=[*states, *written, *(list_paths(out, name)[1] for name in (*results, *networks))],
        seconds=time.perf_counter() - start,
        counts=counts,
    )
    return counts


def _recall(record: StepRecord) -> LearnCounts:
    """Return the counts of a step that has nothing to do."""
    nothing = {"n_hours_learned": 0, "started": {}, "networks": {}, "nothing_new": True}
    return LearnCounts(**{**record.counts, **nothing})


def read_left(out: Path) -> dict[str, str]:
    """Return, by its question, why a piece of work was not done."""
    record = read_journal(out).steps.get("learn")
    left = record.counts.get("left", {}) if record else {}
    return {WORKS[name].question: why for name, why in left.items() if name in WORKS}


def read_results(out: Path) -> list[WorkResult]:
    """Return the results that ``run.json`` names, in the page's order; none before the first ``learn``."""
    return read_named(out, list(WORKS), read_journal(out).steps.get("learn"))


def read_networks(out: Path) -> list[WorkResult]:
    """Return the results of the networks that ``run.json`` names, in the page's order."""
    return read_named(out, NAMES, read_journal(out).steps.get("learn"))


def read_networks_left(out: Path) -> dict[str, str]:
    """Return, by its name, why a network that was asked for was not trained."""
    record = read_journal(out).steps.get("learn")
    left: dict[str, str] = record.counts.get("networks_left", {}) if record else {}
    return {name: why for name, why in left.items() if name in NAMES}


def _run_work(out: Path, name: str, materials: Materials, whole: Collection[Path]) -> WorkDone:
    """Do one piece of work and write its two files; one with too little to learn from has no model."""
    model_path, result_path = list_paths(out, name)
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


def _list_left(record: StepRecord | None, read: str, key: str) -> dict[str, str]:
    """Return why pieces of work were left by a step that read just this."""
    if record is None or not is_on(record, read):
        return {}
    left: dict[str, str] = record.counts.get(key, {})
    return left


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
