"""The pace and its lasting changes: weeks as dots, stretches as steps, the largest change in red."""

from __future__ import annotations

from functools import partial
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, hatch, open_sheet, place, size_of
from pipeline.charts.lettering import measure, nudge_inside, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import choose_ticks, find_top
from pipeline.charts.style import PT
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.paces import SHORT_SPAN
from pipeline.patterns.wording import MONTHS, say_day, say_rate

CHANGES_HEIGHT = 316.0
NARROW_CHANGES_HEIGHT = 262.0
TOP = 44.0  # px above the plot, for the unit and the date of the marked change
CAP = 4.0  # px, half of the ends of the whisker over it
FILL = 0.16
MANY_WEEKS = 400  # from here on their dots are smaller
VALUE_PX = 13.5


def draw_changes(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    weeks: pd.DataFrame,
    changes: pd.DataFrame,
    mark: tuple[pd.Timestamp, ...] = (),
    nouns: str = "searches",
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``list_stretches`` over its ``weeks`` (week, per_day); ``mark`` is the day of one change.

    ``changes`` says between which days each change may lie (day, earliest, latest); weeks without a rate
    are hatched.
    """
    width, height = open_sheet(ax)
    left = 40.0
    plot = place(ax, left, TOP, width - left, height - TOP - 32)
    known = weeks[weeks["per_day"].notna()]
    rates = known["per_day"].to_numpy(dtype=float)
    first = min(day_number(frame["since"].min()), day_number(weeks["week"].min()))
    plot.set_xlim(first, day_number(frame["until"].max()) + 1)
    plot.set_ylim(0, find_top(np.concatenate([rates, frame["high"].to_numpy(dtype=float)])))
    _draw_scale(plot, theme)
    write(ax, f"{nouns} a day", 0, 9, size=13, colour=theme.muted, at="left")
    _draw_missing(plot, weeks, theme)
    for row in iter_rows(changes[changes["day"].isin(mark)]):
        _draw_mark(plot, row.day, row.earliest, row.latest, theme)
    size = 3.0 if narrow or len(known) > MANY_WEEKS else 4.4
    plot.plot(
        [day_number(week) + 3.5 for week in known["week"]], rates, "o", color=theme.data_soft,
        markersize=size * PT, markeredgewidth=0, zorder=2, label="weeks",
    )  # fmt: skip
    for row in iter_rows(frame):
        _draw_stretch(plot, row.since, row.until, (row.low, row.per_day, row.high), theme)
    _write_values(plot, frame, theme)
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=2)
    label_dates(plot, theme, below=17)
    return plot


def _draw_scale(plot: Axes, theme: Theme) -> None:
    for tick in [0.0, *choose_ticks(plot.get_ylim()[1], 4)]:
        if tick:
            draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        text = f"{tick:,g}"
        write(plot, text, 0, tick, on="y", size=12.5, colour=theme.muted, at="right", shift=(-8, 0))


def _draw_missing(plot: Axes, weeks: pd.DataFrame, theme: Theme) -> None:
    """Hatch the weeks inside the span that have no rate."""
    known = weeks["per_day"].notna()
    place = np.flatnonzero(known)
    for before, after in pairwise(place.tolist()):
        if after == before + 1:
            continue
        first = day_number(weeks["week"].iloc[before]) + 7
        box = Rectangle(
            (first, 0), day_number(weeks["week"].iloc[after]) - first, 1, zorder=0.8, label="missing",
            transform=plot.get_xaxis_transform(), facecolor="none", edgecolor=theme.hatch, linewidth=0,
        )  # fmt: skip
        plot.add_patch(hatch(box, "//////"))


def _draw_mark(
    plot: Axes, day: pd.Timestamp, earliest: pd.Timestamp, latest: pd.Timestamp, theme: Theme
) -> None:
    low, high, at = day_number(earliest), day_number(latest) + 1, day_number(day)
    px = plot.get_ylim()[1] / size_of(plot)[1]
    top = plot.get_ylim()[1]
    draw_rule(plot, (at, at), (0, top), theme.mark, px=1.8, layer=2.5)
    draw_rule(plot, (low, high), (top, top), theme.mark, px=1.3, layer=2.5)
    for end in (low, high):
        draw_rule(plot, (end, end), (top - CAP * px, top + CAP * px), theme.mark, px=1.3, layer=2.5)
    text = say_day(day.date()) if (latest - earliest).days <= SHORT_SPAN else _say_months(earliest, latest)
    width = size_of(plot)[0]
    left, right = plot.get_xlim()
    spot, half = (at - left) / (right - left) * width, measure(text, VALUE_PX, semibold=True) / 2
    nudge = nudge_inside(spot, half, width)
    write(plot, text, at, 1, on="x", size=VALUE_PX, colour=theme.mark, semibold=True, shift=(nudge, 13))


def _say_months(first: pd.Timestamp, last: pd.Timestamp) -> str:
    names = [f"{MONTHS[day.month - 1][:3]} {day.year}" for day in (first, last)]
    return f"{names[0]} – {names[1]}"


def _draw_stretch(
    plot: Axes,
    since: pd.Timestamp,
    until: pd.Timestamp,
    rates: tuple[float, float, float],
    theme: Theme,
) -> None:
    low, rate, high = rates
    first, last = day_number(since), day_number(until) + 1
    plot.add_patch(
        Rectangle(
            (first, low), last - first, high - low, facecolor=theme.data, alpha=FILL, linewidth=0, zorder=3
        )
    )
    plot.plot(
        [first, last], [rate, rate], color=theme.data, linewidth=2.8 * PT, zorder=4, label="stretch",
        solid_capstyle="butt", clip_on=False,
    )  # fmt: skip


def _write_values(plot: Axes, frame: pd.DataFrame, theme: Theme) -> None:
    """Write each stretch's rate above its line, the longest first; none where it would meet another."""
    width, height = size_of(plot)
    left, right = plot.get_xlim()
    top = plot.get_ylim()[1]
    taken: list[tuple[float, float]] = []
    for row in iter_rows(frame.sort_values("days", ascending=False, kind="stable")):
        middle = (day_number(row.since) + day_number(row.until) + 1) / 2
        text = say_rate(row.per_day)
        half = measure(text, VALUE_PX, semibold=True) / 2
        spot = (middle - left) / (right - left) * width
        nudge = nudge_inside(spot, half, width)
        if any(abs(spot + nudge - other) < half + room + 6 for other, room in taken):
            continue
        taken.append((spot + nudge, half))
        rise = (row.high - row.per_day) / top * height + 11
        write(
            plot, text, middle, row.per_day, size=VALUE_PX, colour=theme.data, semibold=True,
            shift=(nudge, rise), halo=theme.bg,
        )  # fmt: skip


def picture_changes(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw ``answer_changes``; nothing where no interval was computed."""
    frame = answer.frame
    if len(frame) == 0 or frame["low"].isna().any():
        return None
    draw = partial(
        draw_changes,
        frame=frame,
        weeks=answer.frames["weeks"],
        changes=answer.frames["changes"],
        mark=tuple(pd.Timestamp(str(day)) for day in answer.finding.mark),
        nouns=coverage.nouns,
    )
    return Picture(draw, lambda width, narrow: NARROW_CHANGES_HEIGHT if narrow else CHANGES_HEIGHT)
