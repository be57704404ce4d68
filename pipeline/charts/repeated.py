"""The queries asked most, a row each: a stroke for every day on which it came."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import cut_to_width, measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.style import PT
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_count

ROW, NARROW_ROW = 30.0, 46.0
FEWEST = 3  # rows
LONGEST = 80  # letters of a query that are tried
NAMES, TIMES = 200.0, 52.0  # px at the left and the right


def find_repeated_height(frame: pd.DataFrame, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_repeated`` needs."""
    return len(frame) * (NARROW_ROW if narrow else ROW) + 34


def draw_repeated(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    asked: pd.DataFrame,
    span: tuple[pd.Timestamp, pd.Timestamp],
    mark: tuple[Any, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_queries`` over ``span``, the days of ``list_asked`` as strokes."""
    width, height = open_sheet(ax)
    left, right = (0.0, 0.0) if narrow else (NAMES, TIMES)
    plot = place(ax, left, 4, width - left - right, height - 34)
    plot.set_xlim(day_number(span[0]), day_number(span[1]) + 1)
    plot.set_ylim(len(frame) - 0.5, -0.5)
    place_of, reach = (0.24, 0.16) if narrow else (0.0, 0.3)
    for k, row in enumerate(iter_rows(frame)):
        marked = row.query in mark
        colour = theme.mark if marked else theme.data
        days = asked["date"][asked["rank"] == k]
        at = np.repeat([day_number(day) + 0.5 for day in days], 3)
        up = np.tile([k + place_of - reach, k + place_of + reach, np.nan], len(days))
        draw_rule(plot, (0, 1), (k + place_of, k + place_of), theme.grid, on="y", layer=0.5)
        plot.plot(at, up, color=colour, linewidth=1.3 * PT, alpha=0.75, zorder=2, label=f"row {k}")
        ink = theme.mark if marked else theme.ink
        times = say_count(int(row.times))
        room = width - measure(times, 14, semibold=True) - 12 if narrow else NAMES - 14
        query = cut_to_width(str(row.query)[:LONGEST], 15, room, serif=True, semibold=True)
        up_px, right_px = (0.22 * NARROW_ROW, 0.0) if narrow else (0.0, 10.0)
        write(
            plot, query, 0, k, on="y", size=15, colour=ink, serif=True, semibold=True, at="left",
            shift=(-left, up_px),
        )  # fmt: skip
        write(
            plot, times, 1, k, on="y", size=14, colour=ink, semibold=True, at="right" if narrow else "left",
            shift=(right_px, up_px),
        )  # fmt: skip
    label_dates(plot, theme, below=17)
    return plot


def picture_repeated(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the queries asked most; nothing where they are under three."""
    if len(answer.frame) < FEWEST or coverage.first is None or coverage.last is None:
        return None
    draw = partial(
        draw_repeated,
        frame=answer.frame,
        asked=answer.frames["asked"],
        span=(pd.Timestamp(coverage.first), pd.Timestamp(coverage.last)),
        mark=answer.finding.mark,
    )
    return Picture(draw, lambda width, narrow: find_repeated_height(answer.frame, narrow))
