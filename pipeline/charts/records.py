"""The records on one line of time: what each one is, and where in the archive it lies."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.lettering import write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.records import say_record

ROW, NARROW_ROW = 62.0, 84.0
NAMES = 270.0  # px at the left for values and names
BAR, LEAST = 14.0, 5.0  # px


def find_records_height(frame: pd.DataFrame, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_records`` needs."""
    return len(frame) * (NARROW_ROW if narrow else ROW) + 30


def draw_records(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    span: tuple[pd.Timestamp, pd.Timestamp],
    mark: tuple[Any, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``list_records``, a row each: value and name, and its days as a bar in ``span``; ``mark`` red."""
    width, height = open_sheet(ax)
    left = 0.0 if narrow else NAMES
    plot = place(ax, left, 0, width - left, height - 30)
    plot.set_xlim(day_number(span[0]), day_number(span[1]) + 1)
    plot.set_ylim(len(frame) - 0.5, -0.5)
    row_px = NARROW_ROW if narrow else ROW
    days_a_px = (plot.get_xlim()[1] - plot.get_xlim()[0]) / size_of(plot)[0]
    label_dates(plot, theme, grid=not narrow, below=16)
    for k, row in enumerate(iter_rows(frame)):
        marked = row.record in mark
        value, name = say_record(row)
        first, last = day_number(row.first), day_number(row.last) + 1
        wide = max(last - first, LEAST * days_a_px)
        start = min(max((first + last - wide) / 2, plot.get_xlim()[0]), plot.get_xlim()[1] - wide)
        middle = k + 26 / row_px if narrow else k
        colour = theme.mark if marked else theme.data
        draw_rule(plot, (0, 1), (middle, middle), theme.axis, on="y", layer=0.7)
        tall = BAR / row_px
        bar = Rectangle((start, middle - tall / 2), wide, tall, facecolor=colour, linewidth=0, zorder=3)
        plot.add_patch(bar)
        up = 20.0 if narrow else 9.0
        write(
            plot, value, 0, k, on="y", size=20, colour=theme.mark if marked else theme.ink, serif=True,
            semibold=True, at="left", shift=(-left, up),
        )  # fmt: skip
        write(
            plot, name, 0, k, on="y", size=13, colour=theme.muted, at="left", shift=(-left, up - 22),
            halo=theme.bg,
        )  # fmt: skip
    return plot


def picture_records(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the records; nothing where there are none."""
    if len(answer.frame) == 0 or coverage.first is None or coverage.last is None:
        return None
    draw = partial(
        draw_records,
        frame=answer.frame,
        span=(pd.Timestamp(coverage.first), pd.Timestamp(coverage.last)),
        mark=answer.finding.mark,
    )
    return Picture(draw, lambda width, narrow: find_records_height(answer.frame, narrow))
