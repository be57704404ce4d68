"""Logistic regression by descent: the map it ends with, and how loss and right answers went."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_planes import Plane, draw_planes
from pipeline.charts.study_plot import Box, draw_line, open_plot
from pipeline.charts.tokens import Theme

HEIGHT, TOP, LEFT, FOOT, GAP = 356.0, 46.0, 28.0, 40.0, 76.0
BETWEEN = 58.0


def picture_logistic(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the map, and the two curves."""
    return StudyPicture(
        partial(draw_logistic, arrays=arrays),
        "Chance of the second class, brown to blue; the share of points named right, and the loss, by step",
        HEIGHT,
    )


def draw_logistic(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the map after the last step, the curves beside it; red: where right answers stand still."""
    width, height = open_sheet(ax)
    high = height - TOP - FOOT
    n_steps = len(arrays["loss"]) - 1
    plane = Plane(
        f"After {n_steps:,} steps", arrays["map"], "each point a row, squares and circles the classes"
    )
    [plot] = draw_planes(ax, [Box(LEFT, TOP, width * 0.5 - LEFT, high)], [plane], arrays, theme)
    left, wide = width * 0.5 + GAP, width * 0.5 - GAP
    steps, accuracy = np.arange(n_steps + 1), arrays["accuracy"]
    each = (high - BETWEEN) / 2
    upper = open_plot(
        ax, Box(left, TOP, wide, each), (0, n_steps), (min(0.5, float(accuracy.min())), 1), theme,
        y_name="share named right", x_ticks=(),
    )  # fmt: skip
    draw_line(upper, steps, accuracy, theme.data)
    steady = int(np.flatnonzero(np.abs(accuracy - accuracy[-1]) > 0.01).max(initial=-1)) + 1
    draw_rule(upper, (steady, steady), (0, 1), theme.mark, px=1.4, on="x", layer=4)
    write(
        upper, f"from step {steady:,} on within a point", steady, 0, on="x", size=13, colour=theme.mark,
        semibold=True, at="left", shift=(7, 12), halo=theme.bg,
    )  # fmt: skip
    loss = arrays["loss"]
    lower = open_plot(
        ax, Box(left, TOP + each + BETWEEN, wide, each), (0, n_steps), (0, float(loss.max()) * 1.1), theme,
        y_name="loss", x_name="step",
    )  # fmt: skip
    draw_line(lower, steps, loss, theme.data)
    return plot
