"""Killed at any moment, a run leaves the tables and the page old or new, and the next run mends the rest."""

from __future__ import annotations

import random
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.slow

# From which state, with which archive (or the sample), to which state; the kills in each step.
REFRESH = {"start": 1, "ingest": 9, "patterns": 5, "learn": 5, "charts": 5, "report": 4}
FIRST = {"start": 5, "ingest": 2, "patterns": 1, "charts": 1}
SAMPLE = {"start": 3}
GIVES_WAY = {"start": 2, "ingest": 2, "patterns": 1, "learn": 1}
KILLS = [
    (name, step, k)
    for name, steps in (("new", REFRESH), ("old", FIRST), ("of_sample", SAMPLE), ("after_sample", GIVES_WAY))
    for step, n in steps.items()
    for k in range(n)
]


def choose_moment(moments: list[tuple[str, str, str, str]], step: str, k: int, name: str) -> int:
    """Draw the ``k``-th moment of a step; the first two are just before and just after its commit."""
    places = [number for number, (at, *_) in enumerate(moments) if at == step]
    commits = [number for number in places if moments[number][1:3] == ("os.rename", "run.json")]
    if k < 2 and commits:
        return commits[-1] + k
    return random.Random(f"{name} {step} {k}").choice(places)


@pytest.mark.parametrize(("name", "step", "k"), KILLS)
def test_killed_at_a_seeded_moment(
    name: str, step: str, k: int, mortal: Any, states: Any, checks: Any, tmp_path: Path
) -> None:
    wanted, moments = states.find(name)
    out = states.copy_before(name, tmp_path / "out")
    killed = mortal.run(out, states.word(name), at=choose_moment(moments, step, k, name))
    assert killed.status == -signal.SIGKILL, killed.said
    checks.old_or_new(out, [states.before(name), wanted])
    ended = mortal.run(out, states.word(name))
    assert ended.status == 0, ended.said
    checks.mended(out, wanted)
    shutil.rmtree(out)
