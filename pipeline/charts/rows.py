"""The rows of a small table, one record each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pandas as pd


def iter_rows(frame: pd.DataFrame) -> Iterator[Any]:
    """Yield each row as a named tuple; pandas types its fields as all that they could be."""
    yield from frame.itertuples(index=False)
