"""An LSTM: what comes back of a gradient over many steps, two kinds of loss, and the cost of two steps."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import FOOT, HEAD, Box, Named, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme

TOP, LEFT, HIGH, LOW, GAP, MARGIN = 26.0, 52.0, 210.0, 170.0, 50.0, 16.0
NAMES, SHORT = 178.0, 142.0  # px for names at line ends
LOWEST = 1e-18  # of a gradient; what is below leaves the plot


def picture_lstm(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the way back above, and the two experiments of learning below."""
    return StudyPicture(
        partial(draw_lstm, arrays=arrays),
        "A gradient on its way back, by steps; below, by how much a running sum is missed, and a cost",
        TOP + HIGH + FOOT + MARGIN + HEAD + LOW + FOOT,
    )


def draw_lstm(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw three plots: gradients by distance, errors by place for both losses, the cost of the small net."""
    width, _ = open_sheet(ax)
    back = np.maximum(arrays["back"], LOWEST)
    across = np.arange(back.shape[1])
    plot = open_plot(
        ax, Box(LEFT, TOP, width - LEFT - NAMES, HIGH), (0, len(across) - 1),
        (float(back.min()) / 3, float(back.max()) * 3), theme, log=True, x_name="steps back",
        y_name="length of a gradient that is 1 at the last step, in nets that have learned nothing yet",
    )  # fmt: skip
    ends = []
    for k, name in enumerate(arrays["back_names"]):
        draw_line(plot, across, back[k], theme.faint if k else theme.data, px=1.6 if k else 2.6)
        ends.append(Named(float(back[k, -1]), str(name), theme.muted if k else theme.ink, semibold=not k))
    name_ends(plot, ends)
    top = TOP + HIGH + FOOT + MARGIN + HEAD
    wide = (width - LEFT - SHORT - GAP - MARGIN) / 2
    each, end = arrays["at_each"], arrays["at_end"]
    places = np.arange(1, len(each) + 1)
    high = 1.1 * float(max(each.max(), end.max()))
    middle = open_plot(
        ax, Box(LEFT, top, wide, LOW), (1, len(places)), (0, high), theme,
        x_ticks=[1.0, *(float(tick) for tick in places if tick % 5 == 0)], x_name="numbers summed up",
        y_name="sum missed by",
    )  # fmt: skip
    draw_line(middle, places, end, theme.mark, px=2)
    draw_line(middle, places, each, theme.data)
    name_ends(
        middle,
        [
            Named(float(each[-1]), "loss at each step", theme.ink, semibold=True, dot=theme.data),
            Named(float(end[-1]), "loss at the end", theme.ink, dot=theme.mark),
        ],
    )
    cost = arrays["cost"]
    small = open_plot(
        ax, Box(LEFT + wide + SHORT + GAP, top, wide, LOW), (1, len(cost)),
        (float(cost.min()) / 2, float(cost.max()) * 2), theme, log=True, x_name="step of learning",
        y_name="cost of two steps of one unit",
    )  # fmt: skip
    draw_line(small, np.arange(1, len(cost) + 1), cost, theme.data)
    return plot
