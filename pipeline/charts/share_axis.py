"""Shares up the side of a drawing."""

from __future__ import annotations

from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule
from pipeline.charts.lettering import write
from pipeline.charts.scales import choose_ticks
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import NO_BREAK

MOST_TICKS = 5


def label_shares(plot: Axes, theme: Theme, start: float = 0.0) -> None:
    """Name round shares beside a plot whose y is one, with a line each from ``start`` (of its width) on."""
    ticks = choose_ticks(plot.get_ylim()[1] * 100, MOST_TICKS)
    for tick in ticks:
        sign = f"{NO_BREAK}%" if tick == ticks[-1] else ""
        draw_rule(plot, (start, 1), (tick / 100, tick / 100), theme.grid, on="y", layer=0.5)
        write(
            plot, f"{tick:g}{sign}", start, tick / 100, on="y", size=12.5, colour=theme.muted, at="right",
            shift=(-7, 0),
        )  # fmt: skip
