"""Digits by residual blocks: how the nets learned, what is lost without a block, and what was misread."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_nets import BETWEEN, CURVES, LEFT, ROW, TOP, draw_epochs, draw_wrong
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, draw_dots, open_plot
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_tenths

NETS = (("resnet", "residual blocks"), ("stochastic", "with stochastic depth"))
EPOCHS = (
    NETS[0],
    ("strided", "by two places"),
    ("stochastic", "stochastic depth"),
    ("article", "affine, two rates"),
)
WITHOUT, NAMES = 130.0, 150.0
ROWS = ("all blocks", "without the first", "without the second", "without the third")


def picture_resnet(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw losses, shares right without a block, and misread digits."""
    return StudyPicture(
        partial(draw_resnet, arrays=arrays),
        "Loss by epoch of pictures learned (grey) and held back (blue); red: the epoch that was kept",
        TOP + CURVES + BETWEEN + 40 + WITHOUT + BETWEEN + ROW,
    )


def draw_resnet(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw three rows."""
    width, _ = open_sheet(ax)
    plots = draw_epochs(ax, Box(LEFT, TOP, width - LEFT, CURVES), arrays, EPOCHS, theme)
    top = TOP + CURVES + BETWEEN + 40
    _draw_without(ax, Box(NAMES, top, width - NAMES - 60, WITHOUT), arrays, theme)
    draw_wrong(
        ax, Box(0, top + WITHOUT + BETWEEN, width, ROW), arrays, theme, head="Misread by the residual blocks"
    )
    return plots[0]


def _draw_without(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    """Draw the share of test digits read right, a line for each block left out, a dot for each net."""
    write(
        ax, "Read right in use, when a block is left out", 0, box.top - 32, size=14, colour=theme.ink,
        semibold=True, at="left",
    )  # fmt: skip
    plot = open_plot(ax, box, (0, 100), (-0.5, 3.5), theme, y_ticks=(), x_name="per cent")
    colours = {"resnet": theme.faint, "stochastic": theme.data}
    for row, name in enumerate(ROWS):
        height = 3 - row
        draw_rule(plot, (0, 100), (height, height), theme.grid, layer=0.5)
        write(plot, name, 0, height, on="y", size=13, colour=theme.ink, at="right", shift=(-10, 0))
        for key, _ in NETS:
            share = 100 * arrays[f"{key}_without"][row : row + 1]
            draw_dots(plot, share, np.array([height]), colours[key], px=10, edge=theme.bg, layer=4)
        best = 100 * float(arrays["stochastic_without"][row])
        write(
            plot,
            say_tenths(best / 100),
            1,
            height,
            on="y",
            size=13,
            colour=theme.ink,
            at="left",
            shift=(10, 0),
        )
    write(
        ax, "grey: residual blocks; blue, and in numbers: with stochastic depth", box.left, box.top - 12,
        size=13, colour=theme.muted, at="left",
    )  # fmt: skip
