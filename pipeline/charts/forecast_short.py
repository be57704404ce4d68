"""How much is there of what a forecast takes: a bar that fills."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import open_sheet
from pipeline.charts.lettering import measure, write
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.wording import say_count

SHORT_HEIGHT = 74.0
BAR_TOP, BAR = 34.0, 12.0


def draw_forecast_short(
    ax: Axes, *, n: int, needed: int, what: str = "days", theme: Theme = LIGHT, narrow: bool = False
) -> Axes:
    """Draw ``n`` of the ``needed`` days (weeks, searches) as a bar on its track."""
    width, _ = open_sheet(ax)
    end = min(n / needed, 1.0) * width
    ax.add_patch(Rectangle((0, BAR_TOP), width, BAR, facecolor=theme.grid, linewidth=0, label="needed"))
    if n:
        ax.add_patch(Rectangle((0, BAR_TOP), end, BAR, facecolor=theme.data, linewidth=0, label="there"))
        ax.plot([end], [BAR_TOP + BAR / 2], "o", color=theme.data, markersize=BAR * PT, markeredgewidth=0)
    there, wanted = f"{say_count(n)} {what if n != 1 else _name_one(what)}", f"{say_count(needed)} {what}"
    half = measure(there, 14, semibold=True) / 2
    most = width - measure(wanted, 14) - 14 - half
    spot = max(half, min(end, most))
    write(ax, there, spot, 14, size=14, colour=theme.data, semibold=True)
    write(ax, wanted, width, 14, size=14, colour=theme.muted, at="right")
    return ax


def _name_one(what: str) -> str:
    """Return the singular: day, entry, search."""
    if what.endswith("ies"):
        return f"{what[:-3]}y"
    return what[:-2] if what.endswith("ches") else what[:-1]
