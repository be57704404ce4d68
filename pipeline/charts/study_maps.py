"""Fields for the studies' pictures: what a model says of a plane, heights as contours, grey pictures.

A field is a raster in steps of a ramp of the look; no colour lies between two steps.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

from pipeline.charts.study_plot import draw_dots
from pipeline.charts.style import PT
from pipeline.charts.tokens import Theme

INNER = slice(2, 7)
Span = tuple[float, float, float, float]  # left, right, bottom, top


def draw_field(plot: Axes, values: np.ndarray, span: Span, ramp: Sequence[str]) -> None:
    """Draw ``values`` (rows upwards, columns), 0 to 1, as steps of ``ramp`` over ``span``."""
    steps = np.clip(np.nan_to_num(values) * len(ramp), 0, len(ramp) - 1).astype(int).astype(float)
    plot.imshow(
        steps, origin="lower", extent=span, cmap=ListedColormap(list(ramp)), vmin=-0.5, vmax=len(ramp) - 0.5,
        interpolation="nearest", aspect="auto", zorder=0.4,
    )  # fmt: skip


def draw_probability(plot: Axes, values: np.ndarray, span: Span, theme: Theme) -> None:
    """Draw the chance of the second class at each point, and a line where it is one half."""
    _fill(plot, values, span, theme.diverging[INNER], np.linspace(0, 1, 6))  # the ends are for the points
    if np.nanmin(values) < 0.5 < np.nanmax(values):
        x, y = _list_places(values, span)
        plot.contour(x, y, values, [0.5], colors=[theme.ink], linewidths=[1.6 * PT], zorder=1)


def _fill(plot: Axes, values: np.ndarray, span: Span, ramp: Sequence[str], levels: np.ndarray) -> None:
    """Fill between levels, one colour of ``ramp`` for each step; a hair's breadth is added at both ends."""
    ends = levels.copy()
    ends[[0, -1]] += np.array([-1e-9, 1e-9])
    plot.contourf(*_list_places(values, span), values, ends, colors=list(ramp), zorder=0.4)


def _list_places(values: np.ndarray, span: Span) -> tuple[np.ndarray, np.ndarray]:
    """Return where the columns and the rows of a field lie."""
    rows, columns = values.shape
    return np.linspace(span[0], span[1], columns), np.linspace(span[2], span[3], rows)


def draw_classes(
    plot: Axes,
    x: np.ndarray,
    labels: np.ndarray,
    theme: Theme,
    *,
    px: float = 5.0,
    most: int = 600,
    cased: bool = True,
) -> None:
    """Draw rows (x, y) of two classes, the first as squares, the second as dots, none cut at the frame.

    ``cased``: the squares have an edge of paper, the dots are rings around it.
    """
    shown = np.linspace(0, len(x) - 1, min(most, len(x))).astype(int)
    first, second = theme.diverging[0], theme.diverging[-1]
    kinds = (first, theme.bg, "s"), ((theme.bg, second, "o") if cased else (second, None, "o"))
    for number, (colour, edge, shape) in enumerate(kinds):
        of_class = shown[labels[shown] == number]
        draw_dots(
            plot, x[of_class, 0], x[of_class, 1], colour, px=px, shape=shape, edge=edge if cased else None,
            layer=2,
        )  # fmt: skip


def draw_contours(plot: Axes, values: np.ndarray, span: Span, theme: Theme, *, n_levels: int = 12) -> None:
    """Draw heights (rows upwards, columns) as filled steps of the sequential ramp, low is pale.

    Levels are even in the logarithm of the height above the lowest, which shows a valley's floor.
    """
    above = np.log10(values - values.min() + 1e-3 * (np.median(values) - values.min()) + 1e-12)
    x, y = _list_places(values, span)
    ramp = theme.sequential[:5]
    _fill(plot, above, span, ramp, np.linspace(above.min(), above.max(), len(ramp) + 1))
    plot.contour(
        x, y, above, n_levels, colors=[theme.axis], linewidths=[0.8 * PT], linestyles="solid", zorder=0.8
    )


def draw_picture(plot: Axes, picture: np.ndarray, theme: Theme, *, both_ways: bool = False) -> None:
    """Draw one grey picture (rows downwards); ``both_ways``: about zero, on the diverging ramp."""
    if both_ways:
        reach = max(float(np.abs(picture).max()), 1e-12)
        values, ramp = picture / reach / 2 + 0.5, theme.diverging
    else:
        low, high = float(picture.min()), float(picture.max())
        values, ramp = (picture - low) / max(high - low, 1e-12), theme.sequential
    rows, columns = picture.shape
    plot.set_xlim(0, columns)
    plot.set_ylim(0, rows)
    draw_field(plot, values[::-1], (0, columns, 0, rows), ramp)
