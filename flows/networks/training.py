"""Train the networks that are asked for, one after the other, each committed when it is done.

What was done stays, whatever ends the rest: the owner, the clock, or a fault in one of them. A network's
files are always new names in ``run.json``, or replace one that counts for nothing any more, so the step
needs not be marked as unfinished while they are written.
"""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from flows.networks.networks import NAMES, load_network
from flows.networks.result import ADDING, make_result
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

    ``start`` is the clock (``time.perf_counter``) at which the budget's time began.
    """
    for k, name in enumerate(names):
        network, begun = load_network(name), time.perf_counter()
        hear = _tell_epochs(tell, name, k, len(names))
        hear(0, None)
        result, saved = None, None
        why = find_reason_to_leave(network.estimate(materials), begun - start, budget, command=COMMAND)
        if why is None:
            try:
                done = network.run(materials, tell=hear)
                result, saved = make_result(network, done), done.saved
            except ModelsError as error:  # the others go on; its words are none of the owner's
                why = f"Not trained, since its numbers went astray: {error.what}."
        counts = _commit(out, name, result, saved, why, counts, time.perf_counter() - begun)
    ROOM.clear()
    tell("training the networks", STEPS * len(names), STEPS * len(names))
    return counts


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


def _tell_epochs(tell: Tell, name: str, k: int, n: int) -> TellEpoch:
    def hear(done: int, of: int | None) -> None:
        share = min(done / of, 1.0) if of else 0.0
        epochs = f", epoch {done} of {of}" if of else ""
        which = f"network {k + 1} of {n}"  # first: a narrow terminal cuts the end
        tell(f"{which}{epochs}, {say_name(name)}", STEPS * k + int(STEPS * share), STEPS * n)

    return hear
