"""The week as a map of hours: a row runs from 4 in the morning to 4, so that a late Monday stays Monday."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.grids import draw_cells, frame_run
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import step_of
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.weeks import ENOUGH_WEEKS
from pipeline.patterns.wording import WEEKDAYS

MIDNIGHT = 24 - FIRST_HOUR  # its place in a row
WEEK_HEIGHT = 266.0
NARROW_WEEK_HEIGHT = 476.0
FULL_QUANTILE = 0.995


def arrange_week(frame: pd.DataFrame, first_weekday: int = 0) -> np.ndarray:
    """Return rates per week as (7 rows, 24 hours), rows from ``first_weekday``, hours from 04:00 to 04:00."""
    rates = np.zeros((7, 24))
    for row in iter_rows(frame):
        weekday, hour = int(row.weekday), int(row.hour)
        if hour < FIRST_HOUR:  # the small hours belong to the day before
            weekday = (weekday - 1) % 7
        rates[(weekday - first_weekday) % 7, (hour - FIRST_HOUR) % 24] = row.per_week
    return np.nan_to_num(rates)


def find_full(rates: np.ndarray) -> float:
    """Return the rate that the last colour stands for: the 99.5th percentile."""
    return float(np.quantile(rates, FULL_QUANTILE))


def draw_week(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    run: tuple[int, int, int] | None = None,
    nouns: str = "searches",
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_by_weekday_hour``; ``run`` is the framed weekday, its first clock hour and its end."""
    rates = arrange_week(frame, first_weekday)
    full = find_full(rates)
    steps = np.array([[step_of(rate, full) for rate in line] for line in rates])
    width, height = open_sheet(ax)
    if narrow:
        left, top = 44.0, 26.0
        plot = place(ax, left, top, width - left, height - top - 42)
        draw_cells(plot, steps.T, theme.sequential)
    else:
        left, top = 47.0, 32.0
        plot = place(ax, left, top, width - left, height - top - 34)
        draw_cells(plot, steps, theme.sequential)
    framed = None if run is None else (run[0] - first_weekday) % 7
    names = [WEEKDAYS[(first_weekday + k) % 7][:3] for k in range(7)]
    (_name_upright if narrow else _name_across)(plot, names, framed, theme)
    if run is not None and framed is not None:
        start = (run[1] - FIRST_HOUR) % 24
        length = (run[2] - run[1]) % 24
        if narrow:
            frame_run(plot, framed, start, 1, length, theme)
        else:
            frame_run(plot, start, framed, length, 1, theme)
    unit = "or more" if narrow else f"{nouns} an hour or more"
    _draw_key(ax, left, height - 12, f"{say_full(full)} {unit}", theme)
    return plot


def picture_week(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the heat map; nothing where a weekday was covered too seldom."""
    if int(answer.frame["covered_weeks"].min()) < ENOUGH_WEEKS or not answer.frame["searches"].any():
        return None
    mark = [int(value) for value in answer.finding.mark]
    draw = partial(
        draw_week,
        frame=answer.frame,
        run=(mark[0], mark[1], mark[2]) if len(mark) == 3 else None,
        nouns=coverage.nouns,
        first_weekday=coverage.first_weekday,
    )
    return Picture(draw, lambda width, narrow: NARROW_WEEK_HEIGHT if narrow else WEEK_HEIGHT, 800.0)


def say_full(full: float) -> str:
    """Write the end of the scale with two significant figures."""
    return f"{full:.2f}" if full < 0.995 else f"{full:.1f}" if full < 99.5 else f"{full:,.0f}"


def _name_across(plot: Axes, names: list[str], framed: int | None, theme: Theme) -> None:
    for k, name in enumerate(names):
        write(
            plot, name, 0, k + 0.5, on="y", size=14, colour=theme.ink, semibold=k == framed, at="left",
            shift=(-47, 0),
        )  # fmt: skip
    pitch, end = size_of(plot)[0] / 24, 0.0
    for hour in range(FIRST_HOUR, FIRST_HOUR + 24, 2):
        name = {12: "noon", 24: "midnight"}.get(hour, f"{hour % 24:02d}")
        named = hour in (12, 24)
        if (hour - FIRST_HOUR) * pitch < end:
            continue
        end = (hour - FIRST_HOUR) * pitch + measure(name, 12.5, semibold=named) + 4
        write(
            plot, name, hour - FIRST_HOUR, 0, size=12.5, colour=theme.ink if named else theme.muted,
            semibold=named, at="left", shift=(2, 15),
        )  # fmt: skip
    draw_rule(plot, (MIDNIGHT, MIDNIGHT), (-0.19, 7.17), theme.ink, px=1.2, layer=3)


def _name_upright(plot: Axes, names: list[str], framed: int | None, theme: Theme) -> None:
    for k, name in enumerate(names):
        write(plot, name, k + 0.5, 0, size=13, colour=theme.ink, semibold=True, shift=(0, 15))
    for hour in range(FIRST_HOUR, FIRST_HOUR + 24, 4):
        name = "midn." if hour == 24 else f"{hour % 24:02d}:00"
        write(
            plot, name, 0, hour - FIRST_HOUR + 0.5, size=12.5, colour=theme.muted, at="right", shift=(-8, 0)
        )
    draw_rule(plot, (0, 7), (MIDNIGHT, MIDNIGHT), theme.ink, px=1.2, layer=3)


def _draw_key(sheet: Axes, left: float, y: float, text: str, theme: Theme) -> None:
    write(sheet, "0", left, y, size=12.5, colour=theme.muted, at="left")
    for k, colour in enumerate(theme.sequential):
        sheet.add_patch(
            Rectangle((left + 14 + 20 * k, y - 5), 18, 10, facecolor=colour, linewidth=0, zorder=2)
        )
    write(sheet, text, left + 14 + 9 * 20 + 4, y, size=12.5, colour=theme.muted, at="left")
