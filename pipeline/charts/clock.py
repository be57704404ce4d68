"""Where the hours of each year centre: the mean hour, its interval, and how closely they stand about it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.intervals import draw_dot
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.clock import find_distance
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_clock, say_hour

ROW = 30.0
ABOVE, BELOW = 26.0, 32.0
LEFT, RIGHT, NARROW_RIGHT = 52.0, 190.0, 74.0
LEAST_SPAN = 4.0  # hours shown
BAR = 10.0  # px


def find_clock_height(frame: pd.DataFrame) -> float:
    """Return the height in CSS pixels that ``draw_clock`` needs."""
    return ABOVE + ROW * len(frame) + BELOW


def draw_clock(
    ax: Axes, frame: pd.DataFrame, *, mark: tuple[Any, ...] = (), theme: Theme = LIGHT, narrow: bool = False
) -> Axes:
    """Draw ``average_clock``: a row a year, its mean hour as a dot with interval, its concentration at right;
    the years in ``mark`` are red.
    """
    width, height = open_sheet(ax)
    right = NARROW_RIGHT if narrow else RIGHT
    plot = place(ax, LEFT, ABOVE, width - LEFT - right, height - ABOVE - BELOW)
    middle = float(frame["mean_hour"].iloc[-1])
    at = middle + find_distance(frame["mean_hour"].to_numpy(dtype=float), middle)
    lows = at - (frame["mean_hour"] - frame["low"]).fillna(0.0).to_numpy(dtype=float)
    highs = at + (frame["high"] - frame["mean_hour"]).fillna(0.0).to_numpy(dtype=float)
    centre = (lows.min() + highs.max()) / 2
    reach = max(LEAST_SPAN / 2, (highs.max() - lows.min()) / 2 * 1.15 + 0.4)
    plot.set_xlim(centre - reach, centre + reach)
    plot.set_ylim(len(frame) - 0.5, -0.5)
    step = _choose_step(2 * reach, width - LEFT - right, narrow)
    for hour in range(int(np.ceil((centre - reach) / step)) * step, int(centre + reach) + 1, step):
        draw_rule(plot, (hour, hour), (0, 1), theme.grid, on="x", layer=0.5)
        write(plot, say_hour(hour), hour, 0, on="x", size=12.5, colour=theme.muted, shift=(0, -17))
    bars = place(ax, width - right + 40, ABOVE, right - 86, height - ABOVE - BELOW) if not narrow else None
    if bars is not None:
        bars.set_xlim(0, 1)
        bars.set_ylim(len(frame) - 0.5, -0.5)
    heading = "together" if narrow else "how close together"
    write(ax, heading, width, ABOVE - 15, size=12.5, colour=theme.muted, at="right")
    for k, row in enumerate(iter_rows(frame)):
        known = bool(np.isfinite(row.low))
        colour = theme.mark if row.year in mark else theme.data if known else theme.muted
        write(
            plot, str(row.year), 0, k, on="y", size=13.5, colour=theme.ink, semibold=True, at="left",
            shift=(-LEFT, 0),
        )  # fmt: skip
        if known:
            draw_rule(plot, (lows[k], highs[k]), (k, k), theme.ink, px=1.7, layer=2)
        face, edge = (colour, theme.bg) if known else ("none", theme.axis)
        draw_dot(plot, at[k], k, face, edge, label=str(row.year))
        clock = say_clock(row.mean_hour)
        ahead = (highs[k] - at[k]) / (2 * reach) * (width - LEFT - right) + 9
        room = (centre + reach - at[k]) / (2 * reach) * (width - LEFT - right)
        to_left = ahead + measure(clock, 13.5, semibold=True) > room + 8
        behind = (at[k] - lows[k]) / (2 * reach) * (width - LEFT - right) + 9
        write(
            plot, clock, at[k], k, size=13.5, colour=colour, semibold=True,
            at="right" if to_left else "left", shift=(-behind if to_left else ahead, 0), halo=theme.bg,
        )  # fmt: skip
        if bars is not None:
            bars.add_patch(
                Rectangle(
                    (0, k - BAR / ROW / 2), row.length, BAR / ROW, facecolor=theme.data_soft, linewidth=0,
                    zorder=1,
                )
            )  # fmt: skip
        write(
            plot, f"{row.length:.2f}", 1, k, on="y", size=13, colour=theme.ink, at="right",
            shift=(right, 0),
        )  # fmt: skip
    return plot


def _choose_step(span: float, width: float, narrow: bool) -> int:
    """Return how many hours lie between two labels of the axis."""
    pitch = 62 if not narrow else 56
    return next((step for step in (1, 2, 3, 6) if width / span * step >= pitch), 12)


def picture_clock(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the years; nothing without one."""
    if len(answer.frame) == 0:
        return None
    draw = partial(draw_clock, frame=answer.frame, mark=answer.finding.mark)
    return Picture(draw, lambda width, narrow: find_clock_height(answer.frame))
