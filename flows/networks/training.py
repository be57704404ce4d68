"""Train the networks that are asked for, one after the other, each committed when it is done.

What was done stays, whatever ends the rest: the owner, the clock, or a fault in one of them. A network's
files are always new names in ``run.json``, or replace one that counts for nothing any more, so the step
needs not be marked as unfinished while they are written.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

from flows.networks.networks import NAMES, load_network
from flows.networks.result import ADDING, NOTHING_SEEN, TOO_FEW, WORSE, make_result
from flows.work.budget import Budget, find_reason_to_leave
from flows.work.files import list_paths, read_named
from flows.work.materials import Materials
from flows.work.result import WorkResult, write_result
from models.early_stopping import Tell as TellEpoch
from models.errors import ModelsError
from models.layers.room import ROOM
from pipeline.tables.files import write_atomically
from pipeline.tables.journal import commit_step, read_journal
from pipeline.tables.progress import Tell

COMMAND = "almanac learn --all"
STEPS = 100  # of the progress bar, for each network
NOT_YET = f"Not trained yet: {COMMAND}."  # for the page, and whoever gave no time; a budget holds once
VERDICTS = ADDING | {NOTHING_SEEN, TOO_FEW, WORSE}  # of what was trained; what else came is a sentence


class Pace(NamedTuple):
    """How long the networks trained so far took here, and what had been estimated."""

    took: float = 0.0
    estimated: float = 0.0


def train_networks(
    out: Path,
    names: Sequence[str],
    materials: Materials,
    budget: Budget,
    counts: dict[str, Any],
    start: float,
    tell: Tell,
) -> dict[str, Any]:
    """Train ``names`` into ``models/``; ``counts`` are the step's so far, and those after it are returned.

    These say how little time was left for a network; ``run.json`` keeps that it is not trained yet.
    ``start`` is the clock (``time.perf_counter``) at which the budget's time began.
    """
    networks = [load_network(name) for name in names]
    estimates = [network.estimate(materials) for network in networks]
    pace, late = Pace(), dict[str, str]()
    for k, (name, network) in enumerate(zip(names, networks, strict=True)):
        begun = time.perf_counter()
        ends = None if budget.seconds is None else start + budget.seconds
        hear = _tell_epochs(tell, name, k, len(names), partial(_say_left, estimates[k:], pace, ends))
        hear(0, None)
        result, saved = None, None
        why, no_time = None, find_reason_to_leave(estimates[k], begun - start, budget, command=COMMAND)
        if no_time is not None:
            why, late[name] = NOT_YET, no_time
        else:
            try:
                done = network.run(materials, tell=hear)
                result, saved = make_result(network, done), done.saved
            except ModelsError as error:  # the others go on; its words are none of the owner's
                why = f"Not trained, since its numbers went astray: {error.what}."
        seconds = time.perf_counter() - begun
        if saved is not None:
            pace = Pace(pace.took + seconds, pace.estimated + estimates[k])
        counts = _commit(out, name, result, saved, why, counts, seconds)
    ROOM.clear()
    tell("training the networks", STEPS * len(names), STEPS * len(names))
    return {**counts, "networks_left": counts["networks_left"] | late}


def find_left(estimates: Sequence[float], pace: Pace, share: float) -> float:
    """Return how many seconds are left, where a ``share`` of the first network is done."""
    factor = pace.took / pace.estimated if pace.estimated > 0 else 1.0
    return factor * (sum(estimates) - share * estimates[0])


def say_left(seconds: float) -> str:
    """Write the time left in few letters, and no finer than an estimate is: 2 min left."""
    return f"{10 * max(round(seconds / 10), 1)} s left" if seconds < 90 else f"{round(seconds / 60)} min left"


def count_networks(results: Mapping[str, WorkResult]) -> dict[str, int]:
    """Return how many networks have a result, add something, and have none on these tables."""
    return {
        "n_networks": sum(result.too_little is None for result in results.values()),
        "n_adding": sum(result.verdict in ADDING for result in results.values()),
        "n_untrained": len(NAMES) - len(results),
    }


def say_name(name: str) -> str:
    """Write a network's name as words."""
    return name.replace("_", " ")


def _commit(
    out: Path,
    name: str,
    result: WorkResult | None,
    saved: bytes | None,
    why: str | None,
    counts: dict[str, Any],
    seconds: float,
) -> dict[str, Any]:
    """Write what came of one network, and name it in ``run.json``; return the step's counts."""
    record = read_journal(out).steps["learn"]
    model, path = list_paths(out, name)
    files = {out / file for file in record.files if (out / file).is_file()}
    left = {other: reason for other, reason in counts["networks_left"].items() if other != name}
    if result is not None:
        files -= {model, path}
        if saved is not None:
            write_atomically(model, saved)
            files.add(model)
        write_atomically(path, write_result(result))
        files.add(path)
        came = {name: result.too_little or result.verdict}
        counts = {**counts, "networks": {**counts["networks"], **came}}
    counts = {**counts, "networks_left": left if why is None else {**left, name: why}}
    results = {one.name: one for one in read_named(out, NAMES, record)}
    results |= {} if result is None else {name: result}
    counts |= count_networks(results)
    commit_step(
        out, "learn", read=record.read, files=files, seconds=record.seconds + seconds, counts=counts,
        pieces=record.pieces,
    )  # fmt: skip
    return counts


def _tell_epochs(tell: Tell, name: str, k: int, n: int, say_left: Callable[[float], str]) -> TellEpoch:
    def hear(done: int, of: int | None) -> None:
        share = min(done / of, 1.0) if of else 0.0
        epochs = f", epoch {done} of {of}" if of else ""
        which = f"network {k + 1} of {n}, {say_left(share)}"  # first: a narrow terminal cuts the end
        tell(f"{which}, {say_name(name)}{epochs}", STEPS * k + int(STEPS * share), STEPS * n)

    return hear


def _say_left(estimates: Sequence[float], pace: Pace, ends: float | None, share: float) -> str:
    """Say how long these networks will take, of the first of which a ``share`` is done."""
    seconds = find_left(estimates, pace, share)
    return say_left(seconds if ends is None else min(seconds, ends - time.perf_counter()))
