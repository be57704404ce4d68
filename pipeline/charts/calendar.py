"""The calendar: a square a day, a column a week, a row a year; on a phone half a year a row.

Days before the first and after the last stand as faint outlines; days inside the span that the archive
does not hold are outlined and struck through. A thin line runs around free days that the settings give;
the stretch that the headline speaks of is framed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from pipeline.charts.boxes import draw_rule, open_sheet
from pipeline.charts.calendar_months import draw_calendar_months, find_months_height
from pipeline.charts.calendar_rows import (
    GAP,
    HEAD,
    LEFT,
    NARROW_NAME,
    Row,
    lay_out_rows,
    list_months,
    place_days,
)
from pipeline.charts.day_squares import (
    draw_free,
    draw_key,
    draw_outlines,
    draw_squares,
    find_key_height,
    frame_squares,
    is_free,
    lay_out_key,
    list_free_runs,
    list_signs,
    trace_days,
)
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.calendar import FEW_DAYS
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import MONTHS, say_count

ALONE_WIDTH = 862.0
NOTE_PX = 13.0
BEFORE_KEY = 18.0


def find_calendar_height(
    frame: pd.DataFrame,
    limits: pd.DataFrame,
    notes: pd.DataFrame,
    width: float,
    *,
    nouns: str = "searches",
    narrow: bool = False,
    first_weekday: int = 0,
) -> float:
    """Return the height in CSS pixels that ``draw_calendar`` needs."""
    rows, _, bottom = lay_out_rows(frame, notes, width, narrow, first_weekday)
    key = lay_out_key(limits, nouns, width - (0 if narrow else LEFT), _list_signs(frame, rows))
    return bottom + BEFORE_KEY + find_key_height(key) + (0.0 if narrow else 4.0)


def draw_calendar(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    limits: pd.DataFrame,
    notes: pd.DataFrame,
    mark: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    nouns: str = "searches",
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_calendar`` (date, searches, covered, step); ``mark`` is the framed first and last day.

    ``limits`` has step, low, high; ``notes`` first, last, note, of which those that touch the framed days
    are red.
    """
    width, _ = open_sheet(ax)
    rows, pitch, bottom = lay_out_rows(frame, notes, width, narrow, first_weekday)
    left = 0.0 if narrow else LEFT
    _draw_days(ax, frame, rows, left, pitch, first_weekday, theme)
    totals = frame.groupby(frame["date"].dt.year)["searches"].sum()
    for k, row in enumerate(rows):
        _draw_month_steps(ax, row, left, pitch, first_weekday, theme)
        _draw_free_days(ax, frame, row, left, pitch, first_weekday, theme)
        _name_row(ax, row, int(totals[row.start.year]), pitch, width, narrow, theme)
        if narrow or k == 0:
            _name_months(ax, row, left, pitch, first_weekday, theme)
        if mark is not None:
            _frame_days(ax, row, mark, left, pitch, first_weekday, theme)
        _write_notes(ax, row, notes, mark, left, pitch, width, first_weekday, theme)
    key = lay_out_key(limits, nouns, width - left, _list_signs(frame, rows))
    draw_key(ax, key, left, bottom + BEFORE_KEY, theme)
    return ax


def _list_signs(frame: pd.DataFrame, rows: list[Row]) -> tuple[str, ...]:
    return list_signs(frame, rows[0].start, rows[-1].end)


def _draw_days(
    ax: Axes,
    frame: pd.DataFrame,
    rows: list[Row],
    left: float,
    pitch: float,
    first_weekday: int,
    theme: Theme,
) -> None:
    shown = [pd.date_range(row.start, row.end) for row in rows]
    corners = np.concatenate(
        [
            place_days(days, row.start, first_weekday) * pitch + (left, row.top)
            for days, row in zip(shown, rows, strict=True)
        ]
    )
    whole = pd.DatetimeIndex(np.concatenate([days.to_numpy() for days in shown]))
    at = pd.DatetimeIndex(frame["date"]).get_indexer(whole)
    outside = at < 0
    steps = np.where(outside, np.nan, frame["step"].to_numpy(dtype=float)[at])
    side = (pitch - GAP, pitch - GAP)
    draw_squares(ax, corners, steps, side, theme)
    draw_outlines(ax, corners[outside], side, theme, struck=False)
    draw_outlines(ax, corners[~outside & np.isnan(steps)], side, theme, struck=True)


def _draw_month_steps(
    ax: Axes, row: Row, left: float, pitch: float, first_weekday: int, theme: Theme
) -> None:
    """Draw the line between two months, a step where a month does not end with its week."""
    foot = row.top + 7 * pitch
    vertices: list[tuple[float, float]] = []
    codes: list[int] = []
    for column, line in place_days(list_months(row)[1:], row.start, first_weekday):
        x, y = left + column * pitch - GAP / 2, row.top + line * pitch - GAP / 2
        step = [(x, foot)] if line == 0 else [(x + pitch, y), (x, y), (x, foot)]
        vertices += [(step[0][0] if line else x, row.top - 4), *step]
        codes += [int(Path.MOVETO), *[int(Path.LINETO)] * len(step)]
    path = Path(np.round(vertices, 3), codes)
    ax.add_patch(
        PathPatch(path, facecolor="none", edgecolor=theme.axis, linewidth=PT, zorder=1.2, label="months")
    )


def _name_months(ax: Axes, row: Row, left: float, pitch: float, first_weekday: int, theme: Theme) -> None:
    """Name each month over the first column that begins in it."""
    months = list_months(row)
    for month, (column, line) in zip(months, place_days(months, row.start, first_weekday), strict=True):
        x = left + (column + (1 if line else 0)) * pitch
        write(ax, MONTHS[month.month - 1][:3], x, row.top - 13, size=12.5, colour=theme.muted, at="left")


def _name_row(ax: Axes, row: Row, total: int, pitch: float, width: float, narrow: bool, theme: Theme) -> None:
    year, count = str(row.start.year), say_count(total)
    if not narrow:
        middle = row.top + 3.5 * pitch - GAP / 2
        write(ax, year, 0, middle - 10, size=20, colour=theme.ink, serif=True, semibold=True, at="left")
        write(ax, count, 0, middle + 11, size=12.5, colour=theme.muted, at="left")
    elif row.start.month == 1:
        y = row.top - HEAD - NARROW_NAME / 2 + 4
        write(ax, year, 0, y, size=18, colour=theme.ink, serif=True, semibold=True, at="left")
        write(ax, count, width, y, size=12.5, colour=theme.muted, at="right")


def _frame_days(
    ax: Axes,
    row: Row,
    mark: tuple[pd.Timestamp, pd.Timestamp],
    left: float,
    pitch: float,
    first_weekday: int,
    theme: Theme,
) -> None:
    """Frame the marked days that stand in a row, along the steps of their first and last week."""
    first, last = max(mark[0], row.start), min(mark[1], row.end)
    if first > last:
        return
    for loop in trace_days(*place_days(pd.DatetimeIndex([first, last]), row.start, first_weekday)):
        frame_squares(ax, loop * pitch + (left - GAP / 2, row.top - GAP / 2), theme)


def _draw_free_days(
    ax: Axes, frame: pd.DataFrame, row: Row, left: float, pitch: float, first_weekday: int, theme: Theme
) -> None:
    inside = frame[(frame["date"] >= row.start) & (frame["date"] <= row.end)]
    dates = pd.DatetimeIndex(inside["date"])
    loops = [
        loop * pitch + (left - GAP / 2, row.top - GAP / 2)
        for first, last in list_free_runs(is_free(inside))
        for loop in trace_days(*place_days(dates[[first, last]], row.start, first_weekday))
    ]
    draw_free(ax, loops, theme)


def _write_notes(
    ax: Axes,
    row: Row,
    notes: pd.DataFrame,
    mark: tuple[pd.Timestamp, pd.Timestamp] | None,
    left: float,
    pitch: float,
    width: float,
    first_weekday: int,
    theme: Theme,
) -> None:
    """Write the notes that begin in a row under their days; the marked one first, then the longest."""
    foot = row.top + 7 * pitch - GAP
    taken: list[tuple[float, float]] = []
    here = [note for note in iter_rows(notes) if row.start <= note.first <= row.end]
    for note in sorted(here, key=lambda note: (not _touches(note, mark), note.first - note.last)):
        red = _touches(note, mark)
        ends = pd.DatetimeIndex([note.first, min(note.last, row.end)])
        columns = place_days(ends, row.start, first_weekday)[:, 0]
        start, end = left + columns[0] * pitch, left + (columns[1] + 1) * pitch - GAP
        long = measure(note.note, NOTE_PX, semibold=red)
        x = max(0.0, min((start + end - long) / 2 if end - start > long else start, width - long))
        if any(x < other_end + 12 and other < x + long + 12 for other, other_end in taken):
            continue
        taken.append((x, x + long))
        colour = theme.mark if red else theme.muted
        if not red:  # the frame shows the marked days
            draw_rule(ax, (start, end), (foot + 4.5, foot + 4.5), colour, px=1.2, layer=2)
        write(ax, note.note, x, foot + 15, size=NOTE_PX, colour=colour, semibold=red, at="left")


def _touches(note: Any, mark: tuple[pd.Timestamp, pd.Timestamp] | None) -> bool:
    return mark is not None and bool(note.first <= mark[1] and mark[0] <= note.last)


def picture_calendar(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw ``find_calendar``'s answer."""
    frame, limits, notes = answer.frame, answer.frames["limits"], answer.frames["notes"]
    if len(frame) == 0:
        return None
    nouns, first_weekday = coverage.nouns, coverage.first_weekday
    if len(frame) <= FEW_DAYS:
        few = partial(
            draw_calendar_months, frame=frame, limits=limits, nouns=nouns, first_weekday=first_weekday
        )
        return Picture(
            few, lambda width, narrow: find_months_height(frame, limits, width, nouns=nouns, narrow=narrow)
        )
    dates = [pd.Timestamp(str(day)) for day in answer.finding.mark]
    draw = partial(
        draw_calendar,
        frame=frame,
        limits=limits,
        notes=notes,
        mark=(dates[0], dates[-1]) if dates else None,
        nouns=nouns,
        first_weekday=first_weekday,
    )

    def find_height(width: float, narrow: bool) -> float:
        return find_calendar_height(
            frame, limits, notes, width, nouns=nouns, narrow=narrow, first_weekday=first_weekday
        )

    return Picture(draw, find_height, ALONE_WIDTH)
