"""The holidays of the sample's invented owner, from the truth that lies beside the sample.

What is a holiday only an owner can say, and this one cannot be asked; so, for the sample alone, the models
are told what was planted. Nothing else of the truth is ever read.
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from flows.sample_place import find_sample
from pipeline.errors import StoreError
from pipeline.settings import FreeSpan
from pipeline.tables.journal import read_journal


def read_holidays(out: Path) -> tuple[FreeSpan, ...]:
    """Return the planted holidays where the sample is all that was taken in, else none.

    Raises ``StoreError`` for a truth that is damaged.
    """
    sample, taken = find_sample(out), [archive.path for archive in read_journal(out).inputs]
    if sample is None or not taken or any(Path(path) != sample for path in taken):
        return ()
    truth = sample.with_suffix(".truth.json")
    try:
        spans = json.loads(truth.read_bytes()).get("holidays", ())
        return tuple(
            FreeSpan(date.fromisoformat(span["first"]), date.fromisoformat(span["last"])) for span in spans
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise StoreError(
            "The sample's truth cannot be read",
            where=str(truth),
            remedy="Remove its folder, and `almanac run --sample` writes the sample again.",
        ) from error
