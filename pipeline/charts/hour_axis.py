"""The hours of a day below a drawing."""

from __future__ import annotations

from matplotlib.axes import Axes

from pipeline.charts.lettering import write
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import say_hour

WIDE_TICKS = (0, 3, 6, 9, 12, 15, 18, 21)
NARROW_TICKS = (0, 6, 12, 18, 23)


def label_hours(plot: Axes, theme: Theme, narrow: bool) -> None:
    """Name the hours under a plot whose x is the hour."""
    for hour in NARROW_TICKS if narrow else WIDE_TICKS:
        name = f"{hour:02d}" if narrow and hour not in (0, 12) else say_hour(hour)
        write(plot, name, hour, 0, on="x", size=12.5, colour=theme.muted, shift=(0, -14))
