"""Twelve optimizers, a panel each: its cost at the published rate and at the best of a few."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from math import ceil

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import measure, write
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, draw_line, open_plot, say_tick, share_grid
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_percent, say_tenths

A_ROW, HIGH, ROW_GAP = 4, 128.0, 66.0
TOP, LEFT, GAP, FOOT = 46.0, 44.0, 24.0, 40.0
GOOD = 0.9  # of the test images; below it an optimizer has not learned to tell the digits apart
LOWEST = 1e-9  # a cost below it leaves the plot


def picture_optimizers(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw a panel an optimizer, four a row."""
    n_rows = ceil(len(arrays["name"]) / A_ROW)
    return StudyPicture(
        partial(draw_optimizers, arrays=arrays),
        "Cost by epoch, at its best rate (thick) and at the article’s; "
        f"red: right on under {say_percent(GOOD)} of the test",
        TOP + n_rows * HIGH + (n_rows - 1) * ROW_GAP + FOOT,
    )


def draw_optimizers(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw each optimizer's two costs over the others' best ones, on one scale in powers of ten."""
    width, height = open_sheet(ax)
    best, common = (np.maximum(arrays[key], LOWEST / 100) for key in ("best_cost", "cost"))
    finite = np.concatenate([best, common])[np.isfinite(np.concatenate([best, common]))]
    up = (max(float(finite.min()), LOWEST) / 2, float(finite.max()) * 2)
    n_epochs = best.shape[1]
    epochs = np.arange(1, n_epochs + 1)
    boxes = share_grid(Box(LEFT, TOP, width - LEFT, height - TOP - FOOT), len(best), A_ROW, GAP, ROW_GAP)
    plots = []
    for k, (box, name) in enumerate(zip(boxes, arrays["name"], strict=True)):
        last_row = k >= len(best) - A_ROW
        plot = open_plot(
            ax, box, (1, n_epochs), up, theme, log=True, y_ticks=None if k % A_ROW == 0 else (),
            x_ticks=None if last_row else (), x_name="epoch" if k == len(best) - 1 else "",
        )  # fmt: skip
        for other in np.delete(best, k, axis=0):
            draw_line(plot, epochs, other, theme.grid, px=1.1, layer=1)
        right = float(arrays["best_right"][k])
        colour = theme.data if right >= GOOD else theme.mark
        draw_line(plot, epochs, common[k], colour, px=1.2, layer=3)
        draw_line(plot, epochs, best[k], colour, px=2.8, layer=4)
        size = min(14.0, 14.0 * box.width / measure(str(name), 14, semibold=True))
        write(ax, str(name), box.left, box.top - 28, size=size, colour=theme.ink, semibold=True, at="left")
        note = f"rate {say_tick(float(arrays['best_rate'][k]))}, {say_tenths(right)} right"
        write(ax, note, box.left, box.top - 11, size=12.5, colour=theme.muted, at="left")
        plots.append(plot)
    return plots[0]
