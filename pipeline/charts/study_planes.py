"""Pictures of two classes in a plane: panels of what each model says, with the points over it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.lettering import write
from pipeline.charts.study_maps import Span, draw_classes, draw_probability
from pipeline.charts.study_plot import Box, open_plot
from pipeline.charts.tokens import Theme


class Plane(NamedTuple):
    """One panel: its name, what the model says on a grid, and a note such as the share that is right."""

    name: str
    values: np.ndarray  # (rows upwards, columns), the chance of the second class
    note: str = ""


def find_span(arrays: Mapping[str, np.ndarray]) -> Span:
    """Return the ends of the grid ``across`` and ``up``."""
    across, up = arrays["across"], arrays["up"]
    return float(across[0]), float(across[-1]), float(up[0]), float(up[-1])


def draw_planes(
    ax: Axes,
    boxes: Sequence[Box],
    planes: Sequence[Plane],
    arrays: Mapping[str, np.ndarray],
    theme: Theme,
    *,
    numbers: bool = True,
) -> list[Axes]:
    """Draw a panel in each box, numbers at the axes of the first of each row alone."""
    span = find_span(arrays)
    plots = []
    for k, (box, plane) in enumerate(zip(boxes, planes, strict=True)):
        first = numbers and (k == 0 or box.left <= boxes[k - 1].left)
        plot = open_plot(
            ax, box, span[:2], span[2:], theme, grid=False, y_ticks=None if first else (),
            x_ticks=None if numbers else (),
        )  # fmt: skip
        draw_probability(plot, plane.values, span, theme)
        draw_classes(plot, arrays["x"], arrays["y"].astype(int), theme, **_find_dots(box))
        write(
            ax, plane.name, box.left, box.top - (30 if plane.note else 12), size=14, colour=theme.ink,
            semibold=True, at="left",
        )  # fmt: skip
        if plane.note:
            write(ax, plane.note, box.left, box.top - 12, size=13, colour=theme.muted, at="left")
        plots.append(plot)
    return plots


def _find_dots(box: Box) -> dict[str, Any]:
    """Return how large and how many dots a panel of this width takes."""
    if box.width > 260:
        return {"px": 5.0}
    return {"px": 4.0, "most": 400} if box.width > 160 else {"px": 2.4, "most": 300, "cased": False}
