"""Losses and penalties: the curve that each case draws through points of which some lie off."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, draw_dots, draw_line, open_plot, share_grid
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_count, say_percent

A_ROW, HIGH, ROW_GAP = 3, 132.0, 74.0
TOP, LEFT, GAP, FOOT = 46.0, 34.0, 34.0, 28.0


def picture_losses_penalties(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw a panel a case, three a row."""
    n_rows = ceil(len(arrays["case"]) / A_ROW)
    return StudyPicture(
        partial(draw_losses_penalties, arrays=arrays),
        "The curve of each case; grey: the points and the line they were made with; red: those that lie off",
        TOP + n_rows * HIGH + (n_rows - 1) * ROW_GAP + FOOT,
    )


def draw_losses_penalties(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw a panel a case: its name, the sum of its weights' sizes and how many are nothing, its curve."""
    width, height = open_sheet(ax)
    x, y, grid = arrays["x"][:, 0], arrays["y"][:, 0], arrays["grid"]
    off = np.arange(len(x)) < int(arrays["n_outliers"])
    inside = (x >= grid[0]) & (x <= grid[-1])
    low, high = float(y[inside].min()), float(y[inside].max())
    margin = 0.05 * (high - low)
    boxes = share_grid(
        Box(LEFT, TOP, width - LEFT, height - TOP - FOOT), len(arrays["case"]), A_ROW, GAP, ROW_GAP
    )
    first = None
    for k, (box, name) in enumerate(zip(boxes, arrays["case"], strict=True)):
        plot = open_plot(
            ax, box, (float(grid[0]), float(grid[-1])), (low - margin, high + margin), theme,
            y_ticks=None if k % A_ROW == 0 else (),
        )  # fmt: skip
        draw_dots(plot, x[~off], y[~off], theme.hatch, px=2.2, layer=1.5, clip=True)
        draw_dots(plot, x[off], y[off], theme.mark, px=2.6, layer=1.6, clip=True)
        draw_line(plot, grid, arrays["line"], theme.faint, px=1.3, layer=2)
        draw_line(plot, grid, arrays["fit"][k], theme.data, px=2.6)
        write(ax, str(name), box.left, box.top - 30, size=14, colour=theme.ink, semibold=True, at="left")
        share = float(arrays["zeros"][k])
        note = f"Σ|w| {say_count(round(float(arrays['sums'][k].sum())))}"
        note += f", {say_percent(share)} of the weights are 0" if share else ""
        write(ax, note, box.left, box.top - 12, size=13, colour=theme.muted, at="left")
        first = first or plot
    return first or ax
