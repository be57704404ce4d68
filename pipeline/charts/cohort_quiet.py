"""The mean quiet window of people on the clock: a band between two ends, each with its interval."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.wording import say_clock, say_hour

QUIET_HEIGHT = 118.0
BAND = 44.0
TOP = 30.0
BEFORE, AFTER = 3.0, 3.0  # hours shown around the window


def draw_window(ax: Axes, frame: pd.DataFrame, *, theme: Theme = LIGHT, narrow: bool = False) -> Axes:
    """Draw one row of start and end with low and high, in clock hours that may lie over 24."""
    width, _ = open_sheet(ax)
    row = frame.iloc[0]
    begin, end = float(row["start"]), float(row["end"])
    reach = [(float(row[f"{name}_low"]), float(row[f"{name}_high"])) for name in ("start", "end")]
    first = int(min(reach[0][0], begin - 1) - BEFORE)
    last = int(max(reach[1][1], end + 1) + AFTER)
    plot = place(ax, 0, TOP, width, BAND)
    plot.set_xlim(first, last)
    plot.set_ylim(0, 1)
    step = 3 if (last - first) / (6 if narrow else 12) > 2 else 2
    for hour in range(-(-first // step) * step, last + 1, step):
        draw_rule(plot, (hour, hour), (0, 1), theme.grid, layer=0.5)
        nudge = 16 if hour - first < 1 else -16 if last - hour < 1 else 0
        write(plot, say_hour(hour), hour, 0, size=12.5, colour=theme.muted, shift=(nudge, -16))
    plot.add_patch(Rectangle((begin, 0), end - begin, 1, facecolor=theme.quiet, linewidth=0, zorder=1))
    for at, (low, high) in ((begin, reach[0]), (end, reach[1])):
        draw_rule(plot, (at, at), (0, 1), theme.ink, px=2.4, layer=3)
        draw_rule(plot, (low, high), (0.5, 0.5), theme.bg, px=5, layer=3.4)
        draw_rule(plot, (low, high), (0.5, 0.5), theme.ink, px=1.7, layer=3.5)
        write(
            plot,
            say_clock(at),
            at,
            1,
            size=15,
            colour=theme.mark,
            semibold=True,
            shift=(0, 14),
            halo=theme.bg,
        )
    draw_rule(plot, (first, last), (0, 0), theme.axis, layer=2)
    return plot
