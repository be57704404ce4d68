"""A value as a dot, and its interval as a whisker that can be told from what lies under it."""

from __future__ import annotations

from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule
from pipeline.charts.style import PT
from pipeline.charts.tokens import Theme

CASING_PX, WHISKER_PX = 4.4, 1.7


def draw_whisker(
    plot: Axes,
    across: tuple[float, float],
    up: tuple[float, float],
    theme: Theme,
    *,
    casing_px: float = CASING_PX,
    px: float = WHISKER_PX,
) -> None:
    """Draw an interval in ink over a bar, cased in the paper's colour."""
    draw_rule(plot, across, up, theme.bg, px=casing_px, layer=3)
    draw_rule(plot, across, up, theme.ink, px=px, layer=4)


def draw_dot(
    plot: Axes,
    x: float,
    y: float,
    colour: str,
    edge: str,
    *,
    px: float = 9.0,
    edge_px: float = 1.5,
    layer: float = 3.0,
    label: str = "dot",
    clip: bool = True,
) -> None:
    """Draw a dot ``px`` CSS pixels wide with an edge in the colour of what lies around it."""
    plot.plot(
        [x], [y], "o", color=colour, markersize=px * PT, markeredgecolor=edge, markeredgewidth=edge_px * PT,
        zorder=layer, label=label, clip_on=clip,
    )  # fmt: skip
