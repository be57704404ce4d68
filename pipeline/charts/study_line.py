"""One line through points: the line, and two ways down the surface of its loss."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_maps import draw_contours
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, draw_dots, draw_line, open_plot
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import MINUS

N_FRAMES = 16
HEIGHT, TOP, LEFT, FOOT, GAP = 392.0, 30.0, 30.0, 40.0, 68.0


def picture_line(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw points and line, and the loss of every line with the ways down."""
    return StudyPicture(
        partial(draw_line_study, arrays=arrays),
        "Points and the line; the loss of every line y = wx + b, lowest in the innermost ring; two ways down",
        HEIGHT,
        frames=tuple(partial(draw_line_study, arrays=cut_paths(arrays, n)) for n in range(1, N_FRAMES + 1)),
    )


def cut_paths(arrays: Mapping[str, np.ndarray], n_moves: int) -> dict[str, np.ndarray]:
    """Return the arrays as after so many moves of either way, and the line that descent has then."""
    paths = {key: arrays[key][: n_moves + 1] for key in ("searched", "descended")}
    return {**arrays, **paths, "exact": paths["descended"][-1], "names": find_names(arrays)}


def find_names(arrays: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return where both ways' names stand, (2, 2): half-way along the search, at descent's third step."""
    searched, descended = arrays["searched"], arrays["descended"]
    return np.stack([searched[np.count_nonzero(_find_long(searched)) // 2], descended[:4][-1]])


def _find_long(path: np.ndarray) -> np.ndarray:
    """Say of each place whether it was reached by a long move."""
    return np.concatenate([[True], np.abs(np.diff(path, axis=0)).max(axis=1) > 0.1])


def draw_line_study(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw the points with the solved line; at the right descent in red, nine neighbours in ink."""
    width, height = open_sheet(ax)
    high = height - TOP - FOOT
    x, y = arrays["x"], arrays["y"]
    reach = float(np.abs(np.concatenate([x, y])).max()) * 1.06
    plot = open_plot(
        ax, Box(LEFT, TOP, width * 0.42 - LEFT, high), (-reach, reach), (-reach, reach), theme, x_name="x",
        y_name="y",
    )  # fmt: skip
    draw_dots(plot, x, y, theme.data, px=5, edge=theme.bg)
    slope, bias = arrays["exact"]
    ends = np.array([-reach, reach])
    draw_line(plot, ends, slope * ends + bias, theme.mark, px=2)
    sign = MINUS if bias < 0 else "+"
    name = f"y = {slope:.3f} x {sign} {abs(bias):.3f}".replace("-", MINUS)
    write(
        plot, name, 0, 1, on="x", size=14, colour=theme.mark, semibold=True, shift=(0, -14), halo=theme.bg,
    )  # fmt: skip
    _draw_surface(ax, Box(width * 0.42 + GAP, TOP, width * 0.58 - GAP, high), arrays, theme)
    return plot


def _draw_surface(ax: Axes, box: Box, arrays: Mapping[str, np.ndarray], theme: Theme) -> None:
    slopes, biases = arrays["slopes"], arrays["biases"]
    span = (float(slopes[0]), float(slopes[-1]), float(biases[0]), float(biases[-1]))
    plot = open_plot(ax, box, span[:2], span[2:], theme, x_name="w", y_name="b", grid=False)
    draw_contours(plot, arrays["losses"], span, theme)
    searched, descended = arrays["searched"], arrays["descended"]
    draw_line(plot, searched[:, 0], searched[:, 1], theme.ink, px=2)
    far = _find_long(searched)
    draw_dots(plot, searched[far, 0], searched[far, 1], theme.ink, px=5.5, edge=theme.bg, layer=4)
    draw_line(plot, descended[:, 0], descended[:, 1], theme.mark, px=2)
    shown = descended[: 1 + np.argmax(np.abs(descended - descended[-1]).max(axis=1) < 0.1)]
    draw_dots(plot, shown[:, 0], shown[:, 1], theme.mark, px=6.5, edge=theme.bg, layer=4.5)
    start = searched[0]
    draw_dots(plot, start[:1], start[1:], theme.ink, px=9, edge=theme.bg, layer=5)
    write(
        plot, "start", float(start[0]), float(start[1]), size=13, colour=theme.ink, at="left", shift=(9, 9),
        halo=theme.bg,
    )  # fmt: skip
    middle, below = arrays["names"] if "names" in arrays else find_names(arrays)
    write(
        plot, "nine neighbours", float(middle[0]), float(middle[1]), size=13.5, colour=theme.ink,
        semibold=True, at="left", shift=(12, 8), halo=theme.bg,
    )  # fmt: skip
    write(
        plot, "descent", float(below[0]), float(below[1]), size=13.5, colour=theme.mark, semibold=True,
        at="right", shift=(-12, -10), halo=theme.bg,
    )  # fmt: skip
