"""Clothes by a small net: how it learned, what it takes for what, and what it named wrong."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.grids import draw_cells, frame_run
from pipeline.charts.lettering import write
from pipeline.charts.scales import NUMBERED_STEPS, class_of
from pipeline.charts.study_nets import BETWEEN, LEFT, ROW, TOP, draw_epochs, draw_wrong
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box
from pipeline.charts.tokens import Theme

CELLS, NAMES = 330.0, 84.0
NETS = (("small", "loss by epoch"),)


def picture_small_net(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw losses, confused clothes, and some that were named wrong."""
    return StudyPicture(
        partial(draw_small_net, arrays=arrays),
        "Loss of pictures learned (grey) and held back (blue); red: the epoch kept; shares in per cent",
        TOP + CELLS + BETWEEN + ROW + 15,
    )


def draw_small_net(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw curves and a square side by side, and a row below."""
    width, _ = open_sheet(ax)
    right = Box(width - CELLS, TOP, CELLS, CELLS)
    left = Box(LEFT, TOP, width - CELLS - NAMES - 2 * LEFT, CELLS)
    plots = draw_epochs(ax, left, arrays, NETS, theme)
    names = [str(name) for name in arrays["clothes"]]
    _draw_confusion(ax, right, arrays["confusion"], names, theme)
    draw_wrong(ax, Box(0, TOP + CELLS + BETWEEN, width, ROW), arrays, theme, names=names, head="Named wrong")
    return plots[0]


def _draw_confusion(ax: Axes, box: Box, confusion: np.ndarray, names: list[str], theme: Theme) -> None:
    """Draw the share said for each kind as numbered cells, the diagonal framed; below one half nothing."""
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    off = shares - np.diag(np.diag(shares))
    highest = max(float(off.max()), 1e-9)
    classes = np.array(
        [[class_of(min(float(share), highest), 0.0, highest) for share in row] for row in shares]
    )
    cells = place(ax, *box)
    draw_cells(cells, classes, [theme.sequential[step] for step in NUMBERED_STEPS])
    n = len(names)
    for k, name in enumerate(names):
        write(cells, name, 0, k + 0.5, size=12.5, colour=theme.muted, at="right", shift=(-7, 0))
        write(cells, name[:3], k + 0.5, n, size=12.5, colour=theme.muted, shift=(0, -14))
        frame_run(cells, k, k, 1, 1, theme)
        for j in range(n):
            if shares[k, j] >= 0.005:
                colour = theme.ink if classes[k, j] <= 3 else theme.bg
                write(cells, f"{100 * shares[k, j]:.0f}", j + 0.5, k + 0.5, size=12.5, colour=colour)
    write(ax, "truly (rows), the net said", box.left, box.top - 12, size=13, colour=theme.muted, at="left")
