"""Two Gaussian tribes: the true chance of the second, and what two Gaussian models and descent make of it."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_planes import Plane, draw_planes
from pipeline.charts.study_plot import Box, share_grid
from pipeline.charts.tokens import Theme

NAMES = {
    "truth": "The truth",
    "shared": "Gaussians, one covariance",
    "own": "Gaussians, a covariance each",
    "logistic": "Logistic regression",
}
HEIGHT, TOP, LEFT, FOOT, GAP, ROW_GAP = 640.0, 46.0, 28.0, 28.0, 36.0, 86.0


def picture_tribes(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw four maps of the plane with the points over them."""
    return StudyPicture(
        partial(draw_tribes, arrays=arrays),
        "Chance of the second tribe at each point, brown to blue; the line: one half",
        HEIGHT,
        720.0,
    )


def draw_tribes(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the truth and three models, two a row."""
    width, height = open_sheet(ax)
    boxes = share_grid(Box(LEFT, TOP, width - LEFT, height - TOP - FOOT), len(NAMES), 2, GAP, ROW_GAP)
    planes = []
    for key, name in NAMES.items():
        apart = float(np.abs(arrays[key] - arrays["truth"]).max())
        note = "" if key == "truth" else f"at most {apart:.2f} from the truth"
        planes.append(Plane(name, arrays[key], note or "what the points were drawn with"))
    return draw_planes(ax, boxes, planes, arrays, theme)[0]
