"""Nine weights and a bias on their way to the numbers that the rows were made with."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.study_paths import draw_losses, draw_paths
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box
from pipeline.charts.tokens import Theme

HEIGHT, TOP, LEFT, FOOT, GAP, NAMES = 372.0, 30.0, 26.0, 40.0, 66.0, 96.0


def picture_nine_inputs(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the ten parameters and the loss over the steps."""
    return StudyPicture(
        partial(draw_nine_inputs, arrays=arrays),
        "Each weight and the bias by step of descent, towards what the rows were made with; the loss",
        HEIGHT,
    )


def draw_nine_inputs(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw a line a parameter at the left, the loss at the right."""
    width, height = open_sheet(ax)
    high = height - TOP - FOOT
    exact = arrays["exact"]
    names = [f"weight {k} → {exact[k]:g}" for k in range(len(exact) - 1)] + [f"bias → {exact[-1]:g}"]
    left = Box(LEFT, TOP, width * 0.62 - LEFT - NAMES, high)
    plot = draw_paths(ax, left, arrays["steps"], arrays["parameters"], exact, names, theme, y_name="value")
    right = Box(width * 0.62 + GAP, TOP, width * 0.38 - GAP, high)
    draw_losses(ax, right, arrays["steps"], arrays["losses"], theme)
    return plot
