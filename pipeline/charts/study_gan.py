"""Digits invented by each pair of nets, a row each, and how far they are from real ones."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_picture
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot, share_row
from pipeline.charts.tokens import Theme

TOP, ROW, PICTURE, BETWEEN = 26.0, 54.0, 44.0, 4.0
NAME = 136.0
BAR_GAP, VALUE = 20.0, 40.0  # px before the bars, and for the numbers at their ends
CURVES, BEFORE, FOOT, LEFT, ENDS = 150.0, 66.0, 44.0, 34.0, 112.0
SIDES = ("discriminator_loss", "generator_loss")


def picture_gan(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw a row of digits for each pair, under one of real digits, and the losses of two."""
    n_rows = len(arrays["name"]) + 1
    return StudyPicture(
        partial(draw_gan, arrays=arrays),
        "Ten digits of each net, and their distance from real ones (Fréchet’s, by a reader of digits); "
        "red: the nearest",
        TOP + n_rows * ROW + BEFORE + CURVES + FOOT,
    )


def draw_gan(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw rows of digits with bars of their distances; below, what the two sides lose by step."""
    width, _ = open_sheet(ax)
    best = int(arrays["best"])
    rows = [("real digits", arrays["real"], float(arrays["floor"]))]
    named = zip(arrays["name"], arrays["digits"], arrays["distance"], strict=True)
    rows += [(str(name), digits, float(distance)) for name, digits, distance in named]
    left = NAME + 10 * (PICTURE + BETWEEN) + BAR_GAP
    longest = max(distance for *_, distance in rows)
    write(ax, "distance", left, 10, size=13, colour=theme.muted, at="left")
    for k, (name, digits, distance) in enumerate(rows):
        top = TOP + k * ROW
        colour = theme.mark if k == best + 1 else theme.data if k else theme.faint
        _write_name(ax, name, top + PICTURE / 2, theme)
        for j, box in enumerate(share_row(Box(NAME, top, 10 * (PICTURE + BETWEEN), PICTURE), 10, BETWEEN)):
            draw_picture(place(ax, box.left, box.top, PICTURE, PICTURE), digits[j].astype(float), theme)
        long = max((width - VALUE - left) * distance / max(longest, 1e-12), 1.0)
        bar = Rectangle((left, top + PICTURE / 2 - 7), long, 14, facecolor=colour, linewidth=0, zorder=2)
        ax.add_patch(bar)
        text = f"{distance:.1f}" if distance < 10 else f"{distance:.0f}"
        write(
            ax, text, left + long + 6, top + PICTURE / 2, size=13, colour=theme.ink, semibold=True, at="left"
        )
    top = TOP + len(rows) * ROW + BEFORE
    wide = width / 2 - LEFT - ENDS
    boxes = [Box(k * width / 2 + LEFT, top, wide, CURVES) for k in (0, 1)]
    plots = [
        _draw_losses(ax, box, arrays, k, theme) for box, k in zip(boxes, (best, len(rows) - 2), strict=True)
    ]
    return plots[0]


def _write_name(sheet: Axes, name: str, middle: float, theme: Theme) -> None:
    """Write a name in one line, or what stands behind its comma in a second."""
    first, _, second = name.partition(", ")
    shift = 9.0 if second else 0.0
    write(sheet, first, 0, middle - shift, size=13.5, colour=theme.ink, semibold=True, at="left")
    if second:
        write(sheet, second, 0, middle + shift, size=13, colour=theme.muted, at="left")


def _draw_losses(sheet: Axes, box: Box, arrays: Mapping[str, np.ndarray], k: int, theme: Theme) -> Axes:
    """Draw what both sides of one pair lose by step, on one scale with the other pair."""
    curves = [arrays[side][k] for side in SIDES]
    highest = max(float(arrays[side][j].max()) for side in SIDES for j in (int(arrays["best"]), -1))
    steps = arrays["step"]
    plot = open_plot(
        sheet, box, (float(steps[0]), float(steps[-1])), (0, highest * 1.1), theme, x_name="step",
        y_name=f"what both lose: {arrays['name'][k]}",
    )  # fmt: skip
    names = []
    for curve, name, colour in zip(
        curves, ("discriminator", "generator"), (theme.data, theme.faint), strict=True
    ):
        draw_line(plot, steps, curve, colour, px=2.4)
        names.append(Named(float(curve[-1]), name, theme.ink, dot=colour))
    name_ends(plot, names)
    return plot
