"""The table behind a picture, as rows of text."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd

from pipeline.patterns.wording import WEEKDAYS, say_count
from pipeline.report.columns import is_number, is_text, name_column, say_value

MOST_ROWS = 600


class Cell(NamedTuple):
    """One cell or heading: its text, whether it is aligned as a number, and whether the owner wrote it."""

    text: str
    number: bool = False
    owner: bool = False


class Table(NamedTuple):
    """Headings, rows, and what to say of the rows that are left out."""

    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rest: str = ""


def lay_out_table(frame: pd.DataFrame, name: str = "") -> Table:
    """Return a frame as text, at most 600 rows of it; ``name``: as ``columns`` calls the table."""
    columns = [str(column) for column in frame.columns]
    numbers = [is_number(column) and pd.api.types.is_numeric_dtype(frame[column]) for column in columns]
    kinds = list(zip(columns, numbers, strict=True))
    headings = tuple(Cell(name_column(column, name), number) for column, number in kinds)
    rows = tuple(
        tuple(
            Cell(say_value(value, column, name), number, is_text(column))
            for value, (column, number) in zip(row, kinds, strict=True)
        )
        for row in frame.head(MOST_ROWS).itertuples(index=False)
    )
    hidden = len(frame) - len(rows)
    return Table(headings, rows, f"And {say_count(hidden)} more rows, in the CSV." if hidden > 0 else "")


def turn_week(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn the 168 hours of a week into a row an hour and a column a weekday; leave other frames alone."""
    if not {"weekday", "hour", "per_week"} <= set(frame.columns):
        return frame
    turned = frame.pivot(index="hour", columns="weekday", values="per_week").reset_index()
    return turned.rename(columns=dict(enumerate(WEEKDAYS)))
