"""The running sum: how fast each cell learns it, and what each says after the steps that were taught."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import FOOT, Box, Named, draw_dots, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

TOP, LEFT, HIGH, GAP, NAMES = 26.0, 44.0, 250.0, 62.0, 96.0
LOWEST = 1e-6  # an error below it leaves the plot


def picture_running_sum(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the errors while learning, and beyond what was learned."""
    return StudyPicture(
        partial(draw_running_sum, arrays=arrays),
        "Mean error of the running sum, while it is learned, and at each step of longer sequences; "
        "red: never taught",
        TOP + HIGH + FOOT,
    )


def draw_running_sum(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the errors over the steps of learning at the left, by place at the right; one cell stands out."""
    width, _ = open_sheet(ax)
    names = [str(name) for name in arrays["cell"]]
    wide = (width - LEFT - GAP - 2 * NAMES) / 2
    errors = np.maximum(arrays["error"], LOWEST)
    steps = np.arange(1, errors.shape[1] + 1)
    up = (float(errors.min()) / 1.5, float(errors.max()) * 1.5)
    left = open_plot(
        ax, Box(LEFT, TOP, wide, HIGH), (1, len(steps)), up, theme, log=True, x_name="step of learning",
        y_name="mean error of the sums",
    )  # fmt: skip
    places = np.arange(1, arrays["by_place"].shape[1] + 1)
    high = float(arrays["by_place"].max()) * 1.1
    right = open_plot(
        ax, Box(LEFT + wide + NAMES + GAP, TOP, wide, HIGH), (0.7, len(places) + 0.3), (0, high), theme,
        x_ticks=list(map(float, places)), x_name="step of the sequence", y_name="error at each step",
    )  # fmt: skip
    n_learned = int(arrays["n_learned"])
    right.axvspan(
        n_learned + 0.5, len(places) + 0.3, color=theme.mark_soft, alpha=0.5, linewidth=0, zorder=0.2
    )
    write(
        right,
        "never taught",
        n_learned + 0.65,
        1,
        size=13,
        colour=theme.mark,
        at="left",
        shift=(0, -12),
        on="x",
    )
    for plot, x, lines in ((left, steps, errors), (right, places, arrays["by_place"])):
        ends = []
        for k in range(len(names) - 1, -1, -1):
            colour = theme.faint if k else theme.data
            draw_line(plot, x, lines[k], colour, px=1.5 if k else 2.2, layer=3 + (k == 0))
            if plot is right:
                draw_dots(plot, x, lines[k], colour, px=6, layer=3.5 + (k == 0))
            ends.append(Named(float(lines[k, -1]), names[k], theme.muted if k else theme.ink, semibold=not k))
        name_ends(plot, ends)
    return left
