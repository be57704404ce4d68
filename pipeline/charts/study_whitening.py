"""Pictures of clothes five ways, with their histograms and covariances; below, a net that whitens inside."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_field, draw_picture
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

TOP, NAMES, SIDE, GAP = 30.0, 108.0, 76.0, 10.0
WIDE_HISTOGRAM = 118.0
CURVES, BETWEEN, FOOT, END_NAMES = 176.0, 62.0, 40.0, 140.0
NETS = {"plain": "plain", "whitened": "whitened inside", "wide": "wider, with dropout"}


def picture_whitening(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw a row of pictures a way, and the test's right answers by epoch."""
    rows = len(arrays["panel_names"]) * (SIDE + GAP)
    return StudyPicture(
        partial(draw_whitening, arrays=arrays),
        "The same pictures five ways; their values; how pixels of the middle row vary together; the test",
        TOP + rows + BETWEEN + CURVES + FOOT,
    )


def draw_whitening(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw for each way its pictures, a histogram and covariances by the largest; below, the curves."""
    width, _ = open_sheet(ax)
    n_shown = int((width - NAMES - WIDE_HISTOGRAM - SIDE - 3 * GAP) // (SIDE + GAP))
    n_shown = min(n_shown, arrays["panels"].shape[1])
    heads = (
        (NAMES, "pictures"),
        (width - SIDE - WIDE_HISTOGRAM - 2 * GAP, "values"),
        (width - SIDE, "covariance"),
    )
    for left, name in heads:
        write(ax, name, left, 12, size=13, colour=theme.muted, at="left")
    for row, name in enumerate(arrays["panel_names"]):
        top = TOP + row * (SIDE + GAP)
        write(ax, str(name), 0, top + SIDE / 2, size=14, colour=theme.ink, semibold=True, at="left")
        for k in range(n_shown):
            box = place(ax, NAMES + k * (SIDE + GAP), top, SIDE, SIDE)
            draw_picture(box, arrays["panels"][row, k], theme, both_ways=row > 0)
        histogram = Box(width - SIDE - WIDE_HISTOGRAM - 2 * GAP, top, WIDE_HISTOGRAM, SIDE)
        _draw_histogram(ax, histogram, arrays["bins"], arrays["histograms"][row], theme)
        square = place(ax, width - SIDE, top, SIDE, SIDE)
        covariance = arrays["covariances"][row]
        covariance = covariance / max(float(np.abs(covariance).max()), 1e-12)
        n = len(covariance)
        square.set_xlim(0, n)
        square.set_ylim(0, n)
        draw_field(square, covariance[::-1] / 2 + 0.5, (0, n, 0, n), theme.diverging)
    below = TOP + len(arrays["panel_names"]) * (SIDE + GAP) + BETWEEN
    return _draw_curves(ax, Box(NAMES, below, width - NAMES - END_NAMES, CURVES), arrays, theme)


def _draw_histogram(ax: Axes, box: Box, bins: np.ndarray, heights: np.ndarray, theme: Theme) -> None:
    plot = place(ax, *box)
    plot.set_xlim(float(bins[0]), float(bins[-1]))
    plot.set_ylim(0, 1.05)
    tall = np.sqrt(heights / max(float(heights.max()), 1e-12))  # a peak at 0 leaves the rest to be seen
    for start, end, high in zip(bins[:-1], bins[1:], tall, strict=True):
        if high:
            plot.add_patch(
                Rectangle((start, 0), end - start, high, facecolor=theme.data, linewidth=0, zorder=2)
            )
    draw_rule(plot, (float(bins[0]), float(bins[-1])), (0, 0), theme.axis)
    draw_rule(plot, (0, 0), (0, 1), theme.grid, on="x", layer=0.5)


def _draw_curves(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the share of test pictures that each net names right after each epoch."""
    curves = {key: 100 * arrays[f"{key}_test"] for key in NETS if f"{key}_test" in arrays}
    everything = np.concatenate(list(curves.values()))
    low, high = float(everything.min()), float(everything.max())
    margin = max(0.08 * (high - low), 0.1)
    n_epochs = len(curves["plain"])
    ticks = [float(k) for k in range(1, n_epochs + 1) if k % 2 or n_epochs < 9]
    plot = open_plot(
        ax, box, (1, max(2, n_epochs)), (low - margin, high + margin), theme, x_name="epoch",
        y_name="right on the test, in per cent", x_ticks=ticks,
    )  # fmt: skip
    colours = {"plain": theme.faint, "whitened": theme.data, "wide": theme.categories[2]}
    names = []
    for key, curve in curves.items():
        draw_line(plot, np.arange(1, n_epochs + 1), curve, colours[key], px=2.2 if key == "plain" else 3)
        colour = theme.muted if key == "plain" else theme.ink
        names.append(Named(float(curve[-1]), NETS[key], colour, key == "whitened", colours[key]))
    name_ends(plot, names)
    return plot
