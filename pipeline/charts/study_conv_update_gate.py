"""Digits looked at twice: the pictures, what a net holds of them after each look, and how it learned."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_picture
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

TOP, NAMES, SIDE, GAP = 8.0, 118.0, 67.0, 12.0
CURVES, BETWEEN, FOOT, END_NAMES = 170.0, 66.0, 40.0, 96.0
ROWS = ("picture", "after one look", "after two looks")
LOOKS = {1: "one look", 2: "two looks"}


def picture_conv_update_gate(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw pictures and maps in columns, and the losses below."""
    return StudyPicture(
        partial(draw_conv_update_gate, arrays=arrays),
        "Pictures of 8 × 8, and the mean of the maps of 4 × 4 after each look, brown below 0, blue above",
        TOP + len(ROWS) * (SIDE + GAP) + BETWEEN + CURVES + FOOT,
    )


def draw_conv_update_gate(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw a column a picture, with its maps below; under all, the loss of pictures that were left out."""
    width, _ = open_sheet(ax)
    n = len(arrays["pictures"])
    for row, name in enumerate(ROWS):
        top = TOP + row * (SIDE + GAP)
        write(ax, name, 0, top + SIDE / 2, size=14, colour=theme.ink, semibold=True, at="left")
        for k in range(n):
            box = place(ax, NAMES + k * (SIDE + GAP), top, SIDE, SIDE)
            seen = arrays["pictures"][k] if row == 0 else arrays["maps"][k, row - 1]
            draw_picture(box, seen, theme, both_ways=row > 0)
    below = TOP + len(ROWS) * (SIDE + GAP) + BETWEEN
    return _draw_losses(ax, Box(NAMES, below, width - NAMES - END_NAMES, CURVES), arrays, theme)


def _draw_losses(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the mean loss of the pictures left out by epoch."""
    curves = {name: arrays[f"look{k}_held"] for k, name in LOOKS.items()}
    everything = np.concatenate(list(curves.values()))
    n_epochs = len(curves["one look"])
    plot = open_plot(
        ax, box, (1, max(2, n_epochs)), (0, float(everything.max()) * 1.1), theme, x_name="epoch",
        y_name="loss of pictures left out",
        x_ticks=[float(k) for k in range(1, n_epochs + 1) if k % 2 or n_epochs < 9],
    )  # fmt: skip
    names = []
    for (name, curve), colour in zip(curves.items(), (theme.faint, theme.data), strict=True):
        draw_line(plot, np.arange(1, n_epochs + 1), curve, colour, px=2.0 if colour == theme.faint else 2.8)
        ink = theme.muted if colour == theme.faint else theme.ink
        names.append(Named(float(curve[-1]), name, ink, colour == theme.data, colour))
    name_ends(plot, names)
    return plot
