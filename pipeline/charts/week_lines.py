"""The hours of each weekday, one curve a row from 04:00 to 04:00, before the mean of the other days."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from numpy.typing import NDArray

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.intervals import draw_dot
from pipeline.charts.lettering import measure, nudge_inside, write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import find_top
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.week_lines import arrange_rows, find_middle, say_middle
from pipeline.patterns.wording import WEEKDAYS, say_hour, say_rate

ROW, NARROW_ROW = 60.0, 52.0
TOP, FOOT = 4.0, 26.0
NAME, NARROW_NAME = 96.0, 42.0  # px left of the curves
FILL, SPREAD = 0.13, 0.2  # alphas below the curve and of its interval
VALUE_ROOM = 1.2  # above the headroom, for the highest value
MIDNIGHT = 24 - FIRST_HOUR
MIDDLES = np.arange(24) + 0.5

Floats = NDArray[np.float64]


def find_week_lines_height(narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_week_lines`` needs."""
    return TOP + 7 * (NARROW_ROW if narrow else ROW) + FOOT


def draw_week_lines(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    mark: tuple[Any, ...] = (),
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_by_weekday_curve`` (weekday, hour, per_day, low, high); the weekdays in ``mark`` are red.

    Under each name stands the time by which half of the row has passed; the grey line of a row is the mean of
    the other weekdays, of a marked row that of the unmarked ones.
    """
    width, _ = open_sheet(ax)
    left, row = (NARROW_NAME, NARROW_ROW) if narrow else (NAME, ROW)
    rates, lows, highs = (np.nan_to_num(arrange_rows(frame, name)) for name in ("per_day", "low", "high"))
    top = find_top(rates.ravel()) * VALUE_ROOM
    middles = find_middle(rates)
    _draw_clock(place(ax, left, TOP, width - left, 7 * row), theme, narrow)
    for k in range(7):
        day = (first_weekday + k) % 7
        plot = place(ax, left, TOP + k * row, width - left, row)
        plot.set_xlim(0, 24)
        plot.set_ylim(0, top)
        plot.set_label(WEEKDAYS[day])
        colour = theme.mark if day in mark else theme.data
        others = np.delete(rates, [*mark] if day in mark else [day], axis=0).mean(axis=0)
        plot.fill_between(MIDDLES, rates[day], 0, color=colour, alpha=FILL, linewidth=0, zorder=1)
        if highs.any():
            plot.fill_between(
                MIDDLES,
                lows[day],
                np.minimum(highs[day], top),
                color=colour,
                alpha=SPREAD,
                linewidth=0,
                zorder=2,
            )
        lines = ((others, theme.faint, 1.5, "others"), (rates[day], colour, 2.4, "day"))
        for values, shade, px, label in lines:
            plot.plot(
                MIDDLES, values, color=shade, linewidth=px * PT, zorder=3 + (label == "day"), label=label,
                solid_joinstyle="round", solid_capstyle="round",
            )  # fmt: skip
        draw_rule(plot, (0, 24), (0, 0), theme.axis, layer=5)
        write(
            plot, WEEKDAYS[day][:3] if narrow else WEEKDAYS[day], 0, 0, on="y", size=14, at="left",
            colour=theme.mark if day in mark else theme.ink, semibold=day in mark, shift=(-left, 24),
        )  # fmt: skip
        _mark_middle(plot, float(middles[day]), rates[day], colour, theme, left)
        _write_highest(plot, rates[day], colour, theme)
    return ax


def _draw_clock(sheet: Axes, theme: Theme, narrow: bool) -> None:
    """Draw a grid of clock times through all rows, and name them below; the thin dark line is midnight."""
    sheet.set_xlim(0, 24)
    sheet.set_ylim(0, 1)
    for after in range(0, 25, 4):
        is_midnight = after == MIDNIGHT
        draw_rule(
            sheet, (after, after), (0, 1), theme.axis if is_midnight else theme.grid,
            px=1.2 if is_midnight else 1.0, layer=0.5,
        )  # fmt: skip
        hour = (after + FIRST_HOUR) % 24
        name = {0: "midn.", 12: "noon"}.get(hour, f"{hour:02d}") if narrow else say_hour(hour)
        half = measure(name, 12.5) / 2
        nudge = -half if after == 24 else half if after == 0 else 0.0
        write(
            sheet, name, after, 0, size=12.5, colour=theme.ink if is_midnight else theme.muted,
            semibold=is_midnight, shift=(nudge, -14),
        )  # fmt: skip


def _mark_middle(plot: Axes, middle: float, rates: Floats, colour: str, theme: Theme, left: float) -> None:
    """Draw a line up to the curve where half of the row has passed, and write the time under the name."""
    if np.isnan(middle):
        return
    height = float(np.interp(middle, MIDDLES, rates))
    draw_rule(plot, (middle, middle), (0, height), colour, px=1.6, layer=4.5)
    write(plot, say_middle(middle), 0, 0, on="y", size=12.5, colour=theme.muted, at="left", shift=(-left, 7))


def _write_highest(plot: Axes, rates: Floats, colour: str, theme: Theme) -> None:
    """Mark a row's highest hour, its value above the dot."""
    best = int(np.argmax(rates))
    if rates[best] <= 0:
        return
    draw_dot(
        plot, best + 0.5, rates[best], colour, theme.bg, px=7, edge_px=1.2, layer=6, label="highest",
        clip=False,
    )  # fmt: skip
    text = say_rate(float(rates[best]))
    width = size_of(plot)[0]
    spot, half = (best + 0.5) * width / 24, measure(text, 13, semibold=True) / 2
    nudge = nudge_inside(spot, half, width)
    write(
        plot, text, best + 0.5, float(rates[best]), size=13, colour=colour, semibold=True,
        shift=(nudge, 13), halo=theme.bg,
    )  # fmt: skip


def picture_week_lines(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw ``answer_week_lines``; nothing without intervals or without any."""
    frame = answer.frame
    if frame["low"].isna().any() or not frame["per_day"].any():
        return None
    draw = partial(
        draw_week_lines,
        frame=frame,
        mark=tuple(int(day) for day in answer.finding.mark),
        first_weekday=coverage.first_weekday,
    )
    return Picture(draw, lambda width, narrow: find_week_lines_height(narrow))
