"""Counting ones in images of 2 × 2; the likelihood of digits by epoch; digits drawn, likely and unlikely."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.grids import draw_cells
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_picture
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import (
    Box,
    Named,
    choose_round,
    draw_dots,
    draw_line,
    name_ends,
    open_plot,
    share_row,
)
from pipeline.charts.tokens import Theme

TOP, LEFT, FOOT = 44.0, 44.0, -14.0
SMALL, GAP = 96.0, 16.0
CURVES, NAMES, BETWEEN = 180.0, 176.0, 76.0
DIGIT, DIGITS = 54.0, 12
COUNT_STEPS = (0.0, 1.0, 3.0, 5.0, 6.0)  # on the ramp, of 0 to 4 ones: no number stands on the fifth
SHOWN = 0b1101  # of the sixteen images: ones at upper left, upper right and lower right


def picture_spatial_lstm(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw counts in a small image, nats by epoch, and digits."""
    rows = 3 * (DIGIT + 44)
    return StudyPicture(
        partial(draw_spatial_lstm, arrays=arrays),
        "Counts of ones above and to the left; nats of a picture (less: more likely); digits",
        TOP + SMALL + BETWEEN + CURVES + BETWEEN + rows + FOOT,
    )


def draw_spatial_lstm(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw an image with its counts and what is said of it, two plots of curves, and three rows of digits."""
    width, _ = open_sheet(ax)
    _draw_small(ax, arrays, theme)
    cost = Box(3 * (SMALL + GAP) + 60, TOP, width - 3 * (SMALL + GAP) - 60, SMALL)
    _draw_cost(ax, cost, arrays["small_cost"], theme)
    top = TOP + SMALL + BETWEEN
    plot = _draw_nats(ax, Box(LEFT, top, width - LEFT - NAMES, CURVES), arrays, theme)
    top += CURVES + BETWEEN
    ends = [
        np.concatenate([arrays[f"{kind}{what}"] for kind in ("usual", "unusual")]) for what in ("", "_nats")
    ]
    n = len(arrays["usual"])
    rows: tuple[tuple[str, np.ndarray, np.ndarray | None], ...] = (
        ("Digits that it had not seen", arrays["real"], None),
        ("Digits that it draws, pixel by pixel", arrays["drawn"], None),
        (f"The {n} likeliest it had not seen, and the {n} least likely, in nats", ends[0], ends[1]),
    )
    for name, digits, nats in rows:
        write(ax, name, 0, top - 14, size=14, colour=theme.ink, semibold=True, at="left")
        for k, box in enumerate(share_row(Box(0, top, width, DIGIT), DIGITS, (width - DIGITS * DIGIT) / 11)):
            if k == len(digits):
                break
            draw_picture(place(ax, *box), digits[k].astype(float), theme)
            if nats is not None:
                middle, below = box.left + DIGIT / 2, top + DIGIT + 12
                write(ax, f"{nats[k]:.1f}", middle, below, size=12.5, colour=theme.muted)
        top += DIGIT + 44
    return plot


def _draw_small(ax: Axes, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    """Draw one image of 2 × 2, the counts that it is to tell, and those that it tells."""
    kinds = (("image", "small_images"), ("ones up to here", "small_counts"), ("as it is said", "small_said"))
    for k, (name, key) in enumerate(kinds):
        left = k * (SMALL + GAP)
        write(ax, name, left, TOP - 14, size=13, colour=theme.muted, at="left")
        plot = place(ax, left, TOP, SMALL, SMALL)
        values = arrays[key][min(SHOWN, len(arrays[key]) - 1)]
        steps = np.interp(values, range(len(COUNT_STEPS)), COUNT_STEPS)
        draw_cells(plot, steps, theme.sequential, gap_px=2)
        for i, j in np.ndindex(2, 2):
            dark = steps[i, j] >= 4.5
            text = f"{values[i, j]:.2f}" if key == "small_said" else f"{values[i, j]:.0f}"
            colour = theme.bg if dark else theme.ink
            write(plot, text, j + 0.5, i + 0.5, size=14, colour=colour, semibold=True)


def _draw_cost(ax: Axes, box: Box, cost: np.ndarray, theme: Theme) -> None:
    plot = open_plot(
        ax, box, (1, max(2, len(cost))), (float(cost.min()) / 2, float(cost.max()) * 2), theme, log=True,
        x_name="steps", y_name="squared cost, mean of all cells",
    )  # fmt: skip
    draw_line(plot, np.arange(1, len(cost) + 1), cost, theme.data)


def _draw_nats(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw nats a picture by epoch, learned and held back, and each model on the test."""
    learned, held = arrays["learned"], arrays["held"]
    alone, belief, lstm = (float(arrays[name]) for name in ("alone", "belief", "lstm"))
    everything = np.concatenate([learned, held, [alone, belief, lstm]])
    low, high = float(everything.min()), float(everything.max())
    n = max(2, len(held))
    margin = 0.08 * (high - low) + 0.1
    plot = open_plot(
        ax, box, (1, n), (low - margin, high + margin), theme, x_name="epoch",
        y_name="nats a picture; grey: learned; blue: held back; dashed: on the test",
        x_ticks=[tick for tick in choose_round(1, n) if tick.is_integer()],
    )  # fmt: skip
    epochs = np.arange(1, len(held) + 1)
    draw_line(plot, epochs, learned, theme.faint, px=2)
    draw_line(plot, epochs, held, theme.data, px=2.8)
    best = min(max(int(arrays["best"]), 1), len(held))
    draw_dots(plot, epochs[best - 1 : best], held[best - 1 : best], theme.mark, px=9, edge=theme.bg, layer=5)
    for value, colour in ((alone, theme.axis), (belief, theme.axis), (lstm, theme.data)):
        draw_line(plot, np.array([1, n]), np.full(2, value), colour, px=1.4, dashes=(4, 3))
    name_ends(
        plot,
        [
            Named(alone, f"each pixel alone: {alone:.1f}", theme.muted),
            Named(belief, f"logistic regressions: {belief:.1f}", theme.muted),
            Named(lstm, f"spatial LSTM, test: {lstm:.1f}", theme.data, True),
        ],
    )
    return plot
