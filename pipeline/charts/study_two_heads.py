"""One net with two inputs and two outputs: the net as a graph, the next day's count, and how it learned."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.grids import draw_cells, frame_run
from pipeline.charts.lettering import write
from pipeline.charts.scales import NUMBERED_STEPS, class_of
from pipeline.charts.study_graph import draw_graph
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, draw_line, open_plot
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import WEEKDAYS

TOP, LEFT, GRAPH, BETWEEN, PLOT, FOOT = 10.0, 40.0, 132.0, 52.0, 230.0, 40.0
CELLS, GAP = 258.0, 72.0
N_SHOWN = 84  # days
INPUTS = {-1: "24 hours", -2: "7 days"}


def picture_two_heads(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the net, its counts beside what came, and which weekdays it named."""
    return StudyPicture(
        partial(draw_two_heads, arrays=arrays),
        "The net and its parameters; the next day’s count and the guess; weekdays as named, in per cent",
        TOP + GRAPH + BETWEEN + PLOT + FOOT,
    )


def draw_two_heads(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the graph above; below it counts over the last scored days at the left, weekdays at the right."""
    width, _ = open_sheet(ax)
    draw_graph(
        ax,
        Box(0, TOP, width, GRAPH),
        arrays["part_names"],
        arrays["part_sizes"],
        arrays["edges"],
        INPUTS,
        theme,
    )
    top = TOP + GRAPH + BETWEEN
    count, expected = arrays["count"][-N_SHOWN:], arrays["expected"][-N_SHOWN:]
    high = float(max(count.max(), expected.max())) * 1.1
    left = Box(LEFT, top, width - LEFT - CELLS - GAP, PLOT)
    plot = open_plot(
        ax, left, (1, len(count)), (0, high), theme, x_name="day", y_name="entries a day; grey: what came",
    )  # fmt: skip
    days = np.arange(1, len(count) + 1)
    draw_line(plot, days, count, theme.faint, px=1.6, layer=2)
    draw_line(plot, days, expected, theme.data, px=2.4)
    _draw_weekdays(ax, Box(width - CELLS, top, CELLS, PLOT), arrays["confusion"], theme)
    return plot


def _draw_weekdays(ax: Axes, box: Box, confusion: np.ndarray, theme: Theme) -> None:
    """Draw the share said for each true weekday as numbered cells, the diagonal framed."""
    shares = confusion / np.maximum(confusion.sum(axis=1, keepdims=True), 1)
    highest = float(shares.max())
    classes = np.array([[class_of(float(share), 0.0, highest) for share in line] for line in shares])
    cells = place(ax, *box)
    draw_cells(cells, classes, [theme.sequential[step] for step in NUMBERED_STEPS])
    for k in range(7):
        name = WEEKDAYS[k][:2]
        write(cells, name, 0, k + 0.5, size=12.5, colour=theme.muted, at="right", shift=(-7, 0))
        write(cells, name, k + 0.5, 7, size=12.5, colour=theme.muted, shift=(0, -14))
        frame_run(cells, k, k, 1, 1, theme)
        for j in range(7):
            colour = theme.ink if classes[k, j] <= 3 else theme.bg
            write(cells, f"{100 * shares[k, j]:.0f}", j + 0.5, k + 0.5, size=12.5, colour=colour)
    write(ax, "truly (rows), the net said", box.left, box.top - 12, size=13, colour=theme.muted, at="left")
