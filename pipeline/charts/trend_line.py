"""A straight line through the days: months as dots, the line in red, dashed where it was drawn on."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import choose_ticks, find_top
from pipeline.charts.style import PT
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage

HEIGHT, NARROW_HEIGHT = 286.0, 236.0
HEAD, FOOT, LEFT = 38.0, 28.0, 34.0
MIDDLE = 15.2  # days into a month


def find_trend_line_height(narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_trend_line`` needs."""
    return NARROW_HEIGHT if narrow else HEIGHT


def draw_trend_line(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    nouns: str = "searches",
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw the months (year, month) in order: what ``came`` a day, and the ``line``; ``ahead``: drawn on."""
    width, height = open_sheet(ax)
    starts = pd.to_datetime({"year": frame["year"], "month": frame["month"], "day": 1})
    middle = np.array([day_number(start) for start in starts]) + MIDDLE
    came, line = (frame[name].to_numpy(float) for name in ("came", "line"))
    write(ax, f"{nouns} a day", 0, 9, size=13, colour=theme.muted, at="left")
    write(ax, "dots: months; dashed: drawn on", width, 9, size=13, colour=theme.muted, at="right")
    plot = place(ax, LEFT, HEAD, width - LEFT, height - HEAD - FOOT)
    plot.set_label("months")
    plot.set_xlim(middle[0] - MIDDLE, middle[-1] + MIDDLE)
    plot.set_ylim(0, find_top(np.concatenate([came, line])))
    for tick in choose_ticks(plot.get_ylim()[1], 4):
        draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        write(plot, f"{tick:g}", 0, tick, on="y", size=12.5, colour=theme.muted, at="right", shift=(-8, 0))
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=2)
    plot.plot(
        middle, came, "o", color=theme.data, markersize=6 * PT, markeredgewidth=0, zorder=2, label="came"
    )
    drawn = frame["ahead"].to_numpy() < 0.5
    last = max(int(drawn.sum()), 1)
    plot.plot(
        middle[:last], line[:last], color=theme.mark, linewidth=2.4 * PT, zorder=3, label="line",
        solid_capstyle="round",
    )  # fmt: skip
    [dashed] = plot.plot(
        middle[last - 1 :], line[last - 1 :], color=theme.mark, linewidth=2.4 * PT, zorder=3, label="ahead"
    )
    dashed.set_dashes((3, 1.6))
    label_dates(plot, theme)
    return ax


def picture_trend_line(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw a straight line through the days."""
    return Picture(
        partial(draw_trend_line, frame=frame, nouns=coverage.nouns),
        lambda width, narrow: find_trend_line_height(narrow),
    )
