"""Every search as a dot over its hour: the short form of the hours, for under 500 searches."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.hour_axis import label_hours
from pipeline.charts.scales import HEADROOM
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme

MOST_HEIGHT, LEAST_HEIGHT = 260.0, 90.0
BELOW = 30.0
BESIDE = 14.0  # px for the half of 'midnight' that stands left of its dots
MOST_DOT_PX = 8.5


def find_hour_dots_height(frame: pd.DataFrame) -> float:
    """Return the height in CSS pixels that ``draw_hour_dots`` needs."""
    stack = float(frame["searches"].max()) * MOST_DOT_PX * HEADROOM + 1.1 * MOST_DOT_PX
    return min(MOST_HEIGHT, max(LEAST_HEIGHT, stack + BELOW))


def draw_hour_dots(ax: Axes, frame: pd.DataFrame, *, theme: Theme = LIGHT, narrow: bool = False) -> Axes:
    """Draw ``count_by_hour`` as stacked dots, one a search; no shares and no intervals."""
    width, height = open_sheet(ax)
    plot = place(ax, BESIDE, 0, width - BESIDE, height - BELOW)
    counts = [int(n) for n in frame.set_index("hour")["searches"].reindex(range(24), fill_value=0)]
    plot.set_xlim(-0.9, 23.9)
    pitch = (width - BESIDE) / 24.8
    rise = min(MOST_DOT_PX, pitch * 0.8, (height - BELOW) / HEADROOM / max(1, *counts))
    plot.set_ylim(0, (height - BELOW) / rise)
    xs = [hour for hour, n in enumerate(counts) for _ in range(n)]
    ys = [k + 0.55 for n in counts for k in range(n)]
    plot.plot(
        xs, ys, "o", color=theme.data, markersize=max(1.5, rise * 0.92) * PT, markeredgewidth=0, zorder=2,
        label="searches",
    )  # fmt: skip
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=3)
    label_hours(plot, theme, narrow)
    return plot
