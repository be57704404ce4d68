"""The holidays of the sample's invented owner, from the truth that lies beside the sample.

What is a holiday only an owner can say, and this one cannot be asked; so, for the sample alone, the models
are told what was planted. Nothing else of the truth is ever read.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from flows.sample_place import find_sample
from pipeline.settings import FreeSpan
from pipeline.tables.journal import read_journal


def read_holidays(out: Path) -> tuple[FreeSpan, ...]:
    """Return the planted holidays where the sample is all that was taken in, else none."""
    sample, taken = find_sample(out), [archive.path for archive in read_journal(out).inputs]
    if sample is None or not taken or any(Path(path) != sample for path in taken):
        return ()
    truth = json.loads(sample.with_suffix(".truth.json").read_text("utf-8"))
    return tuple(
        FreeSpan(date.fromisoformat(span["first"]), date.fromisoformat(span["last"]))
        for span in truth.get("holidays", ())
    )
