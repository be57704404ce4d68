"""Boxes within boxes: an Axes as a sheet counted in CSS pixels, and smaller Axes placed on it."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from pipeline.charts.style import PT, find_bounds

HATCH_PT = 0.6


def open_sheet(ax: Axes) -> tuple[float, float]:
    """Make ``ax`` a bare sheet whose data units are CSS pixels from its top left; return its size."""
    width, height = size_of(ax)
    ax.set_axis_off()
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    return width, height


def place(ax: Axes, left: float, top: float, width: float, height: float) -> Axes:
    """Put bare Axes on a sheet, at a place in CSS pixels from its top left."""
    whole = (ax.get_xlim()[1], ax.get_ylim()[0])
    inner = ax.inset_axes(find_bounds(whole, left, top, width, height))
    inner.set_axis_off()
    return inner


def size_of(ax: Axes) -> tuple[float, float]:
    """Return width and height of ``ax`` in CSS pixels."""
    extent = ax.get_window_extent()
    scale = 96 / ax.figure.dpi
    return extent.width * scale, extent.height * scale


def hatch(patch: Patch, pattern: str) -> Patch:
    """Hatch a patch with hairlines in the colour of its edge."""
    patch.set_hatch(pattern)
    patch.set_hatch_linewidth(HATCH_PT)
    return patch


def draw_rule(
    ax: Axes,
    across: tuple[float, float],
    up: tuple[float, float],
    colour: str,
    *,
    px: float = 1.0,
    layer: float = 1.0,
    on: str = "data",
) -> Line2D:
    """Draw one straight line; ``on`` is 'data' or the blend 'x' (up in Axes fractions) or 'y'."""
    transform = {
        "data": ax.transData,
        "x": ax.get_xaxis_transform(),
        "y": ax.get_yaxis_transform(),
    }[on]
    line = Line2D(
        across,
        up,
        color=colour,
        linewidth=px * PT,
        zorder=layer,
        transform=transform,
        clip_on=False,
        solid_capstyle="butt",
    )
    ax.add_artist(line)
    return line
