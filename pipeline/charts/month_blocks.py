"""A month as on a wall: seven columns, its dates in squares of seven classes, Sunday's initial red."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.calendar_rows import GAP, place_days
from pipeline.charts.day_squares import (
    draw_free,
    draw_outlines,
    draw_squares,
    frame_squares,
    is_free,
    list_free_runs,
    trace_days,
)
from pipeline.charts.lettering import write
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import MONTHS, WEEKDAYS, say_count

HEAD = 42.0  # CSS px above the first line: the month's name, the weekdays' initials
MOST_LINES = 6
DARK_FROM = 4  # the class from which on dates are written in the paper's colour
SUNDAY = 6


def find_month_height(pitch: float) -> float:
    """Return the height in CSS pixels of a month with six lines of days."""
    return HEAD + MOST_LINES * pitch - GAP


def draw_month(
    sheet: Axes,
    month: pd.Timestamp,
    days: pd.DataFrame,
    left: float,
    top: float,
    pitch: float,
    *,
    busiest: pd.Timestamp | None = None,
    first_weekday: int = 0,
    theme: Theme,
) -> None:
    """Draw one month on a sheet counted in CSS pixels; ``days`` has date, searches, step of any span.

    Days outside the span stand in outline with their date, days that the archive does not hold are struck
    through and have none; a thin line runs around free days.
    """
    whole = pd.date_range(month, month + pd.offsets.MonthEnd(), freq="D")
    at = pd.DatetimeIndex(days["date"]).get_indexer(whole)
    outside = at < 0
    held = days["step"].to_numpy(dtype=np.float64)[at]
    steps = np.asarray(np.where(outside, np.nan, held), dtype=np.float64)
    total = int(days["searches"].to_numpy()[at[~outside]].sum())
    spots = place_days(whole, month, first_weekday)
    corners = spots[:, ::-1] * pitch + (left, top + HEAD)
    side = (pitch - GAP, pitch - GAP)
    right = left + 7 * pitch - GAP
    write(
        sheet, MONTHS[month.month - 1], left, top + 9, size=16, colour=theme.ink, serif=True, semibold=True,
        at="left",
    )  # fmt: skip
    if not outside.all():
        write(sheet, say_count(total), right, top + 9, size=12.5, colour=theme.muted, at="right")
    for k in range(7):
        weekday = (first_weekday + k) % 7
        colour = theme.mark if weekday == SUNDAY else theme.muted
        centre = left + k * pitch + side[0] / 2
        write(sheet, WEEKDAYS[weekday][0], centre, top + 30, size=11.5, colour=colour)
    draw_squares(sheet, corners, steps, side, theme)
    draw_outlines(sheet, corners[outside], side, theme, struck=False)
    draw_outlines(sheet, corners[~outside & np.isnan(steps)], side, theme, struck=True)
    loops = [
        loop[:, ::-1] * pitch + (left - GAP / 2, top + HEAD - GAP / 2)
        for first, last in list_free_runs(~outside & is_free(days)[at])
        for loop in trace_days(spots[first], spots[last])
    ]
    draw_free(sheet, loops, theme)
    for k, day in enumerate(whole):
        if not outside[k] and np.isnan(steps[k]):
            continue
        colour = theme.muted if outside[k] else theme.bg if steps[k] >= DARK_FROM else theme.ink
        x, y = corners[k] + np.array(side) / 2
        write(sheet, str(day.day), x, y, size=11, colour=colour)
        if day == busiest:
            turns = np.array([(0, 0), (1, 0), (1, 1), (0, 1)]) * pitch - GAP / 2
            frame_squares(sheet, corners[k] + turns, theme)
