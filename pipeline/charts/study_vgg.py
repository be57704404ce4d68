"""Digits by VGG-7: how the nets learned, the first kernels, and what was misread."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.study_nets import BETWEEN, CURVES, LEFT, ROW, TOP, draw_epochs, draw_kernels, draw_wrong
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box
from pipeline.charts.tokens import Theme

NETS = (
    ("normalised", "with batch normalising"),
    ("plain", "without"),
    ("two_rates", "without, by two rates"),
)


def picture_vgg(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw losses, kernels and misread digits."""
    return StudyPicture(
        partial(draw_vgg, arrays=arrays),
        "Loss by epoch of pictures learned (grey) and held back (blue); red: the epoch that was kept",
        TOP + CURVES + BETWEEN + 2 * ROW,
    )


def draw_vgg(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw three rows."""
    width, _ = open_sheet(ax)
    plots = draw_epochs(ax, Box(LEFT, TOP, width - LEFT, CURVES), arrays, NETS, theme)
    top = TOP + CURVES + BETWEEN
    draw_kernels(ax, Box(0, top, width, ROW), arrays["kernels"], theme)
    draw_wrong(
        ax, Box(0, top + ROW, width, ROW), arrays, theme, head="Misread by the net with batch normalising"
    )
    return plots[0]
