"""Layers that guess their gradients: four borders, four costs, and how far the guesses are from the truth."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_planes import Plane, draw_planes
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot, share_row
from pipeline.charts.tokens import Theme

TOP, LEFT, GAP = 30.0, 34.0, 20.0
PLANE, BETWEEN, CURVES, FOOT = 172.0, 80.0, 200.0, 40.0
END_NAMES, MIDDLE = 132.0, 44.0
LAYERS = ("first layer", "second layer")


def picture_decoupled(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw a plane a case, costs and distances below."""
    return StudyPicture(
        partial(draw_decoupled, arrays=arrays),
        "Chance of the ring at each point, brown to blue, with a tenth of the labels wrong; below, means of "
        "five starts",
        TOP + PLANE + BETWEEN + CURVES + FOOT,
    )


def draw_decoupled(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw four planes above; below them the cost by epoch, and the guesses' distance from the truth."""
    width, _ = open_sheet(ax)
    cases = [str(case) for case in arrays["case"]]
    boxes = share_row(Box(LEFT, TOP, width - LEFT, PLANE), len(cases), GAP)
    planes = [Plane(case, values) for case, values in zip(cases, arrays["maps"], strict=True)]
    draw_planes(ax, boxes, planes, arrays, theme)
    whole = Box(LEFT, TOP + PLANE + BETWEEN, width - LEFT, CURVES)
    wide = (whole.width - 2 * END_NAMES - MIDDLE) / 2
    left = Box(whole.left, whole.top, wide, CURVES)
    right = Box(whole.left + wide + END_NAMES + MIDDLE, whole.top, wide, CURVES)
    _draw_costs(ax, left, arrays["cost"], cases, theme)
    return _draw_distances(ax, right, arrays["far"], theme)


def _draw_costs(ax: Axes, box: Box, cost: np.ndarray, cases: list[str], theme: Theme) -> None:
    n_epochs = cost.shape[1]
    low, high = float(cost.min()), float(cost.max())
    plot = open_plot(
        ax, box, (1, max(2, n_epochs)), (low - 0.1 * (high - low), high * 1.04), theme, x_name="epoch",
        y_name="cost",
    )  # fmt: skip
    epochs = np.arange(1, n_epochs + 1)
    names = []
    for curve, case in zip(cost, cases, strict=True):
        colour = theme.data if case.startswith("decoupled") else theme.faint
        dashes = (3.0, 1.6) if "noise" in case else None
        draw_line(plot, epochs, curve, colour, px=2.4, dashes=dashes)
        ink = theme.ink if colour == theme.data else theme.muted
        names.append(Named(float(curve[-1]), f"{case}{' (dashed)' if dashes else ''}", ink))
    name_ends(plot, names)


def _draw_distances(ax: Axes, box: Box, far: np.ndarray, theme: Theme) -> Axes:
    """Draw how far each layer's guesses are from the true gradients, as a share of these; 1 is no guess."""
    n_epochs = far.shape[1]
    high = max(1.0, float(far.max())) * 1.06
    plot = open_plot(
        ax, box, (1, max(2, n_epochs)), (0, high), theme, x_name="epoch",
        y_name="guess off by, of the truth; dashed: with noise",
    )  # fmt: skip
    draw_rule(plot, (1, n_epochs), (1, 1), theme.axis)
    epochs, names = np.arange(1, n_epochs + 1), []
    for layer, (name, colour) in enumerate(zip(LAYERS, (theme.categories[2], theme.data), strict=True)):
        draw_line(plot, epochs, far[1, :, layer], colour, px=1.8, dashes=(3.0, 1.6))
        draw_line(plot, epochs, far[0, :, layer], colour, px=2.6)
        names.append(Named(float(far[0, -1, layer]), name, theme.ink, dot=colour))
    name_ends(plot, names)
    return plot
