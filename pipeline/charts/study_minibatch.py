"""Descent by all rows, by fifty, by one: the loss after as many rows seen, and a rate that is too high."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

HEIGHT, TOP, LEFT, FOOT, GAP, NAMES = 352.0, 30.0, 44.0, 40.0, 64.0, 96.0
WAYS = (("full", "all rows a step"), ("fifty", "50 a step"), ("one", "one a step"))


def picture_minibatch(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the three losses, and the error that grows."""
    return StudyPicture(
        partial(draw_minibatch, arrays=arrays),
        "Loss over all rows, by rows seen so far; and the error by the published rate, one row a step",
        HEIGHT,
    )


def draw_minibatch(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the losses, both scales in powers of ten; at the right the error that runs away, in the mark."""
    width, height = open_sheet(ax)
    high = height - TOP - FOOT
    losses = [np.maximum(arrays[f"{key}_losses"], 1e-16) for key, _ in WAYS]
    most = float(max(arrays[f"{key}_seen"].max() for key, _ in WAYS))
    first = float(max(1, min(arrays[f"{key}_seen"].min() for key, _ in WAYS)))
    lowest, highest = min(float(loss.min()) for loss in losses), max(float(loss.max()) for loss in losses)
    left = Box(LEFT, TOP, width * 0.62 - LEFT - NAMES, high)
    plot = open_plot(
        ax, left, (first, most), (lowest / 2, highest * 2), theme, log=True, log_x=True, x_name="rows seen",
        y_name="loss",
    )  # fmt: skip
    names = []
    for (key, name), loss, colour in zip(WAYS, losses, theme.categories, strict=False):
        draw_line(plot, np.maximum(arrays[f"{key}_seen"], first), loss, colour, px=2)
        names.append(Named(float(loss[-1]), name, theme.ink, dot=colour))
    name_ends(plot, names)
    errors = arrays["runaway"]
    good = errors[np.isfinite(errors) & (errors > 0)]
    right = open_plot(
        ax, Box(width * 0.62 + GAP, TOP, width * 0.38 - GAP, high), (1, len(good)),
        (float(good.min()) / 2, float(good.max()) * 2), theme, log=True, x_name="steps of one row",
        y_name="error, by the published rate",
    )  # fmt: skip
    draw_line(right, np.arange(1, len(good) + 1), good, theme.mark, px=2)
    return plot
