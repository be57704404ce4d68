"""Stands for ``person_child.py`` in tests: the real tables and patterns, and nothing after them.

The first process of a person whose name says so stops between the two, so that a test can kill what holds it.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

sys.path.append(str(Path(__file__).parents[2]))

import flows.plan
from flows.person_child import main

QUERY = "cheap flights to mars"
load_real_step = flows.plan.load_step


def load_step(step: str) -> Callable[..., Any]:
    def function(*inputs: Any, tell: Callable[[str, int, int | None], None]) -> Any:
        out = inputs[-1].out
        if step == "patterns" and "sleeps" in out.name and not (out.parent / "slept").exists():
            (out.parent / f"{out.name}.pid").write_text(str(os.getpid()))
            (out.parent / "slept").touch()
            time.sleep(600)
        if step == "patterns" and "fails" in out.name:
            raise ValueError(QUERY)
        if step in ("ingest", "patterns"):
            return load_real_step(step)(*inputs, tell=tell)
        return SimpleNamespace()

    return function


flows.plan.load_step = load_step
main()
