"""What a run did, for ``run.json`` and in words for its owner: what was new, made, kept and learned.

Nothing here is made of the owner's text.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flows.progress import Watcher
from pipeline.tables.journal import commit_journal, read_journal
from pipeline.tables.lock import hold_lock
from pipeline.tables.run_lines import LastRun

LEAST = "next_day"  # the model whose networks take the least, and as much as it does
AGAIN = "started again: "  # how the word of a model begins that could not go on; the reason follows


def record_run(out: Path, watcher: Watcher) -> None:
    """Write into ``run.json`` what the steps that ``watcher`` saw did; nothing where all was up to date."""
    steps = {
        step: "fresh" if getattr(counts, "nothing_new", False) else "made"
        for step, counts in watcher.done.items()
        if counts is not None  # what is no step, as Prefect's start, counts nothing
    }
    if "made" not in steps.values():
        return
    taken_in = watcher.done.get("ingest")
    last = LastRun(
        ended=datetime.now(UTC).isoformat(timespec="seconds"),
        new_parts=tuple(getattr(taken_in, "parts", ())),
        new_rows=getattr(taken_in, "new_rows", 0),
        steps=steps,
        seconds={step: round(watcher.seconds[step], 3) for step in steps},
        learners=dict(getattr(watcher.done.get("learn"), "started", {})),
    )
    with hold_lock(out):
        commit_journal(out, replace(read_journal(out), last=last))


def describe_steps(done: Mapping[str, Any]) -> list[str]:
    """Write how each model began, and how many pictures were drawn again; ``done``: each step's counts."""
    lines = describe_learners(done.get("learn"))
    charts: Any = done.get("charts")
    if getattr(charts, "n_kept", 0):
        lines.append(f"Pictures: {charts.n_drawn:,} drawn, {charts.n_kept:,} kept as they were.")
    if getattr(done.get("report"), "kept", False):
        lines.append("The page is as it was: nothing that it shows has changed.")
    return lines


def describe_learners(counts: Any) -> list[str]:
    """Write a line a model: how it began, how far the one that goes on went, what it lacks."""
    from pipeline.patterns.wording import join_and

    lines, too_little, lacking = [], getattr(counts, "too_little", {}), dict[str, list[str]]()
    for name, started in getattr(counts, "started", {}).items():
        if name in too_little:
            lacking.setdefault(too_little[name], []).append(name.replace("_", " "))
            continue
        hours = ""
        if name == "next_hour" and counts.n_hours_learned:
            more = " more" if started == "went on" else ""
            hours = f" ({counts.n_hours_learned:,} hours{more})"
        elif started == "went on":
            hours = " (nothing new to learn)"
        lines.append(f"The model {name.replace('_', ' ')}{_say_start(started)}{hours}.")
    for why, names in lacking.items():
        models = "model" if len(names) == 1 else "models"
        lines.append(f"The {models} {join_and(names)}: {why[0].lower()}{why[1:]}")
    left = getattr(counts, "left", {}).items()
    lines += [f"The model {name.replace('_', ' ')}: {why[0].lower()}{why[1:]}" for name, why in left]
    return lines + _describe_networks(counts)


def _describe_networks(counts: Any) -> list[str]:
    """Write what came of the networks that were asked for, or one line for all that were not."""
    from flows.networks.networks import say_untrained

    said = {**getattr(counts, "networks", {}), **getattr(counts, "networks_left", {})}
    if said:
        return _list_networks(said)
    n_waiting = getattr(counts, "n_untrained", 0)
    if n_waiting == 0 or LEAST in getattr(counts, "too_little", {}):  # they lack data too
        return []
    return [say_untrained(n_waiting)]


def _list_networks(said: Mapping[str, str]) -> list[str]:
    """Write a line a network that was trained, with its name on the page; of the others one a reason."""
    from flows.networks import networks
    from flows.networks.training import VERDICTS, say_name
    from pipeline.patterns.wording import join_and

    lines, lacking = [], dict[str, list[str]]()
    for name, what in said.items():
        if what in VERDICTS:
            title = networks.load_network(name).network_name
            lines.append(f"The network {say_name(name)} ({title}): {what}.")
        else:
            lacking.setdefault(what, []).append(say_name(name))
    for why, names in lacking.items():
        nets = "network" if len(names) == 1 else "networks"
        lines.append(f"The {nets} {join_and(names)}: {why[0].lower()}{why[1:].removesuffix('.')}.")
    return lines


def _say_start(started: str) -> str:
    how, _, why = started.partition(AGAIN)
    return f" learned again from the start, since {why}" if why and not how else f": {started}"
