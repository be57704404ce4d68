"""The quiet window through the years: the longest nightly pause by week, the usual window, what moved it."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Polygon, Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.quiet_short import draw_quiet_short, find_quiet_short_height
from pipeline.charts.rows import iter_rows
from pipeline.charts.style import PT
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import MINUS, say_clock, say_hour, say_percent

QUIET_HEIGHT, QUIET_NARROW_HEIGHT = 324.0, 306.0
FIRST_HOUR = 15  # of a night: its hours count from 15:00
LEFT, RIGHT, NARROW_LEFT = 62.0, 76.0, 58.0
ABOVE, BELOW = 26.0, 34.0
TICK_HOURS = 3
WEEK = 7.0
DOT_PX, NARROW_DOT_PX, LEAST_DOT_PX = 4.4, 3.6, 2.2  # of many years, smaller


def draw_quiet(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    habit: pd.DataFrame,
    changes: pd.DataFrame,
    shifts: pd.DataFrame,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw the weeks (week, start, end) as a band with its ends as dots, the rows of ``habit`` as ink lines
    with their clock times, ``changes`` and ``shifts`` in red. Time runs down, from evening to noon.
    """
    width, height = open_sheet(ax)
    left, right = (NARROW_LEFT, 6.0) if narrow else (LEFT, RIGHT)
    plot = place(ax, left, ABOVE, width - left - right, height - ABOVE - BELOW)
    days = frame["week"].map(day_number).to_numpy(dtype=float)
    plot.set_xlim(days[0], max(days[-1] + WEEK, days[0] + 4 * WEEK))
    low, high = find_limits(frame, habit)
    plot.set_ylim(high, low)
    for hour in range(int(np.ceil(low / TICK_HOURS)) * TICK_HOURS, int(high) + 1, TICK_HOURS):
        draw_rule(plot, (0, 1), (hour, hour), theme.grid, on="y", layer=0.5)
        name = say_hour(hour + FIRST_HOUR)
        write(
            plot, name, 0, hour, on="y", size=12.5, colour=theme.muted, at="right",
            shift=(-6 if narrow else -8, 0),
        )  # fmt: skip
    for row in iter_rows(shifts):
        span = day_number(row.first), day_number(row.last) + 1
        plot.add_patch(
            Rectangle(
                (span[0], 0), span[1] - span[0], 1, transform=plot.get_xaxis_transform(),
                facecolor=theme.mark_soft, linewidth=0, zorder=0.6,
            )
        )  # fmt: skip
    pitch = (width - left - right) / max(len(frame), 1)
    dot_px = min(NARROW_DOT_PX if narrow else DOT_PX, max(LEAST_DOT_PX, 2 * pitch))
    _draw_weeks(plot, frame, days, theme, dot_px)
    for row in iter_rows(changes):
        draw_rule(plot, (day_number(row.date),) * 2, (0, 1), theme.mark, on="x", px=1.6, layer=3)
    _draw_habit(plot, habit, theme, narrow)
    _label_top(plot, changes, shifts, theme)
    label_dates(plot, theme, below=18)
    return plot


def find_limits(frame: pd.DataFrame, habit: pd.DataFrame) -> tuple[float, float]:
    """Return the hours after 15:00 at top and bottom: nearly all weeks, every habit, an hour beyond."""
    starts = [*frame["start"].dropna().quantile([0.04]), *habit["start"]]
    ends = [*frame["end"].dropna().quantile([0.96]), *habit["end"]]
    low = float(np.nanmin([*starts, 8.0])) - 1
    high = float(np.nanmax([*ends, 16.0])) + 1
    return float(np.floor(2 * low) / 2), float(np.ceil(2 * high) / 2)


def picture_quiet(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the quiet window; with too few nights each as a circle; without any nothing."""
    nights = answer.frames.get("nights")
    if nights is not None:
        if len(nights) == 0:
            return None
        draw_short = partial(draw_quiet_short, frame=nights, nouns=coverage.nouns)
        return Picture(draw_short, lambda width, narrow: find_quiet_short_height(len(nights), width))
    habit = answer.frames["habit"]
    blank = f"weeks with fewer than 4 nights of enough {coverage.nouns} are left blank."
    left_out = blank[:1].upper() + blank[1:]
    if len(habit):
        share = float(habit["usable"].sum() / habit["nights"].sum())
        left_out = (
            f"{say_percent(share)} of nights had enough {coverage.nouns} to say; "
            "weeks with fewer than 4 such nights are left blank."
        )
    draw = partial(
        draw_quiet, frame=answer.frames[MAIN], habit=habit, changes=answer.frames["changes"],
        shifts=answer.frames["shifts"],
    )  # fmt: skip
    return Picture(
        draw, lambda width, narrow: QUIET_NARROW_HEIGHT if narrow else QUIET_HEIGHT, left_out=left_out
    )


def _draw_weeks(plot: Axes, frame: pd.DataFrame, days: Any, theme: Theme, dot_px: float) -> None:
    """Draw the weeks that follow each other as one band, so that no seam shows between them."""
    high, low = plot.get_ylim()
    start, end = (frame[name].to_numpy(dtype=float) for name in ("start", "end"))
    known = np.isfinite(start)
    breaks = np.flatnonzero(~known[1:] | ~known[:-1] | (np.diff(days) > WEEK)) + 1
    for run in np.split(np.arange(len(days)), breaks):
        if not known[run].all():
            continue
        across = np.repeat([*days[run], days[run[-1]] + WEEK], 2)[1:-1]
        upper, lower = (np.clip(np.repeat(values[run], 2), low, high) for values in (start, end))
        outline = np.column_stack([np.append(across, across[::-1]), np.append(upper, lower[::-1])])
        plot.add_patch(Polygon(outline, closed=True, facecolor=theme.quiet, linewidth=0, zorder=0.7))
    for values, label in ((start, "last"), (end, "first")):
        shown = known & (values > low) & (values < high)
        plot.plot(
            days[shown] + WEEK / 2, values[shown], "o", color=theme.data, markersize=dot_px * PT,
            markeredgewidth=0, zorder=2, label=label,
        )  # fmt: skip


def _draw_habit(plot: Axes, habit: pd.DataFrame, theme: Theme, narrow: bool) -> None:
    first, last = plot.get_xlim()
    scale = plot.get_window_extent().width * 96 / plot.figure.dpi / (last - first)
    rows = list(iter_rows(habit))
    for k, row in enumerate(rows):
        span = max(day_number(row.since), first), min(day_number(row.until) + 1, last)
        for hour, up, word in ((row.start, 1, "quiet from"), (row.end, -1, "quiet until")):
            draw_rule(plot, span, (hour, hour), theme.bg, px=4.6, layer=3.5)
            draw_rule(plot, span, (hour, hour), theme.ink, px=2.6, layer=4)
            clock = say_clock(hour + FIRST_HOUR)
            size = 13.0 if narrow else 13.5
            if k == len(rows) - 1 and not narrow:
                write(
                    plot, clock, last, hour, size=14, colour=theme.ink, semibold=True, at="left", shift=(7, 0)
                )
                write(plot, word, last, hour, size=12.5, colour=theme.muted, at="left", shift=(7, 18 * up))
            elif (span[1] - span[0]) * scale >= measure(clock, size, semibold=True) + 12:
                at_end = k == len(rows) - 1 and k > 0
                write(
                    plot, clock, span[1] if at_end else span[0], hour, size=size, colour=theme.ink,
                    semibold=True, at="right" if at_end else "left", halo=theme.quiet,
                    shift=(-5 if at_end else 5, -14 * up),
                )  # fmt: skip


def _label_top(plot: Axes, changes: pd.DataFrame, shifts: pd.DataFrame, theme: Theme) -> None:
    """Name changes, then the longest stays first, each where there is room for it."""
    first, last = plot.get_xlim()
    scale = plot.get_window_extent().width * 96 / plot.figure.dpi / (last - first)
    wanted = [(day_number(row.date), "change") for row in iter_rows(changes)]
    for row in sorted(iter_rows(shifts), key=lambda row: -row.days):
        middle = (day_number(row.first) + day_number(row.last) + 1) / 2
        wanted.append((middle, f"{'+' if row.hours > 0 else MINUS}{abs(row.hours)} h"))
    taken: list[tuple[float, float]] = []
    for day, text in wanted:
        half = measure(text, 13, semibold=True) / 2
        at = float(np.clip((day - first) * scale, half - 8, (last - first) * scale - half + 4))
        if any(at - half - 8 < stop and at + half + 8 > start for start, stop in taken):
            continue
        taken.append((at - half, at + half))
        write(
            plot, text, first + at / scale, 1, on="x", size=13, colour=theme.mark, semibold=True,
            shift=(0, 13),
        )  # fmt: skip
