"""Where the days of a calendar stand: rows of a year or half a year, columns of a week."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.charts.rows import iter_rows

LEFT = 64.0  # CSS px for the years' names
PITCH, GAP = 14.0, 2.0  # of squares, at most
HEAD = 24.0  # the months' names
NARROW_NAME = 30.0  # a year's name on a phone, above its first half
BELOW = 26.0  # under a row, where a note may stand
MANY_YEARS = 6  # up to so many every row has that room
CLOSE, NARROW_CLOSE = 14.0, 4.0  # else


class Row(NamedTuple):
    """One row of squares: a year, or on a phone half a year."""

    start: pd.Timestamp
    end: pd.Timestamp  # its last day
    top: float  # of its first square, in CSS pixels
    n_columns: int


def place_days(days: pd.DatetimeIndex, start: pd.Timestamp, first_weekday: int) -> NDArray[np.int64]:
    """Return (n, 2) column and line of days in the row that begins at ``start``."""
    offset = (start.day_of_week - first_weekday) % 7
    since = np.asarray((days - start).days, dtype=np.int64) + offset
    return np.stack([since // 7, since % 7], axis=1)


def lay_out_rows(
    frame: pd.DataFrame, notes: pd.DataFrame, width: float, narrow: bool, first_weekday: int
) -> tuple[list[Row], float, float]:
    """Return the rows, the pitch of their squares and where they end, in CSS pixels.

    A year of which the archive holds no day has no row.
    """
    years = sorted(set(frame.loc[frame["step"].notna(), "date"].dt.year))
    months = ((1, 6), (7, 12)) if narrow else ((1, 12),)
    spans = [
        (pd.Timestamp(year, first, 1), pd.Timestamp(year, last, 1) + pd.offsets.MonthEnd())
        for year in years
        for first, last in months
    ]
    widths = [
        int(place_days(pd.DatetimeIndex([end]), start, first_weekday)[0, 0]) + 1 for start, end in spans
    ]
    pitch = min(PITCH, (width - (0 if narrow else LEFT) + GAP) / max(widths))
    noted = {
        k for k, (start, end) in enumerate(spans) for note in iter_rows(notes) if start <= note.first <= end
    }
    rows: list[Row] = []
    top = 0.0 if narrow else HEAD
    for k, ((start, end), n_columns) in enumerate(zip(spans, widths, strict=True)):
        if narrow:
            top += HEAD + (NARROW_NAME if start.month == 1 else 0)
        rows.append(Row(start, end, top, n_columns))
        top += 7 * pitch - GAP
        if k in noted:
            top += BELOW
        elif k + 1 < len(spans):
            top += NARROW_CLOSE if narrow else BELOW if len(years) <= MANY_YEARS else CLOSE
    return rows, pitch, top


def list_months(row: Row) -> pd.DatetimeIndex:
    """List the first days of a row's months."""
    return pd.date_range(row.start, row.end, freq="MS")
