"""Clips by guessed gradients: some clips with what was said of them, the cost by epoch, and the guesses."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_picture
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

TOP, SIDE, GAP = 26.0, 72.0, 6.0
ROW_GAP, BETWEEN, CURVES, FOOT = 50.0, 70.0, 190.0, 40.0
LEFT, END_NAMES, MIDDLE = 40.0, 124.0, 40.0
A_ROW = 3  # clips
WAYS = ("to the left", "to the right")
FRAMES = ("first frame", "second frame")


def picture_decoupled_conv_lstm(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw clips in two rows, and curves below."""
    n_rows = -(-len(arrays["clips"]) // A_ROW)
    return StudyPicture(
        partial(draw_decoupled_conv_lstm, arrays=arrays),
        "Clips of three frames, the way their bar goes, and what the net said of it: 0 is left, 1 is right",
        TOP + n_rows * SIDE + (n_rows - 1) * ROW_GAP + BETWEEN + CURVES + FOOT,
    )


def draw_decoupled_conv_lstm(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw three clips a row; below, cost by epoch at the left, distances of guesses at the right."""
    width, _ = open_sheet(ax)
    n_frames = arrays["clips"].shape[1]
    wide = n_frames * SIDE + (n_frames - 1) * GAP
    step = (width - wide) / (A_ROW - 1)
    for k, clip in enumerate(arrays["clips"]):
        left, top = k % A_ROW * step, TOP + k // A_ROW * (SIDE + ROW_GAP)
        way, said = WAYS[int(arrays["way"][k])], float(arrays["said"][k])
        write(ax, way, left, top - 14, size=14, colour=theme.ink, semibold=True, at="left")
        number = f"{abs(said):.2f}"
        sign = "−" if said < 0 and float(number) else ""
        write(ax, f"said {sign}{number}", left + wide, top - 14, size=13, colour=theme.muted, at="right")
        for t in range(n_frames):
            draw_picture(place(ax, left + t * (SIDE + GAP), top, SIDE, SIDE), clip[t], theme)
    n_rows = -(-len(arrays["clips"]) // A_ROW)
    below = TOP + n_rows * SIDE + (n_rows - 1) * ROW_GAP + BETWEEN
    across = (width - LEFT - 2 * END_NAMES - MIDDLE) / 2
    _draw_costs(ax, Box(LEFT, below, across, CURVES), arrays, theme)
    right = Box(LEFT + across + END_NAMES + MIDDLE, below, across, CURVES)
    return _draw_distances(ax, right, arrays["far"], theme)


def _draw_costs(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    """Draw the cost of each case by epoch, in powers of ten."""
    cost = arrays["cost"]
    n_epochs = cost.shape[1]
    plot = open_plot(
        ax, box, (1, max(2, n_epochs)), (float(cost.min()) / 1.6, float(cost.max()) * 1.4), theme, log=True,
        x_name="epoch", y_name="cost: mean squared error",
    )  # fmt: skip
    names, colours = [], (theme.data, theme.faint, theme.categories[1])
    for curve, case, colour in zip(cost, arrays["case"], colours, strict=True):
        draw_line(plot, np.arange(1, n_epochs + 1), curve, colour, px=2.6 if colour == theme.data else 2.0)
        first = colour == theme.data
        names.append(Named(float(curve[-1]), str(case), theme.ink if first else theme.muted, first, colour))
    name_ends(plot, names)


def _draw_distances(ax: Axes, box: Box, far: np.ndarray, theme: Theme) -> Axes:
    """Draw how far the guesses behind each frame are from the true gradients; 1 is as good as no guess."""
    n_epochs = len(far)
    plot = open_plot(
        ax, box, (1, max(2, n_epochs)), (0, max(1.0, float(far.max())) * 1.08), theme, x_name="epoch",
        y_name="guess off by, of the truth; 1: no guess",
    )  # fmt: skip
    draw_rule(plot, (1, n_epochs), (1, 1), theme.axis)
    names = []
    for k, (name, colour) in enumerate(zip(FRAMES, (theme.categories[2], theme.data), strict=True)):
        draw_line(plot, np.arange(1, n_epochs + 1), far[:, k], colour, px=2.4)
        names.append(Named(float(far[-1, k]), name, theme.ink, dot=colour))
    name_ends(plot, names)
    return plot
