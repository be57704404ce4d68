"""What a piece of model work hands back to the step that writes it."""

from __future__ import annotations

from typing import NamedTuple

from flows.work.result import WorkResult


class WorkDone(NamedTuple):
    """A result, the model's file (``None``: there is too little to learn from), and how it began."""

    result: WorkResult
    saved: bytes | None
    n_learned: int  # rows learned by this run
    started: str  # "new", "went on", or "started again: …" with the reason
