"""Parameters on their way to what they should be, over steps that grow in powers of ten."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule
from pipeline.charts.study_plot import Box, Named, draw_line, name_ends, open_plot
from pipeline.charts.tokens import Theme


def draw_paths(
    ax: Axes,
    box: Box,
    steps: np.ndarray,
    paths: np.ndarray,
    exact: np.ndarray,
    names: Sequence[str],
    theme: Theme,
    *,
    y_name: str,
) -> Axes:
    """Draw a line a parameter, ``paths (n_steps, n)``, beside rules at the exact values, and name it."""
    low, high = float(min(paths.min(), exact.min())), float(max(paths.max(), exact.max()))
    margin = 0.05 * (high - low)
    x = steps + 1.0
    plot = open_plot(
        ax, box, (1.0, float(x[-1])), (low - margin, high + margin), theme, log_x=True, x_name="steps",
        y_name=y_name, grid=False,
    )  # fmt: skip
    for value in exact:
        draw_rule(plot, (0, 1), (value, value), theme.grid, on="y", layer=0.5)
    for path in paths.T:
        draw_line(plot, x, path, theme.data, px=1.7)
    ends = [Named(float(end), name, theme.ink) for end, name in zip(paths[-1], names, strict=True)]
    name_ends(plot, ends)
    return plot


def draw_losses(ax: Axes, box: Box, steps: np.ndarray, losses: np.ndarray, theme: Theme) -> Axes:
    """Draw the loss over steps, both in powers of ten."""
    above = np.maximum(losses, losses[losses > 0].min())
    up = (float(above.min()) / 2, float(above.max()) * 2)
    plot = open_plot(
        ax, box, (1.0, float(steps[-1] + 1)), up, theme, log=True, log_x=True, x_name="steps", y_name="loss"
    )
    draw_line(plot, steps + 1.0, above, theme.data, px=2.2)
    return plot
