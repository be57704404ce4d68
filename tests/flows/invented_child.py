"""Stands for ``person_child.py`` in tests: a real process with invented steps, which the person's name rules.

It writes its pid beside the person's folder first, so that a test can see that it is at work, or gone.
"""

from __future__ import annotations

import os
import signal
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


def load_step(step: str) -> Callable[..., Any]:
    def function(*inputs: Any, tell: Callable[[str, int, int | None], None]) -> SimpleNamespace:
        out = inputs[-1].out
        if step == "ingest":
            (out.parent / f"{out.name}.pid").write_text(str(os.getpid()))
            print(QUERY, file=sys.stderr, flush=True)
            if "fails" in out.name:
                raise ValueError(QUERY)
            if "dies" in out.name:
                os.kill(os.getpid(), signal.SIGKILL)
            if "leaves" in out.name:
                os._exit(3)
            if "sleeps" in out.name and not (out / "slept").exists():
                (out / "slept").touch()
                time.sleep(600)
        return SimpleNamespace(rows=7, new_rows=3, parts=())

    return function


flows.plan.load_step = load_step
main()
