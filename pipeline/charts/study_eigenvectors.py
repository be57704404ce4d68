"""The main directions of wines: axes drawn on two measures, all measures on two axes, what is kept."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, draw_dots, draw_line, open_plot, share_row
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_percent

TOP, LEFT, GAP, FOOT = 34.0, 26.0, 52.0, 40.0
LARGE, SMALL, ROW_GAP = 206.0, 170.0, 92.0
SHAPES = ("o", "s", "^")
LONG = 2.0  # spreads, of an axis to each side


def picture_eigenvectors(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw six panels of wines, a shape and colour for each of three growers."""
    return StudyPicture(
        partial(draw_eigenvectors, arrays=arrays),
        "178 wines of three growers, a colour each; red: the axes, two spreads long to each side",
        TOP + LARGE + ROW_GAP + SMALL + FOOT,
    )


def draw_eigenvectors(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw covariance, correlation and all thirteen measures above; three, two and one values kept below."""
    width, _ = open_sheet(ax)
    growers, z = arrays["growers"], arrays["standardised"]
    upper = share_row(Box(LEFT, TOP, width - LEFT, LARGE), 3, GAP)
    pair = arrays["wines"][:, :2]
    plot = _draw_wines(
        ax, upper[0], pair, growers, theme, "Covariance", ("flavanoids", "od280/od315"),
        (arrays["covariance_values"], arrays["covariance_vectors"]),
    )  # fmt: skip
    _draw_wines(
        ax, upper[1], z[:, :2], growers, theme, "Correlation", ("flavanoids, in spreads", "od280/od315"),
        (arrays["correlation_values"], arrays["correlation_vectors"]),
    )  # fmt: skip
    shares = arrays["shares"]
    _draw_wines(
        ax, upper[2], arrays["scores"], growers, theme, "All thirteen measures",
        (f"first axis, {say_percent(float(shares[0]))}", f"second, {say_percent(float(shares[1]))}"),
    )  # fmt: skip
    squares = arrays["lengths"] ** 2 / np.sum(arrays["lengths"] ** 2)
    lower = share_row(Box(LEFT, TOP + LARGE + ROW_GAP, width - LEFT, SMALL), 3, GAP)
    for box, n, rows in zip(lower, (3, 2, 1), (z, arrays["kept_2"], arrays["kept_1"]), strict=True):
        kept = say_percent(float(squares[:n].sum()))
        name = "Three measures" if n == 3 else f"{('', 'One value', 'Two values')[n]} kept: {kept}"
        names = ("flavanoids, in spreads", "alcalinity")
        _draw_wines(ax, box, rows[:, [0, 2]], growers, theme, name, names, ends=z[:, [0, 2]])
    return plot


def _draw_wines(
    ax: Axes,
    box: Box,
    rows: np.ndarray,
    growers: np.ndarray,
    theme: Theme,
    title: str,
    names: tuple[str, str],
    axes: tuple[np.ndarray, np.ndarray] | None = None,
    *,
    ends: np.ndarray | None = None,
) -> Axes:
    """Draw rows (x, y) as dots, and ``axes``, their values and vectors (one a row), from the mean."""
    whole = rows if ends is None else ends
    low, high = whole.min(axis=0), whole.max(axis=0)
    margin = 0.06 * (high - low)
    across, up = ((float(low[k] - margin[k]), float(high[k] + margin[k])) for k in range(2))
    if axes is not None:
        across, up = _make_even(box, across, up)  # else right angles would not look right
    plot = open_plot(ax, box, across, up, theme, x_name=names[0], y_name=names[1], grid=False)
    write(ax, title, box.left, box.top - 32, size=14, colour=theme.ink, semibold=True, at="left")
    for k in range(3):
        of_grower = rows[growers == k]
        draw_dots(
            plot, of_grower[:, 0], of_grower[:, 1], theme.categories[k], px=4.2, shape=SHAPES[k], clip=True
        )
    if axes is not None:
        middle = rows.mean(axis=0)
        for value, vector in zip(*axes, strict=True):
            reach = LONG * np.sqrt(value) * vector
            x, y = np.stack([middle - reach, middle + reach]).T
            draw_line(plot, x, y, theme.bg, px=5, layer=4, clip=False)
            draw_line(plot, x, y, theme.mark, px=2.2, layer=4.1, clip=False)
    return plot


def _make_even(
    box: Box, across: tuple[float, float], up: tuple[float, float]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Widen one of two spans until a unit is as long across as up."""
    unit = max((across[1] - across[0]) / box.width, (up[1] - up[0]) / box.height)
    middles = (sum(across) / 2, sum(up) / 2)
    reach = (unit * box.width / 2, unit * box.height / 2)
    return (middles[0] - reach[0], middles[0] + reach[0]), (middles[1] - reach[1], middles[1] + reach[1])
