"""What each hour says for each weekday, to a classifier: its weights as cells, from against to for."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.grids import draw_cells, frame_run
from pipeline.charts.hour_axis import NARROW_TICKS, WIDE_TICKS
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import WEEKDAYS, say_hour

ROW, NARROW_ROW = 27.0, 25.0
NAME, NARROW_NAME = 92.0, 40.0
CLOCK, KEY = 32.0, 40.0
SWATCH = 20.0
ENDS = ("speaks against it", "speaks for it")


def find_weekday_weights_height(narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_weekday_weights`` needs."""
    return 7 * (NARROW_ROW if narrow else ROW) + CLOCK + KEY


def draw_weekday_weights(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw hour and a column a weekday; the largest weight has a red frame."""
    width, _ = open_sheet(ax)
    left, row = (NARROW_NAME, NARROW_ROW) if narrow else (NAME, ROW)
    weights = np.roll(frame[list(WEEKDAYS)].to_numpy(float).T, -first_weekday, axis=0)
    plot = place(ax, left, 0, width - left, 7 * row)
    full = max(float(np.abs(weights).max()), 1e-9)
    draw_cells(plot, weights / full * 4 + 4, theme.diverging, gap_px=1.0 if narrow else 2.0)
    for k in range(7):
        name = WEEKDAYS[(first_weekday + k) % 7]
        write(ax, name[:3] if narrow else name, 0, (k + 0.5) * row, size=13.5, colour=theme.ink, at="left")
    for tick in NARROW_TICKS if narrow else WIDE_TICKS:
        name = f"{tick:02d}" if narrow and tick not in (0, 12) else say_hour(tick)
        write(plot, name, tick + 0.5, 7, size=12.5, colour=theme.muted, shift=(0, -14))
    day, hour = np.unravel_index(int(weights.argmax()), weights.shape)
    frame_run(plot, int(hour), int(day), 1, 1, theme)
    _draw_key(ax, left, 7 * row + CLOCK, theme)
    return plot


def _draw_key(sheet: Axes, x: float, y: float, theme: Theme) -> None:
    against, for_it = ENDS
    wide = len(theme.diverging) * (SWATCH + 1.5)
    end = x + max(wide, measure(f"{against}   {for_it}", 12.5))
    write(sheet, against, x, y + 10, size=12.5, colour=theme.muted, at="left")
    write(sheet, for_it, end, y + 10, size=12.5, colour=theme.muted, at="right")
    pitch = (end - x) / len(theme.diverging)
    for k, colour in enumerate(theme.diverging):
        sheet.add_patch(
            Rectangle((x + pitch * k, y + 20), pitch - 1.5, 10, facecolor=colour, linewidth=0, zorder=2)
        )


def picture_weekday_weights(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw what the hours say for each weekday."""
    return Picture(
        partial(draw_weekday_weights, frame=frame, first_weekday=coverage.first_weekday),
        lambda width, narrow: find_weekday_weights_height(narrow),
    )
