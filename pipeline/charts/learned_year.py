"""The year as a model expects it from the calendar alone: a line by week over dots of what came."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.intervals import draw_dot
from pipeline.charts.lettering import measure, nudge_inside, write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import choose_ticks, find_top
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import MONTHS, say_rate

HEIGHT, NARROW_HEIGHT = 286.0, 236.0
HEAD, FOOT, LEFT = 38.0, 24.0, 34.0
DAYS = 365
STARTS = (0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334, DAYS)  # of the months
MIDDLE = pd.Timedelta(days=3)  # of a week, from its first day
FILL = 0.13


def find_learned_year_height(narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_learned_year`` needs."""
    return NARROW_HEIGHT if narrow else HEIGHT


def draw_learned_year(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    nouns: str = "searches",
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw the means a day of a year's weeks in order, ``guessed`` and ``came``; ``week``: its first day."""
    width, height = open_sheet(ax)
    middle = 7.0 * np.arange(len(frame)) + 3.5
    guessed, came = (frame[name].to_numpy(float) for name in ("guessed", "came"))
    first = int(frame["week"].iloc[0].day_of_year) - 1
    write(ax, f"{nouns} a day", 0, 9, size=13, colour=theme.muted, at="left")
    write(ax, "line: guessed; dots: what came", width, 9, size=13, colour=theme.muted, at="right")
    plot = place(ax, LEFT, HEAD, width - LEFT, height - HEAD - FOOT)
    plot.set_label("year")
    plot.set_xlim(0, 7 * len(frame))
    plot.set_ylim(0, find_top(np.concatenate([guessed, came])))
    for tick in choose_ticks(plot.get_ylim()[1], 4):
        draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        write(plot, f"{tick:g}", 0, tick, on="y", size=12.5, colour=theme.muted, at="right", shift=(-8, 0))
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=2)
    _draw_line(plot, middle, guessed, came, theme)
    best = int(np.nanargmax(guessed))
    month = MONTHS[(frame["week"].iloc[best] + MIDDLE).month - 1]
    _name_best(plot, f"{month}: {say_rate(float(guessed[best]))}", middle, guessed, came, theme)
    for k, name in enumerate(MONTHS):
        spot = ((STARTS[k] + STARTS[k + 1]) / 2 - first) % DAYS
        text = name[0] if narrow else name[:3]
        half = measure(text, 12.5) / 2
        pixel = spot / (7 * len(frame)) * size_of(plot)[0]
        shift = nudge_inside(pixel, half, size_of(plot)[0])
        write(plot, text, spot, 0, on="x", size=12.5, colour=theme.muted, shift=(shift, -14))
    return ax


def _draw_line(plot: Axes, middle: np.ndarray, guessed: np.ndarray, came: np.ndarray, theme: Theme) -> None:
    plot.plot(
        middle, came, "o", color=theme.faint, markersize=5 * PT, markeredgewidth=0, zorder=2, label="came"
    )
    plot.fill_between(middle, guessed, 0, color=theme.data, alpha=FILL, linewidth=0, zorder=1)
    plot.plot(
        middle, guessed, color=theme.data, linewidth=2.6 * PT, zorder=3, label="guessed",
        solid_joinstyle="round", solid_capstyle="round",
    )  # fmt: skip


def _name_best(
    plot: Axes, text: str, middle: np.ndarray, guessed: np.ndarray, came: np.ndarray, theme: Theme
) -> None:
    """Mark the highest week, and name it above all dots that its name would cover."""
    best = int(np.nanargmax(guessed))
    draw_dot(
        plot, middle[best], guessed[best], theme.mark, theme.bg, px=9, layer=4, label="highest", clip=False
    )
    width, wide = size_of(plot)[0], plot.get_xlim()[1]
    half = measure(text, 13.5, semibold=True) / 2 + 6
    spot = middle[best] / wide * width
    shift = nudge_inside(spot, half, width)
    below = np.abs(middle / wide * width - spot - shift) <= half + 6
    height = np.nanmax(np.concatenate([guessed[below], came[below], guessed[best : best + 1]]))
    write(
        plot, text, middle[best], float(height), size=13.5, colour=theme.mark, semibold=True, halo=theme.bg,
        shift=(shift, 16),
    )  # fmt: skip


def picture_learned_year(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw the year that a model expects."""
    return Picture(
        partial(draw_learned_year, frame=frame, nouns=coverage.nouns),
        lambda width, narrow: find_learned_year_height(narrow),
    )
