"""Profit by population: the line found, then the line that moved, and how each learner follows it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_dots, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

HEIGHT, TOP, LEFT, FOOT, GAP = 352.0, 30.0, 34.0, 40.0, 64.0
NAMES = 166.0  # px right of the curves
FAINT = 0.35  # of a learner's colour whose slope leaps from row to row


def picture_online_regression(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw both lines with their rows, and the slope of each learner over the new rows."""
    return StudyPicture(
        partial(draw_online_regression, arrays=arrays),
        "Profit by population, in ten thousands; the slope that each learner has after each new row",
        HEIGHT,
    )


def draw_online_regression(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw old rows pale under the first line, new rows under the line that moved; at the right, slopes."""
    width, height = open_sheet(ax)
    high = height - TOP - FOOT
    old_x, new_x = arrays["x"][:, 0], arrays["new_x"][:, 0]
    ends = np.array([0.0, float(max(old_x.max(), new_x.max())) * 1.04])
    y_all = np.concatenate([arrays["y"], arrays["new_y"]])
    plot = open_plot(
        ax, Box(LEFT, TOP, width * 0.44 - LEFT, high), (ends[0], ends[1]),
        (float(y_all.min()) * 1.05, float(y_all.max()) * 1.05), theme, x_name="population", y_name="profit",
    )  # fmt: skip
    draw_dots(plot, new_x, arrays["new_y"], theme.data_soft, px=3.4, layer=1.5)
    draw_dots(plot, old_x, arrays["y"], theme.data, px=4.6, edge=theme.bg, layer=2.5)
    for (constant, slope), colour in (
        (arrays["weights"][:2], theme.ink),
        (arrays["new_weights"], theme.mark),
    ):
        draw_line(plot, ends, constant + slope * ends, colour, px=2)
    _draw_slopes(ax, Box(width * 0.44 + GAP, TOP, width * 0.56 - GAP - NAMES, high), arrays, theme)
    return plot


def _draw_slopes(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    slopes, steps = arrays["way_slopes"], arrays["way_steps"]
    old, new = float(arrays["weights"][1]), float(arrays["new_weights"][1])
    reach = abs(new - old)
    low, top = min(old, new) - 0.5 * reach, max(old, new) + 0.75 * reach
    plot = open_plot(
        ax, box, (0, float(steps[-1])), (low, top), theme, x_name="new rows", y_name="slope",
    )  # fmt: skip
    names = []
    for name, slope, colour in zip(arrays["way_names"], slopes, theme.categories, strict=False):
        wild = float(np.std(np.diff(slope))) > 0.1 * reach
        px, layer, alpha = (0.6, 0.8, FAINT) if wild else (2.0, 3.0, 1.0)
        draw_line(plot, steps, slope, colour, px=px, layer=layer, alpha=alpha)
        leaves = ", off the plot" if slope.max() > top or slope.min() < low else ""
        names.append(Named(float(np.clip(slope[-1], low, top)), f"{name}{leaves}", theme.ink, dot=colour))
    draw_rule(plot, (0, 1), (new, new), theme.mark, px=1.4, on="y", layer=4)
    draw_rule(plot, (0, 1), (old, old), theme.faint, px=1.2, on="y", layer=1)
    names += [
        Named(new, "the new rows’ slope", theme.mark, semibold=True),
        Named(old, "the old rows’", theme.muted),
    ]
    name_ends(plot, names)
