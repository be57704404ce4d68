"""A net that whitens inside and the same net without, five times each: by epoch, and at the end by pairs."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_dots, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

TOP, LEFT, PLOT, FOOT, NAMES, PAIRS, GAP = 34.0, 44.0, 260.0, 44.0, 132.0, 190.0, 60.0
NETS = {"whitened": "whitened inside", "plain": "the same without"}


def picture_whitening_seeds(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the test's right answers by epoch, and at the end."""
    return StudyPicture(
        partial(draw_whitening_seeds, arrays=arrays),
        "Clothes named right on the test, in per cent: thin a seed, thick the mean; at the right each pair",
        TOP + PLOT + FOOT,
    )


def draw_whitening_seeds(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw curves at the left, and a line from each plain net to the whitened one of its seed."""
    width, _ = open_sheet(ax)
    rights = {key: 100 * arrays[key] for key in NETS}
    colours = {"whitened": theme.data, "plain": theme.faint}
    everything = np.concatenate([each.ravel() for each in rights.values()])
    n = rights["plain"].shape[1]
    low, high = float(np.quantile(everything, 0.02)), float(everything.max())
    margin = max(0.06 * (high - low), 0.05)
    box = Box(LEFT, TOP, width - LEFT - NAMES - GAP - PAIRS, PLOT)
    plot = open_plot(
        ax, box, (1, max(2, n)), (low - margin, high + margin), theme, x_name="epoch", y_name="by epoch",
        x_ticks=[float(k) for k in range(1, n + 1) if k % 2 or n < 9],
    )  # fmt: skip
    epochs, names = np.arange(1, n + 1), []
    for key, name in NETS.items():
        for curve in rights[key]:
            draw_line(plot, epochs, curve, colours[key], px=0.9, alpha=0.5, layer=2)
        mean = rights[key].mean(axis=0)
        draw_line(plot, epochs, mean, colours[key], px=2.8)
        names.append(Named(float(mean[-1]), name, theme.ink, key == "whitened", colours[key]))
    name_ends(plot, names)
    _draw_pairs(ax, Box(width - PAIRS, TOP, PAIRS, PLOT), rights, colours, theme)
    return plot


def _draw_pairs(
    ax: Axes, box: Box, rights: Mapping[str, np.ndarray], colours: Mapping[str, str], theme: Theme
) -> None:
    """Draw the last epoch of each seed: plain at the left of a line, whitened at its right."""
    plain, whitened = rights["plain"][:, -1], rights["whitened"][:, -1]
    ends = np.concatenate([plain, whitened])
    margin = max(0.15 * float(np.ptp(ends)), 0.02)
    plot = open_plot(
        ax, box, (-0.25, 1.25), (float(ends.min()) - margin, float(ends.max()) + margin), theme,
        y_name="last epoch", x_ticks=(),
    )  # fmt: skip
    for place, name in enumerate(("without", "whitened")):
        write(plot, name, place, 0, on="x", size=12.5, colour=theme.muted, shift=(0, -14))
    for start, end in zip(plain, whitened, strict=True):
        draw_line(plot, np.array([0, 1]), np.array([start, end]), theme.axis, px=1.2, layer=2)
    draw_dots(plot, np.zeros(len(plain)), plain, colours["plain"], px=9, edge=theme.bg, layer=4)
    draw_dots(plot, np.ones(len(whitened)), whitened, colours["whitened"], px=9, edge=theme.bg, layer=4)
