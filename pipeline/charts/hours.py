"""Shares by hour of the day: 24 bars with their intervals, the quiet hours behind, the peak in red."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.hour_axis import label_hours
from pipeline.charts.hour_dots import draw_hour_dots, find_hour_dots_height
from pipeline.charts.intervals import draw_whisker
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import find_top
from pipeline.charts.share_axis import label_shares
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_percent

HOURS_HEIGHT = 286.0


def draw_hours(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    quiet: tuple[int, int] | None = None,
    names: tuple[str, str] = ("quiet hours", "quiet"),
    mark: tuple[Any, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_by_hour``; ``quiet`` is the first of the quiet hours and their end, ``mark`` the peak.

    ``names`` are what stands over the quiet hours, and in short.
    """
    width, height = open_sheet(ax)
    left = 34.0
    plot = place(ax, left, 4, width - left, height - 38)
    shares = frame.set_index("hour")["share"].reindex(range(24), fill_value=0.0).fillna(0.0)
    highs = frame.set_index("hour")["high"].reindex(range(24))
    lows = frame.set_index("hour")["low"].reindex(range(24))
    plot.set_xlim(-0.6, 23.6)
    plot.set_ylim(0, find_top(np.append(shares.to_numpy(float), highs.to_numpy(float))))
    label_shares(plot, theme)
    if quiet is not None:
        _draw_quiet(plot, quiet, names, theme, (width - left) / 24.2)
    for hour in range(24):
        colour = theme.mark if hour in mark else theme.data
        plot.add_patch(
            Rectangle((hour - 0.36, 0), 0.72, float(shares[hour]), facecolor=colour, linewidth=0, zorder=2)
        )
        if pd.notna(lows[hour]) and pd.notna(highs[hour]) and shares[hour] > 0:
            span = (float(lows[hour]), float(highs[hour]))
            thin = {"casing_px": 3.2, "px": 1.2} if narrow else {}
            draw_whisker(plot, (hour, hour), span, theme, **thin)
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=5)
    for hour in mark:
        reach = max(float(shares[hour]), float(np.nan_to_num(highs[hour])))
        write(
            plot, say_percent(float(shares[hour])), hour, reach, size=14, colour=theme.mark, semibold=True,
            stand="baseline", shift=(0, 8), halo=theme.bg,
        )  # fmt: skip
    label_hours(plot, theme, narrow)
    return plot


def picture_hours(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the shares of the hours; where there are too few, each activity as a dot."""
    if not answer.frame["searches"].any():
        return None
    if answer.frame["share"].isna().all():
        height = find_hour_dots_height(answer.frame)
        return Picture(partial(draw_hour_dots, frame=answer.frame), lambda width, narrow: height)
    quiet = answer.frames["quiet"]
    span = (int(quiet["start"].iloc[0]), int(quiet["end"].iloc[0])) if len(quiet) else None
    draw = partial(draw_hours, frame=answer.frame, quiet=span, mark=answer.finding.mark)
    return Picture(draw, lambda width, narrow: HOURS_HEIGHT)


def _draw_quiet(
    plot: Axes, quiet: tuple[int, int], names: tuple[str, str], theme: Theme, pitch: float
) -> None:
    start, end = quiet
    pieces = [(start, end)] if start < end else [(start, 24), (0, end)]
    pieces = [piece for piece in pieces if piece[0] < piece[1]]
    for first, last in pieces:
        plot.add_patch(
            Rectangle(
                (first - 0.5, 0),
                last - first,
                1,
                transform=plot.get_xaxis_transform(),
                facecolor=theme.quiet,
                linewidth=0,
                zorder=0.7,
            )
        )
    first, last = max(pieces, key=lambda piece: piece[1] - piece[0])
    room = (last - first) * pitch - 8
    for upper, lower in (
        (names[0], f"{start:02d}:00 – {end % 24:02d}:00"),
        (names[1], f"{start}–{end}"),
    ):
        if max(measure(upper, 13), measure(lower, 13, semibold=True)) <= room:
            middle = (first + last - 1) / 2
            write(plot, upper, middle, 1, on="x", size=13, colour=theme.muted, shift=(0, -15))
            write(plot, lower, middle, 1, on="x", size=13, colour=theme.ink, semibold=True, shift=(0, -33))
            return
