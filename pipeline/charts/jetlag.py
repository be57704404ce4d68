"""Social jetlag: the nightly pause before workdays and before free days, and how far they lie apart."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.intervals import draw_dot
from pipeline.charts.lettering import write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import MINUS, NO_BREAK, say_clock, say_hour

JETLAG_HEIGHT = 220.0
FIRST_HOUR = 15  # of a night: its hours count from 15:00
LEFT, RIGHT, NARROW_LEFT, NARROW_RIGHT = 96.0, 40.0, 76.0, 22.0
ABOVE, BELOW = 8.0, 32.0
TICK_HOURS, NARROW_TICK_HOURS = 2, 3
NAMES = {"work": "Workdays", "free": "Free days"}
BAND = 0.44


def draw_jetlag(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    difference: pd.DataFrame,
    mark: tuple[Any, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw the rows work and free (start, end, middle, low, high) as bands with their middles; the days in
    ``mark`` are red, with an arrow from the other's middle and the minutes between them.
    """
    width, height = open_sheet(ax)
    left, right = (NARROW_LEFT, NARROW_RIGHT) if narrow else (LEFT, RIGHT)
    plot = place(ax, left, ABOVE, width - left - right, height - ABOVE - BELOW)
    low, high = float(np.floor(frame["start"].min() - 0.6)), float(np.ceil(frame["end"].max() + 0.6))
    plot.set_xlim(low, high)
    plot.set_ylim(1.62, -0.62)
    step = NARROW_TICK_HOURS if narrow else TICK_HOURS
    for hour in range(int(low), int(high) + 1):
        if (hour + FIRST_HOUR) % step == 0:
            draw_rule(plot, (hour, hour), (0, 1), theme.grid, on="x", layer=0.5)
            write(
                plot, say_hour(hour + FIRST_HOUR), hour, 0, on="x", size=12.5, colour=theme.muted,
                shift=(0, -16),
            )  # fmt: skip
    for k, row in enumerate(iter_rows(frame)):
        colour = theme.mark if row.days in mark else theme.data
        plot.add_patch(
            Rectangle(
                (row.start, k - BAND / 2), row.end - row.start, BAND, facecolor=theme.quiet, linewidth=0,
                zorder=0.7,
            )
        )  # fmt: skip
        write(
            plot, NAMES[str(row.days)], 0, k, on="y", size=13.5, colour=theme.ink, semibold=True, at="right",
            shift=(-10, 0),
        )  # fmt: skip
        ends: list[tuple[float, Literal["left", "right"], int]] = [
            (row.start, "left", 7),
            (row.end, "right", -7),
        ]
        for moment, at, shift in ends:
            write(
                plot, say_clock(moment + FIRST_HOUR), moment, k, size=12.5, colour=theme.muted,
                at=at, shift=(shift, 0),
            )  # fmt: skip
        draw_rule(plot, (row.low, row.high), (k, k), theme.ink, px=1.7, layer=2)
        draw_dot(plot, row.middle, k, colour, theme.quiet, label=row.days)
        write(
            plot, say_clock(row.middle + FIRST_HOUR), row.middle, k, size=14, colour=colour,
            semibold=True, shift=(0, 27) if k == 0 else (0, -27), halo=theme.bg,
        )  # fmt: skip
    if mark:
        _draw_difference(plot, frame, float(difference["minutes"].iloc[0]), theme)
    return plot


def _draw_difference(plot: Axes, frame: pd.DataFrame, minutes: float, theme: Theme) -> None:
    """Draw the arrow from the workdays' middle to the free days', between the two bands."""
    work, free = (float(value) for value in frame["middle"])
    draw_rule(plot, (work, work), (BAND / 2, 0.5), theme.faint, px=1.1, layer=1)
    plot.add_patch(
        FancyArrowPatch(
            (work, 0.5), (free, 0.5), arrowstyle="-|>", mutation_scale=9, color=theme.mark,
            linewidth=1.8 * PT, shrinkA=0, shrinkB=0, zorder=3,
        )
    )  # fmt: skip
    draw_rule(plot, (free, free), (0.5, 1 - BAND / 2), theme.faint, px=1.1, layer=1)
    sign = "+" if minutes > 0 else MINUS
    write(
        plot, f"{sign}{abs(round(minutes))}{NO_BREAK}min", max(work, free), 0.5, size=13, colour=theme.mark,
        semibold=True, at="left", shift=(9, 0), halo=theme.bg,
    )  # fmt: skip


def picture_jetlag(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the two kinds of days; nothing where one of them has too few nights."""
    if answer.frame["middle"].isna().any():
        return None
    draw = partial(
        draw_jetlag, frame=answer.frame, difference=answer.frames["difference"], mark=answer.finding.mark
    )
    return Picture(draw, lambda width, narrow: JETLAG_HEIGHT)
