"""Small maps of the week, of differences or of counts, with their heads, clock and key; several to a row."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from pipeline.charts.boxes import place
from pipeline.charts.grids import draw_cells
from pipeline.charts.lettering import measure, write
from pipeline.charts.tokens import Theme
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.wording import WEEKDAYS

CELL, NARROW_CELL = 16.0, 13.0  # px high
HEAD, CLOCK = 48.0, 26.0  # px above and below a map
NAMES = 36.0  # px left of the first map of a row
BETWEEN, NARROW_BETWEEN = 22.0, 14.0
A_ROW, NARROW_A_ROW = 4, 2
KEY = 40.0
SWATCH = 20.0
FULL_QUANTILE = 0.99
GAP = 1.0
NAMED_ROWS = (0, 3, 6)

Floats = NDArray[np.float64]


class WeekMap(NamedTuple):
    """One map and what stands over it."""

    title: str
    caption: str
    values: Floats  # (7 weekdays, 24 hours from 04:00)
    number: str = ""  # in the mark colour, before the title
    is_marked: bool = False  # the title too


def find_maps_height(
    n_maps: int, narrow: bool, *, a_row: int = A_ROW, narrow_a_row: int = NARROW_A_ROW
) -> float:
    """Return the height in CSS pixels of all rows of maps and the key."""
    if n_maps == 0:
        return 0.0
    n_rows = -(-n_maps // (narrow_a_row if narrow else a_row))
    return n_rows * (HEAD + 7 * (NARROW_CELL if narrow else CELL) + CLOCK) + KEY


def draw_maps(
    sheet: Axes,
    top: float,
    width: float,
    maps: list[WeekMap],
    *,
    ends: tuple[str, str],
    first_weekday: int = 0,
    theme: Theme,
    narrow: bool,
    a_row: int = A_ROW,
    narrow_a_row: int = NARROW_A_ROW,
    counts: bool = False,
) -> None:
    """Draw the maps on one scale from ``top`` down, and the key with the names of its two ``ends``.

    Values are differences in the diverging colours, or ``counts`` from 0 on in the sequential ones.
    """
    colours = theme.sequential if counts else theme.diverging
    height = find_maps_height(len(maps), narrow, a_row=a_row, narrow_a_row=narrow_a_row)
    a_row, between = (narrow_a_row, NARROW_BETWEEN) if narrow else (a_row, BETWEEN)
    cell = NARROW_CELL if narrow else CELL
    wide = (width - NAMES - between * (a_row - 1)) / a_row
    full = max(float(np.quantile(np.abs([one.values for one in maps]), FULL_QUANTILE)), 1e-9)
    for k, one in enumerate(maps):
        row, column = divmod(k, a_row)
        x = NAMES + column * (wide + between)
        y = top + row * (HEAD + 7 * cell + CLOCK)
        _write_head(sheet, x, y, one, theme, narrow)
        plot = place(sheet, x, y + HEAD, wide, 7 * cell)
        plot.set_label(one.title)
        values = np.roll(one.values, -first_weekday, axis=0) / full
        draw_cells(plot, values * 8 if counts else values * 4 + 4, colours, gap_px=GAP)
        _name_hours(plot, theme)
        if column == 0:
            for j in NAMED_ROWS:
                name = WEEKDAYS[(first_weekday + j) % 7][:3]
                write(
                    plot, name, 0, j + 0.5, on="y", size=12.5, colour=theme.muted, at="right", shift=(-7, 0)
                )
    _draw_key(sheet, NAMES, top + height - KEY, ends, colours, theme)


def _write_head(sheet: Axes, x: float, y: float, one: WeekMap, theme: Theme, narrow: bool) -> None:
    size = 13.5 if narrow else 14.0
    after = x
    if one.number:
        write(sheet, one.number, x, y + 12, size=size, colour=theme.mark, semibold=True, at="left")
        after = x + measure(one.number, size, semibold=True) + 8
    colour = theme.mark if one.is_marked else theme.ink
    write(sheet, one.title, after, y + 12, size=size, colour=colour, semibold=True, at="left")
    caption = 12.0 if narrow else 13.0
    write(sheet, one.caption, x, y + 32, size=caption, colour=theme.muted, at="left")


def _name_hours(plot: Axes, theme: Theme) -> None:
    names: list[tuple[int, str, Literal["left", "center"]]] = [
        (FIRST_HOUR, "04", "left"),
        (12, "noon", "center"),
        (24, "midn.", "center"),
    ]
    for hour, name, at in names:
        write(plot, name, hour - FIRST_HOUR, 7, size=12, colour=theme.muted, at=at, shift=(0, -13))


def _draw_key(
    sheet: Axes, x: float, y: float, ends: tuple[str, str], colours: Sequence[str], theme: Theme
) -> None:
    less, more = ends
    wide = len(colours) * (SWATCH + 1.5)
    write(sheet, less, x, y + 12, size=12.5, colour=theme.muted, at="left")
    end = x + max(wide, measure(f"{less}   {more}", 12.5))
    write(sheet, more, end, y + 12, size=12.5, colour=theme.muted, at="right")
    for k, colour in enumerate(colours):
        sheet.add_patch(
            Rectangle((x + (SWATCH + 1.5) * k, y + 22), SWATCH, 10, facecolor=colour, linewidth=0, zorder=2)
        )
