"""Digits by highway layers: how nets of four and forty learned, how far gates are open, what was misread."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_field
from pipeline.charts.study_nets import BETWEEN, CURVES, FOOT, LEFT, ROW, TOP, draw_epochs, draw_wrong
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

NETS = (("random", "four layers"), ("ones", "carried map begun with ones"))
DEEP = (("highway", "highway"), ("plain", "plain"))
DEPTH, NAMES, GATES, GAP = 190.0, 74.0, 330.0, 60.0


def picture_highway(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw losses, depth, gates and misread digits."""
    return StudyPicture(
        partial(draw_highway, arrays=arrays),
        "Loss by epoch of pictures learned (grey) and held back (blue); red: the epoch that was kept",
        TOP + CURVES + BETWEEN + 24 + DEPTH + FOOT + 24 + ROW,
    )


def draw_highway(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw three rows: losses; forty layers, learning and their gates; digits."""
    width, _ = open_sheet(ax)
    plots = draw_epochs(ax, Box(LEFT, TOP, width - LEFT, CURVES), arrays, NETS, theme)
    top = TOP + CURVES + BETWEEN + 24
    _draw_depth(ax, Box(LEFT, top, width - LEFT - NAMES - GAP - GATES, DEPTH), arrays, theme)
    _draw_gates(ax, Box(width - GATES, top, GATES, DEPTH), arrays["gates"], theme)
    draw_wrong(
        ax, Box(0, top + DEPTH + FOOT + 24, width, ROW), arrays, theme, head="Misread by the four layers"
    )
    return plots[0]


def _draw_depth(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    """Draw the share of pictures held back that nets of forty layers name right, by epoch."""
    curves = [100 * arrays[f"{key}_right"] for key, _ in DEEP]
    n = len(curves[0])
    plot = open_plot(
        ax, box, (1, max(2, n)), (0, 100), theme, x_name="epoch",
        y_name="forty layers: right, in per cent; line: by chance",
        x_ticks=[float(k) for k in range(1, n + 1)],
    )  # fmt: skip
    draw_rule(plot, (1, max(2, n)), (10, 10), theme.axis)
    names = []
    for curve, (_, name), colour in zip(curves, DEEP, (theme.data, theme.faint), strict=True):
        draw_line(plot, np.arange(1, n + 1), curve, colour, px=2.4)
        names.append(Named(float(curve[-1]), name, theme.ink, name == "highway", colour))
    name_ends(plot, names)


def _draw_gates(ax: Axes, box: Box, gates: np.ndarray, theme: Theme) -> None:
    """Draw how far each layer's gates are open (columns), for each digit (rows)."""
    highest = max(float(gates.max()), 1e-9)
    n_layers, n_digits = gates.shape
    plot = place(ax, *box)
    plot.set_xlim(0, n_layers)
    plot.set_ylim(0, n_digits)
    draw_field(plot, gates.T[::-1] / highest * 0.999, (0, n_layers, 0, n_digits), theme.sequential)
    head = f"how far gates are open, by layer and digit; at most {100 * highest:.0f} per cent"
    write(ax, head, box.left, box.top - 12, size=13, colour=theme.muted, at="left")
    for digit in range(n_digits):
        place_up = n_digits - digit - 0.5
        write(plot, str(digit), 0, place_up, size=12.5, colour=theme.muted, at="right", shift=(-7, 0))
    for layer in (1, n_layers):
        write(plot, str(layer), layer - 0.5, 0, size=12.5, colour=theme.muted, shift=(0, -14))
    foot = box.top + box.height + 31
    write(ax, "layer", box.left + box.width, foot, size=13, colour=theme.muted, at="right")
