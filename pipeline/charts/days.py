"""Searches day by day: the short form of the years, for an archive of under 60 covered days."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.day_squares import FREE, KEY_LINE, KEY_PX, KEY_SIDE, is_free
from pipeline.charts.lettering import measure, write
from pipeline.charts.scales import find_top
from pipeline.charts.timeline import day_number
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.wording import say_count, say_short_day

DAYS_HEIGHT = 260.0
MOST_LABELLED = 12


def draw_days(ax: Axes, frame: pd.DataFrame, *, theme: Theme = LIGHT, narrow: bool = False) -> Axes:
    """Draw ``count_by_day`` (date, searches): a bar a day; the first, fullest and last carry their count.

    Of up to twelve days all that hold something carry it. Free days are tinted, and named above the bars.
    """
    width, height = open_sheet(ax)
    free = is_free(frame)
    above = KEY_LINE if free.any() else 0.0
    plot = place(ax, 0, above, width, height - 34 - above)
    days = [pd.Timestamp(day) for day in frame["date"]]
    counts = [float(n) for n in frame["searches"]]
    low = day_number(days[0])
    spots = [day_number(day) - low for day in days]
    plot.set_xlim(-0.5, spots[-1] + 0.5)
    top = find_top(counts)
    plot.set_ylim(0, top)
    pitch = width / (spots[-1] + 1)
    share = min(0.7, 60 / pitch)
    for spot in np.array(spots)[free]:
        plot.add_patch(Rectangle((spot - 0.5, 0), 1, top, facecolor=theme.quiet, linewidth=0, zorder=0.5))
    if free.any():
        _draw_key(ax, width, theme)
    for spot, count in zip(spots, counts, strict=True):
        plot.add_patch(Rectangle((spot - share / 2, 0), share, count, facecolor=theme.data, linewidth=0))
    draw_rule(plot, (-0.5, spots[-1] + 0.5), (0, 0), theme.axis, layer=3)
    _label_counts(plot, spots, counts, pitch, theme)
    _label_days(plot, days, spots, pitch, width, theme)
    return plot


def _draw_key(ax: Axes, width: float, theme: Theme) -> None:
    left, middle = width - measure(FREE, KEY_PX), KEY_LINE / 2 - 3
    box = (left - 6 - KEY_SIDE, middle - KEY_SIDE / 2)
    ax.add_patch(Rectangle(box, KEY_SIDE, KEY_SIDE, facecolor=theme.quiet, linewidth=0))
    write(ax, FREE, left, middle, size=KEY_PX, colour=theme.muted, at="left")


def _label_counts(plot: Axes, spots: list[float], counts: list[float], pitch: float, theme: Theme) -> None:
    fullest = max(range(len(counts)), key=lambda k: (counts[k], -k))
    taken: list[tuple[float, float]] = []
    rest = [k for k, n in enumerate(counts) if n] if len(counts) <= MOST_LABELLED else []
    for k in dict.fromkeys((fullest, len(counts) - 1, 0, *rest)):
        text = say_count(int(counts[k]))
        half = measure(text, 13.5, semibold=True) / 2 + 3
        centre = spots[k] * pitch
        if any(centre - half < right and left < centre + half for left, right in taken):
            continue
        taken.append((centre - half, centre + half))
        write(
            plot, text, spots[k], counts[k], size=13.5, colour=theme.ink, semibold=True, stand="baseline",
            shift=(0, 6), halo=theme.bg,
        )  # fmt: skip


def _label_days(
    plot: Axes, days: list[pd.Timestamp], spots: list[float], pitch: float, width: float, theme: Theme
) -> None:
    """Name the first day with its month, then every fifth day, the last day and each new month."""
    reach = -1e9
    for k, day in enumerate(days):
        is_end = k in (0, len(days) - 1)
        new_month = k > 0 and day.month != days[k - 1].month
        if not (is_end or new_month or day.day % 5 == 0):
            continue
        text = say_short_day(day) if k == 0 or new_month else str(day.day)
        wide = measure(text, 12.5)
        centre = min(max((spots[k] + 0.5) * pitch, wide / 2), width - wide / 2)
        if centre - wide / 2 < reach:
            continue
        reach = centre + wide / 2 + 8
        nudge = centre - (spots[k] + 0.5) * pitch
        write(plot, text, spots[k], 0, size=12.5, colour=theme.muted, shift=(nudge, -16))
