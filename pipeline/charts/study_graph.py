"""A net drawn as a graph: its parts as names from left to right, lines from what feeds what."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes

from pipeline.charts.lettering import measure, write
from pipeline.charts.study_plot import Box, draw_line
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_count

HALF = 20.0  # px of a part's height to each side of its middle
LETTERS = 13.0


def arrange_parts(n_parts: int, edges: np.ndarray) -> dict[int, tuple[int, float]]:
    """Return the column and the lane (0 to 1) of each part, and of the inputs −1, −2 …

    A part stands one column right of the last one that feeds it. A column's parts share its height evenly,
    in the order of what feeds them.
    """
    inputs = sorted({int(source) for source, _ in edges if source < 0}, reverse=True)
    fed_by = {part: [int(source) for source, to in edges if to == part] for part in range(n_parts)}
    column = dict.fromkeys(inputs, 0)
    for part in range(n_parts):
        column[part] = 1 + max((column[source] for source in fed_by[part]), default=-1)
    places: dict[int, tuple[int, float]] = {}
    for number in range(max(column.values()) + 1):
        members = [name for name, place in column.items() if place == number]
        if number:
            members.sort(key=lambda part: np.mean([places[source][1] for source in fed_by[part]] or [0.5]))
        for k, name in enumerate(members):
            places[name] = (number, (k + 0.5) / len(members))
    return places


def draw_graph(
    ax: Axes,
    box: Box,
    names: np.ndarray,
    sizes: np.ndarray,
    edges: np.ndarray,
    inputs: Mapping[int, str],
    theme: Theme,
) -> None:
    """Draw parts with their number of parameters, fed along ``edges (n, 2)``; ``inputs`` names −1, −2 …"""
    places = arrange_parts(len(names), edges)
    n_columns = max(column for column, _ in places.values()) + 1
    wide = box.width / n_columns
    spots = {
        name: (box.left + (column + 0.5) * wide, box.top + lane * box.height)
        for name, (column, lane) in places.items()
    }
    half = {name: measure(_name(name, names, inputs), LETTERS, semibold=True) / 2 + 7 for name in spots}
    for source, to in edges:
        (x0, y0), (x1, y1) = spots[int(source)], spots[int(to)]
        x0, x1 = x0 + half[int(source)], x1 - half[int(to)]
        t = np.linspace(0, 1, 24)
        bend = 3 * t**2 - 2 * t**3
        draw_line(ax, x0 + (x1 - x0) * t, y0 + (y1 - y0) * bend, theme.data_soft, px=2, layer=1)
    for name, (x, y) in spots.items():
        is_input = name < 0
        numbers = 0 if is_input else int(sizes[name])
        write(
            ax, _name(name, names, inputs), x, y - (8 if numbers else 0), size=LETTERS, semibold=True,
            colour=theme.muted if is_input else theme.ink,
        )  # fmt: skip
        if numbers:
            write(ax, f"{say_count(numbers)}", x, y + 9, size=12, colour=theme.muted)


def _name(part: int, names: np.ndarray, inputs: Mapping[int, str]) -> str:
    return inputs.get(part, "input") if part < 0 else str(names[part])
