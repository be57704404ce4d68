"""A small table as a file to save, carried inside the page as a ``data:`` link."""

from __future__ import annotations

import csv
from io import StringIO
from typing import Any
from urllib.parse import quote

import pandas as pd

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


def write_csv(frame: pd.DataFrame) -> str:
    """Return the frame as CSV; text that a spreadsheet would take for a formula begins with an apostrophe."""
    out = StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(frame.columns)
    for row in frame.itertuples(index=False):
        writer.writerow([_defuse(value) for value in row])
    return out.getvalue()


def link_csv(frame: pd.DataFrame) -> str:
    """Return the ``data:`` address of the CSV, with the byte order mark that spreadsheets look for."""
    return "data:text/csv;charset=utf-8," + quote("\ufeff" + write_csv(frame))


def _defuse(value: Any) -> Any:
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA_STARTS) else value
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat() if value == value.normalize() else value.isoformat(sep=" ")
    return "" if value is None or value != value else value
