"""What the studies' pictures share: a plot with numbers on both sides, lines, dots, names at line ends."""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import NamedTuple

import numpy as np
from matplotlib.axes import Axes
from matplotlib.transforms import ScaledTranslation

from pipeline.charts.boxes import draw_rule, place, size_of
from pipeline.charts.lettering import write
from pipeline.charts.style import PT
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import MINUS

FOOT = 40.0  # px below a plot, for its numbers and their name
HEAD = 24.0  # px above it, for what its height means
APART = 17.0  # px between two names at line ends


class Box(NamedTuple):
    """A place on a sheet, in CSS pixels from its top left."""

    left: float
    top: float
    width: float
    height: float


class Named(NamedTuple):
    """A name beside the end of a line."""

    at: float  # in the plot's own units
    name: str
    colour: str
    semibold: bool = False
    dot: str = ""  # the line's colour, for a dot before the name


def share_row(whole: Box, n: int, gap: float) -> list[Box]:
    """Cut a box into ``n`` of one width, ``gap`` pixels apart."""
    width = (whole.width - gap * (n - 1)) / n
    return [Box(whole.left + k * (width + gap), whole.top, width, whole.height) for k in range(n)]


def share_grid(whole: Box, n: int, a_row: int, gap: float, row_gap: float) -> list[Box]:
    """Cut a box into ``n`` of one size, ``a_row`` in each row."""
    n_rows = ceil(n / a_row)
    height = (whole.height - row_gap * (n_rows - 1)) / n_rows
    rows = [Box(whole.left, whole.top + k * (height + row_gap), whole.width, height) for k in range(n_rows)]
    return [box for row in rows for box in share_row(row, a_row, gap)][:n]


def choose_round(low: float, high: float, most: int = 4) -> list[float]:
    """Return about ``most`` round numbers between two, evenly spaced."""
    if not high > low:
        return [low]
    rough = (high - low) / most
    unit = 10.0 ** floor(log10(rough))
    step = next(unit * factor for factor in (1, 2, 2.5, 5, 10) if unit * factor >= rough * (1 - 1e-9))
    first, last = ceil(low / step - 1e-9), floor(high / step + 1e-9)
    return [round(k * step, 10) for k in range(first, last + 1)]


def choose_powers(low: float, high: float, most: int = 5) -> list[float]:
    """Return powers of ten between two positive numbers, at most about ``most``."""
    first, last = ceil(log10(low) - 1e-9), floor(log10(high) + 1e-9)
    every = max(1, ceil((last - first + 1) / most))
    return [10.0**k for k in range(last, first - 1, -every)][::-1]


def say_tick(value: float) -> str:
    """Write a number at an axis: 2,000, 0.25, 0.0001 as 10⁻⁴."""
    if value and not 1e-3 <= abs(value) < 1e6:
        power = round(log10(abs(value)))
        if abs(abs(value) / 10.0**power - 1) < 1e-9:
            return f"{MINUS if value < 0 else ''}10{_raise(power)}"
        return f"{value:.0e}".replace("-", MINUS)
    return (f"{value:,.0f}" if float(value).is_integer() else f"{value:g}").replace("-", MINUS)


def _raise(power: int) -> str:
    return str(power).translate(str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹"))


def open_plot(
    sheet: Axes,
    box: Box,
    across: tuple[float, float],
    up: tuple[float, float],
    theme: Theme,
    *,
    x_name: str = "",
    y_name: str = "",
    x_ticks: Sequence[float] | None = None,
    y_ticks: Sequence[float] | None = None,
    log: bool = False,
    log_x: bool = False,
    grid: bool = True,
) -> Axes:
    """Place a plot with these limits; ``y_name`` stands above it, ``x_name`` below its numbers at the right.

    ``log``, ``log_x``: heights, or places, are powers of ten. No numbers stand where ticks are ``()``.
    """
    plot = place(sheet, *box)
    if log:
        plot.set_yscale("log")
    if log_x:
        plot.set_xscale("log")
    plot.set_xlim(*across)
    plot.set_ylim(*up)
    heights = (choose_powers(*up) if log else choose_round(*up)) if y_ticks is None else y_ticks
    for tick in heights:
        if grid:
            draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        write(plot, say_tick(tick), 0, tick, on="y", size=12.5, colour=theme.muted, at="right", shift=(-7, 0))
    most = max(2, int(box.width // 50))
    places = (
        (choose_powers(*across) if log_x else choose_round(*across, most)) if x_ticks is None else x_ticks
    )
    for tick in places:
        write(plot, say_tick(tick), tick, 0, on="x", size=12.5, colour=theme.muted, shift=(0, -14))
    draw_rule(plot, across, (0, 0), theme.axis, on="x", layer=0.6)
    if y_name:
        write(sheet, y_name, box.left, box.top - 12, size=13, colour=theme.muted, at="left")
    if x_name:
        foot = box.top + box.height + 31
        write(sheet, x_name, box.left + box.width, foot, size=13, colour=theme.muted, at="right")
    return plot


def draw_line(
    plot: Axes,
    x: np.ndarray,
    y: np.ndarray,
    colour: str,
    *,
    px: float = 2.6,
    layer: float = 3.0,
    alpha: float = 1.0,
    dashes: tuple[float, float] | None = None,
    clip: bool = True,
) -> None:
    """Draw one line."""
    [line] = plot.plot(
        x, y, color=colour, linewidth=px * PT, zorder=layer, alpha=alpha, solid_joinstyle="round",
        solid_capstyle="round", clip_on=clip,
    )  # fmt: skip
    if dashes:
        line.set_dashes(dashes)


def draw_dots(
    plot: Axes,
    x: np.ndarray,
    y: np.ndarray,
    colour: str,
    *,
    px: float = 5.0,
    layer: float = 2.5,
    alpha: float = 1.0,
    edge: str | None = None,
    shape: str = "o",
    clip: bool = False,
) -> None:
    """Draw dots ``px`` CSS pixels wide, with an edge if one is named."""
    plot.plot(
        x, y, shape, color=colour, markersize=px * PT, zorder=layer, alpha=alpha, clip_on=clip,
        markeredgecolor=edge or "none", markeredgewidth=(1.2 if edge else 0) * PT,
    )  # fmt: skip


def name_ends(plot: Axes, names: Sequence[Named], *, size: float = 13.0, right: float = 8.0) -> None:
    """Write names beside the right ends of lines, in their order from the top, none on another."""
    height = size_of(plot)[1]
    scale = 96 / plot.figure.dpi
    base = float(plot.transAxes.transform((0, 0))[1])
    right_end = plot.get_xlim()[1]
    spots = [(float(plot.transData.transform((right_end, name.at))[1]) - base) * scale for name in names]
    order = sorted(range(len(names)), key=lambda k: -spots[k])
    placed: list[float] = []
    for k in order:
        placed.append(min(spots[k], placed[-1] - APART if placed else height))
    lowest = 0.0
    for j in range(len(placed) - 1, -1, -1):  # what would stand under the plot pushes the others up
        placed[j] = max(placed[j], lowest)
        lowest = placed[j] + APART
    for spot, k in zip(placed, order, strict=True):
        name = names[k]
        if name.dot:
            moved = ScaledTranslation((right + 4) / 96, spot / 96, plot.figure.dpi_scale_trans)
            plot.plot(
                [right_end], [0], "o", color=name.dot, markersize=7 * PT, markeredgewidth=0, zorder=6,
                clip_on=False, transform=plot.get_xaxis_transform() + moved,
            )  # fmt: skip
        write(
            plot, name.name, right_end, 0, on="x", size=size, colour=name.colour, at="left",
            semibold=name.semibold, shift=(right + (13 if name.dot else 0), spot),
        )  # fmt: skip
