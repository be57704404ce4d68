"""Borders that bend: by a line, by one more feature, and how nets bend them from epoch to epoch."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_planes import Plane, draw_planes
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot, share_row
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_percent

TOP, LEFT, GAP, NAMES = 30.0, 26.0, 22.0, 118.0
LARGE, SMALL, ROW_GAP = 200.0, 122.0, 64.0
N_LOOKS = 5
MOST = 0.99  # written of a share that is nearly all and not all
TITLES = {"logistic": "logistic units", "relu": "rectified units", "relu_slow": "rectified, slow"}


def picture_bent(arrays: Mapping[str, np.ndarray], feature: str) -> StudyPicture:
    """Return how to draw a shape of two classes; ``feature`` names what was added to the coordinates."""
    nets = list_nets(arrays)
    return StudyPicture(
        partial(draw_bent, arrays=arrays, feature=feature),
        "Chance of the second class at each point, brown to blue; below, nets 2–25–25–1 from epoch to epoch",
        TOP + LARGE + 20 + len(nets) * (SMALL + ROW_GAP),
    )


def list_nets(arrays: Mapping[str, np.ndarray]) -> list[str]:
    """Return the names of the nets that there are maps of."""
    return [name for name in TITLES if f"{name}_maps" in arrays]


def draw_bent(ax: Axes, *, arrays: Mapping[str, np.ndarray], feature: str, theme: Theme) -> Axes:
    """Draw the line, the feature and the nets' right answers by epoch; below, a row of maps for each net."""
    width, _ = open_sheet(ax)
    wide = (width - LEFT - NAMES - 2 * GAP - 44) / 3
    boxes = [Box(LEFT + k * (wide + GAP), TOP, wide, LARGE) for k in range(2)]
    planes = [Plane("By a line", arrays["line"]), Plane(f"With {feature}", arrays["feature"])]
    [plot, _] = draw_planes(ax, boxes, planes, arrays, theme)
    _draw_accuracy(ax, Box(width - NAMES - wide, TOP, wide, LARGE), arrays, theme)
    epochs = arrays["epoch"]
    looks = np.unique(np.linspace(0, len(epochs) - 1, N_LOOKS).round().astype(int))
    for row, name in enumerate(list_nets(arrays)):
        top = TOP + LARGE + 20 + ROW_GAP + row * (SMALL + ROW_GAP)
        write(
            ax, f"The net of {TITLES[name]}", LEFT, top - 32, size=14, colour=theme.ink, semibold=True,
            at="left",
        )  # fmt: skip
        maps = [Plane("", arrays[f"{name}_maps"][k]) for k in looks]
        small = share_row(Box(LEFT, top, width - LEFT, SMALL), len(looks), GAP)
        draw_planes(ax, small, maps, arrays, theme, numbers=False)
        for box, k in zip(small, looks, strict=True):
            right = float(arrays[f"{name}_accuracy"][k])
            share = say_percent(right if right == 1 else min(right, MOST))
            text = f"epoch {epochs[k]:,}: {share} right"
            write(ax, text, box.left, top - 12, size=12.5, colour=theme.muted, at="left")
    return plot


def _draw_accuracy(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    epochs = arrays["epoch"]
    lowest = min(0.5, *(float(arrays[f"{name}_accuracy"].min()) for name in list_nets(arrays)))
    plot = open_plot(
        ax,
        box,
        (0, float(epochs[-1])),
        (lowest, 1.0),
        theme,
        x_name="epoch",
        y_name="nets: share named right",
    )
    names = []
    for name, colour in zip(list_nets(arrays), theme.categories, strict=False):
        accuracy = arrays[f"{name}_accuracy"]
        draw_line(plot, epochs, accuracy, colour, px=2.2, clip=False)
        names.append(Named(float(accuracy[-1]), TITLES[name], theme.ink, dot=colour))
    name_ends(plot, names)
