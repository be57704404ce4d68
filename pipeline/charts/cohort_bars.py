"""Means over people as bars with their intervals: the seven weekdays, or the twelve months."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.intervals import draw_whisker
from pipeline.charts.lettering import measure, write
from pipeline.charts.scales import find_top
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.wording import say_percent, say_share

BARS_HEIGHT = 262.0
FOOT = 28.0
WIDTH = 0.66  # of the room that a bar has
LEAST_INSIDE = 40.0  # px high, a bar that holds its value; its whisker must not reach down to it

Floats = NDArray[np.float64]


def draw_bars(
    ax: Axes,
    values: tuple[Floats, Floats, Floats],
    names: Sequence[str],
    *,
    mark: Collection[int] = (),
    tint: Collection[int] = (),
    line: tuple[float, str] | None = None,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw shares with low and high, a bar each, its value at the foot of the bar (a low one’s above).

    ``mark`` and ``tint`` are places: red bars, and bars on a band; ``line`` is a share with its name.
    """
    width, height = open_sheet(ax)
    plot = place(ax, 0, 0, width, height - FOOT)
    shares, lows, highs = values
    n = len(shares)
    plot.set_xlim(-0.5, n - 0.5)
    plot.set_ylim(0, find_top(highs))
    px = plot.get_ylim()[1] / (height - FOOT)
    size = 12.0 if narrow else 13.5
    fits = (
        max(measure(say_percent(float(share)), size, semibold=True) for share in shares) < width / n * WIDTH
    )
    for k in range(n):
        if k in tint:
            band = Rectangle(
                (k - 0.5, 0), 1, 1, transform=plot.get_xaxis_transform(), facecolor=theme.weekend,
                linewidth=0, zorder=0.5,
            )  # fmt: skip
            plot.add_patch(band)
        colour = theme.mark if k in mark else theme.data
        plot.add_patch(
            Rectangle((k - WIDTH / 2, 0), WIDTH, float(shares[k]), facecolor=colour, linewidth=0, zorder=2)
        )
        thin = {"casing_px": 3.2, "px": 1.2} if narrow else {}
        draw_whisker(plot, (k, k), (float(lows[k]), float(highs[k])), theme, **thin)
        text = say_percent(float(shares[k])) if fits else say_share(float(shares[k]))
        if shares[k] >= LEAST_INSIDE * px:
            write(plot, text, k, 0, size=size, colour=theme.bg, semibold=True, shift=(0, 14))
        else:
            write(plot, text, k, float(highs[k]), size=size, colour=theme.ink, semibold=True, shift=(0, 12))
        write(plot, names[k], k, 0, size=12.5, colour=theme.muted, shift=(0, -15))
    if line is not None:
        at, said = line
        plot.plot(
            [-0.5, n - 0.5], [at, at], color=theme.ink, linewidth=1.2, dashes=(4, 2.6), zorder=3.5, label=said
        )
        write(ax, f"- - {said}", width, 8, size=12.5, colour=theme.muted, at="right", halo=theme.bg)
    draw_rule(ax, (0, width), (height - FOOT, height - FOOT), theme.axis, layer=7)
    return plot
