"""A curve of the fourth degree: the curve early and late, and its coefficients, which take far longer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.study_paths import draw_paths
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, Named, draw_dots, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import count_noun

HEIGHT, TOP, LEFT, FOOT, GAP = 372.0, 30.0, 26.0, 40.0, 44.0
STEP_NAMES, NAMES = 84.0, 52.0
POWERS = ("1", "x", "x²", "x³", "x⁴")


def picture_polynomial(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the curves of some steps through the points, and the coefficients over all steps."""
    return StudyPicture(
        partial(draw_polynomial, arrays=arrays),
        "The curve after so many steps of descent; its coefficients, which should become 0, 1, 2, 3 and 4",
        HEIGHT,
    )


def draw_polynomial(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw points and curves at the left, the last curve in the mark; coefficients at the right."""
    width, height = open_sheet(ax)
    high = height - TOP - FOOT
    x, y, curves = arrays["x"], arrays["y"], arrays["curves"]
    top = float(max(y.max(), curves.max())) * 1.06
    left = Box(LEFT, TOP, width * 0.52 - LEFT - STEP_NAMES, high)
    plot = open_plot(
        ax,
        left,
        (0, float(x.max()) * 1.02),
        (min(0.0, float(curves.min())), top),
        theme,
        x_name="x",
        y_name="y",
    )
    draw_dots(plot, x, y, theme.faint, px=4.5, layer=2)
    ramp = theme.sequential[2:]
    names = []
    for k, (n_steps, curve) in enumerate(zip(arrays["shown_steps"], curves, strict=True)):
        last = k == len(curves) - 1
        colour = theme.mark if last else ramp[min(k + 1, len(ramp) - 1)]
        draw_line(plot, x, curve, colour, px=2.4 if last else 1.8, layer=4 if last else 3)
        names.append(
            Named(
                float(curve[-1]),
                count_noun(int(n_steps), "step", "steps"),
                theme.mark if last else theme.muted,
                last,
            )
        )
    name_ends(plot, names)
    right = Box(width * 0.52 + GAP, TOP, width * 0.48 - GAP - NAMES, high)
    ends = [f"{name}: {value:.2f}" for name, value in zip(POWERS, arrays["coefficients"][-1], strict=True)]
    draw_paths(
        ax,
        right,
        arrays["steps"],
        arrays["coefficients"],
        arrays["exact"],
        ends,
        theme,
        y_name="coefficient of",
    )
    return plot
