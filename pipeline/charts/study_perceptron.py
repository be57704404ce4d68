"""Digits read by nets: how each learned, what softmax looks for, what was misread, and what depth does."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_picture
from pipeline.charts.study_nets import draw_epochs
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import (
    Box,
    Named,
    draw_dots,
    draw_line,
    name_ends,
    open_plot,
    share_row,
)
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_tenths

TOP, LEFT, FOOT = 44.0, 34.0, 40.0
CURVES, DIGIT, BETWEEN, DEPTH = 150.0, 62.0, 62.0, 170.0
NAMES = 116.0
OWN = 150.0  # px of the row with the user's own digit
SUREST = 0.9999  # what a net can be of a digit
NETS = (
    ("softmax", "softmax alone"),
    ("plain", "784–128–128–10"),
    ("dropout", "with dropout"),
    ("wide", "784–512–512–10"),
)
DEEP = (("logistic", "logistic units"), ("relu", "rectified units"))


def picture_perceptron(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw learning curves, ten weights, misread digits, and gradients by layer."""
    height = TOP + CURVES + 2 * (DIGIT + BETWEEN) + 44 + BETWEEN + DEPTH + FOOT
    height += OWN if "own" in arrays else 0
    return StudyPicture(
        partial(draw_perceptron, arrays=arrays),
        "Loss by epoch of pictures learned (grey) and held back (blue); red: the epoch that was kept",
        height,
    )


def draw_perceptron(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw four rows: curves of the nets, the weights of softmax, digits misread, and five layers deep."""
    width, _ = open_sheet(ax)
    first = draw_epochs(ax, Box(LEFT, TOP, width - LEFT, CURVES), arrays, NETS, theme, log=False)[0]
    top = TOP + CURVES + BETWEEN + 26
    write(
        ax,
        "What softmax looks for in each digit",
        0,
        top - 14,
        size=14,
        colour=theme.ink,
        semibold=True,
        at="left",
    )
    for k, box in enumerate(share_row(Box(0, top, width, DIGIT), 10, (width - 10 * DIGIT) / 9)):
        draw_picture(place(ax, *box), arrays["weight"][k], theme, both_ways=True)
    top += DIGIT + BETWEEN - 14
    write(
        ax,
        "Misread by the net with dropout",
        0,
        top - 14,
        size=14,
        colour=theme.ink,
        semibold=True,
        at="left",
    )
    _draw_misread(ax, Box(0, top, width, DIGIT), arrays, theme)
    top += DIGIT + 18 + BETWEEN
    left, right = share_row(Box(LEFT, top, width - LEFT - NAMES, DEPTH), 2, 70.0)
    _draw_gradients(ax, left, arrays, theme)
    _draw_depth(ax, right, arrays, theme)
    if "own" in arrays:
        _draw_own(ax, Box(0, top + DEPTH + 84, width, 96), arrays["own"], arrays["own_chance"], theme)
    return first


def _draw_misread(ax: Axes, row: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    n = min(10, len(arrays["wrong"]))
    for k, box in enumerate(share_row(row, 10, (row.width - 10 * DIGIT) / 9)[:n]):
        draw_picture(place(ax, *box), arrays["wrong"][k].astype(float), theme)
        text = f"{arrays['wrong_digit'][k]}, not {arrays['wrong_said'][k]}"
        write(ax, text, box.left + DIGIT / 2, box.top + DIGIT + 12, size=12.5, colour=theme.muted)


def _draw_gradients(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    """Draw the size of the gradient of each layer's weights at the start, in powers of ten."""
    sizes = [arrays[f"{key}_gradient"] for key, _ in DEEP]
    low, high = min(float(each.min()) for each in sizes), max(float(each.max()) for each in sizes)
    n = len(sizes[0])
    plot = open_plot(
        ax, box, (0.8, n + 0.2), (low / 2, high * 2), theme, log=True, x_name="layer of weights",
        y_name="gradient at the start, by layer", x_ticks=[float(k) for k in range(1, n + 1)],
    )  # fmt: skip
    for size, colour in zip(sizes, (theme.mark, theme.data), strict=True):
        draw_line(plot, np.arange(1, n + 1), size, colour, px=2)
        draw_dots(plot, np.arange(1, n + 1), size, colour, px=7, edge=theme.bg, layer=4)


def _draw_depth(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    """Draw how often nets of five hidden layers are right, by epoch."""
    curves = [arrays[f"{key}_accuracy"] for key, _ in DEEP]
    n = len(curves[0])
    plot = open_plot(
        ax, box, (1, n), (min(0.4, *(float(curve.min()) for curve in curves)), 1.0), theme, x_name="epoch",
        y_name="five hidden layers: share right",
    )  # fmt: skip
    draw_rule(plot, (1, n), (0.5, 0.5), theme.axis)
    names = []
    for curve, (_, name), colour in zip(curves, DEEP, (theme.mark, theme.data), strict=True):
        draw_line(plot, np.arange(1, n + 1), curve, colour, px=2.4)
        names.append(Named(float(curve[-1]), name, colour, True))
    name_ends(plot, names)


def _draw_own(ax: Axes, row: Box, digit: np.ndarray, chance: np.ndarray, theme: Theme) -> None:
    """Draw the user's own digit, and beside it the chance of each of the ten as a bar, the likeliest red."""
    write(
        ax, "Your digit, and what it may be", row.left, row.top - 14, size=14, colour=theme.ink,
        semibold=True, at="left",
    )  # fmt: skip
    draw_picture(place(ax, row.left, row.top, row.height, row.height), digit.astype(float), theme)
    left = row.left + row.height + 40
    plot = place(ax, left, row.top, row.width - left, row.height - 22)
    plot.set_xlim(-0.5, 9.5)
    plot.set_ylim(0, 1.18)
    for k, share in enumerate(chance):
        colour = theme.mark if k == chance.argmax() else theme.data_soft
        bar = Rectangle((k - 0.3, 0), 0.6, float(share), facecolor=colour, linewidth=0, zorder=2)
        plot.add_patch(bar)
        write(plot, str(k), k, 0, on="x", size=13.5, colour=theme.ink, shift=(0, -13))
        if share >= 0.005:
            write(
                plot,
                say_tenths(min(float(share), SUREST)),
                k,
                float(share),
                size=12.5,
                colour=theme.ink,
                shift=(0, 9),
            )
    draw_rule(plot, (-0.5, 9.5), (0, 0), theme.axis)
