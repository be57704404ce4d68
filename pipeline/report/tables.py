"""The table behind a picture, as rows of text."""

from __future__ import annotations

from datetime import date
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from pipeline.patterns.wording import WEEKDAYS, begin, say_count
from pipeline.report.columns import NOTHING, is_number, is_text, name_column, say_value

MOST_ROWS = 600
MOST_BESIDE = 2  # columns that stand beside each other on a phone; a row of more becomes a block


class Cell(NamedTuple):
    """One cell or heading: its text, whether it is aligned as a number, and whether the owner wrote it.

    ``key`` is the number by which its column is sorted where the text would not do; '' sorts last.
    """

    text: str
    number: bool = False
    owner: bool = False
    key: str | None = None


class Table(NamedTuple):
    """Headings, rows, what to say of the rows that are left out, and which of several tables it is."""

    headings: tuple[Cell, ...]
    rows: tuple[tuple[Cell, ...], ...]
    rest: str = ""
    caption: str = ""

    @property
    def sortable(self) -> bool:
        """Say whether all its rows are here, and more than one; one of several tables keeps its order."""
        return not self.rest and not self.caption and len(self.rows) > 1

    @property
    def blocks(self) -> bool:
        """Say whether its rows become blocks on a phone."""
        return len(self.headings) > MOST_BESIDE


def lay_out_table(frame: pd.DataFrame, name: str = "") -> Table:
    """Return a frame as text, at most 600 rows of it; ``name``: as ``columns`` calls the table."""
    columns = [str(column) for column in frame.columns]
    numbers = [is_number(column) and pd.api.types.is_numeric_dtype(frame[column]) for column in columns]
    kinds = list(zip(columns, numbers, strict=True))
    headings = tuple(Cell(name_column(column, name), number) for column, number in kinds)
    rows = tuple(
        tuple(
            _write_cell(value, column, number, name)
            for value, (column, number) in zip(row, kinds, strict=True)
        )
        for row in frame.head(MOST_ROWS).itertuples(index=False)
    )
    hidden = len(frame) - len(rows)
    return Table(headings, rows, f"And {say_count(hidden)} more rows, in the CSV." if hidden > 0 else "")


def _write_cell(value: Any, column: str, number: bool, table: str) -> Cell:
    text, key = say_value(value, column, table), _find_key(value)
    return Cell(text, number, is_text(column), None if key == text else key)


def _find_key(value: Any) -> str | None:
    """Return a number or a date as a number to sort by, ``None`` for a text, '' for nothing."""
    if value is None or value is pd.NaT or value != value:
        return ""
    if isinstance(value, date):
        return str(int(pd.Timestamp(value).timestamp()))
    if isinstance(value, int | float | np.number | np.bool_):
        return f"{float(value):.7g}"
    return None


def turn_week(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn the 168 hours of a week into a row an hour and a column a weekday; leave other frames alone."""
    if not {"weekday", "hour", "per_week"} <= set(frame.columns):
        return frame
    return _turn(frame, "per_week")


def lay_out_weeks(frame: pd.DataFrame, name: str) -> list[Table]:
    """Return a table for each week and each of its values, of a frame that has the 168 hours of several.

    What stands before weekday and hour says which week it is, what stands behind them are its values. Rows
    keep their order: a week of maps may begin its days at another hour than at midnight.
    """
    columns = [str(column) for column in frame.columns]
    place = columns.index("weekday")
    values = columns[place + 2 :]
    tables = []
    for _, week in frame.groupby(columns[:place], sort=False, dropna=False):
        said = [say_value(week[column].iloc[0], column, name) for column in columns[:place]]
        for value in values:
            parts = [part for part in said if part != NOTHING]
            parts += [name_column(value, name)] if len(values) > 1 else []
            turned = _turn(week, value).set_index("hour").loc[week["hour"].unique()].reset_index()
            tables.append(lay_out_table(turned, name)._replace(caption=begin(", ".join(parts))))
    return tables


def _turn(frame: pd.DataFrame, value: str) -> pd.DataFrame:
    turned = frame.pivot(index="hour", columns="weekday", values=value).reset_index()
    return turned.rename(columns=dict(enumerate(WEEKDAYS)))
