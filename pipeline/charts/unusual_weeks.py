"""How far each week lies from the usual one, the farthest in red; below, what was different in these."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.lettering import write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import find_top
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.charts.week_differences import WeekMap, draw_maps, find_maps_height
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.wording import say_day

TOP = 24.0  # px for what the height means
NEEDLES, NARROW_NEEDLES = 122.0, 100.0
FOOT = 32.0
BEFORE_MAPS = 14.0
NEEDLE_SHARE = 0.78  # of a week's width
LEAST_NEEDLE = 3.0  # px of a red one
NUMBER_PX = 10.0  # of one over a needle


def find_unusual_weeks_height(n_maps: int, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_unusual_weeks`` needs."""
    maps = find_maps_height(n_maps, narrow)
    return TOP + (NARROW_NEEDLES if narrow else NEEDLES) + FOOT + (BEFORE_MAPS + maps if maps else 0.0)


def arrange_map(frame: pd.DataFrame, column: str) -> np.ndarray:
    """Return a column of 168 rows (weekday of the row, hour) as (7, 24), hours from 04:00."""
    values = np.zeros((7, 24))
    after = (frame["hour"].to_numpy() - FIRST_HOUR) % 24
    values[frame["weekday"].to_numpy(), after] = frame[column].to_numpy(dtype=float)
    return values


def draw_unusual_weeks(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    maps: pd.DataFrame,
    captions: pd.DataFrame,
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``list_weeks`` (week, distance, number), red where numbered.

    ``maps`` has number, weekday, hour, difference; ``captions`` number, week, note.
    """
    width, _ = open_sheet(ax)
    high = NARROW_NEEDLES if narrow else NEEDLES
    plot = place(ax, 0, TOP, width, high)
    write(ax, "further from the usual week", 0, 10, size=13, colour=theme.muted, at="left")
    days = np.array([day_number(week) for week in frame["week"]])
    distance = frame["distance"].to_numpy(dtype=float)
    numbered = frame["number"].to_numpy() > 0
    tall = np.sqrt(distance)  # so that one empty week leaves the others' needles to be seen
    plot.set_xlim(days.min(), days.max() + 7)
    plot.set_ylim(0, find_top(tall))
    px = (days.max() + 7 - days.min()) / width  # days in a CSS pixel
    for kept, colour, layer in ((~numbered, theme.data_soft, 2.0), (numbered, theme.mark, 3.0)):
        half = max(7 * NEEDLE_SHARE, LEAST_NEEDLE * px if layer == 3.0 else 0.0) / 2
        boxes = [
            [(middle - half, 0), (middle - half, end), (middle + half, end), (middle + half, 0)]
            for middle, end in zip(days[kept] + 3.5, tall[kept], strict=True)
        ]
        needles = PolyCollection(boxes, facecolors=colour, linewidths=0, zorder=layer)
        needles.set_label("unusual" if layer == 3.0 else "weeks")
        plot.add_collection(needles, autolim=False)
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=4)
    _write_numbers(plot, days, tall, frame["number"].to_numpy(), theme)
    label_dates(plot, theme, grid=False, below=17)
    if len(captions):
        shown = [
            WeekMap(
                say_day(row.week.date()), row.note,
                arrange_map(maps[maps["number"] == row.number], "difference"), str(row.number),
            )
            for row in iter_rows(captions)
        ]  # fmt: skip
        draw_maps(
            ax, TOP + high + FOOT + BEFORE_MAPS, width, shown, ends=("less", "more than usual"),
            first_weekday=first_weekday, theme=theme, narrow=narrow,
        )  # fmt: skip
    return plot


def _write_numbers(plot: Axes, days: np.ndarray, tall: np.ndarray, number: np.ndarray, theme: Theme) -> None:
    """Write the numbers over their needles, moved apart where two would meet."""
    width = size_of(plot)[0]
    left, right = plot.get_xlim()
    places = np.flatnonzero(number > 0).tolist()
    spots = (days[places] + 3.5 - left) / (right - left) * width
    moved: list[float] = []
    for spot in spots:
        moved.append(max(float(spot), moved[-1] + NUMBER_PX if moved else NUMBER_PX / 2))
    for j in range(len(moved) - 1, -1, -1):
        moved[j] = min(moved[j], moved[j + 1] - NUMBER_PX if j + 1 < len(moved) else width - NUMBER_PX / 2)
    for k, spot, at in zip(places, spots, moved, strict=True):
        write(
            plot, str(number[k]), days[k] + 3.5, float(tall[k]), size=13.5, colour=theme.mark,
            semibold=True, shift=(at - float(spot), 11), halo=theme.bg,
        )  # fmt: skip


def picture_unusual_weeks(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw ``answer_unusual_weeks``; nothing under 26 whole weeks."""
    frame, captions = answer.frame, answer.frames["captions"]
    if len(frame) == 0 or frame["distance"].isna().any():
        return None
    draw = partial(
        draw_unusual_weeks,
        frame=frame,
        maps=answer.frames["maps"],
        captions=captions,
        first_weekday=coverage.first_weekday,
    )
    usual = "Usual week: middle half of the 26 nearest others."
    return Picture(
        draw, lambda width, narrow: find_unusual_weeks_height(len(captions), narrow), 800.0, left_out=usual
    )
