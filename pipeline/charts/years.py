"""Searches by year: bars of counts, partial years hatched, and under each its days and its rate."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from pipeline.charts.boxes import draw_rule, hatch, open_sheet, place
from pipeline.charts.days import DAYS_HEIGHT, draw_days
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import find_top
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import count_noun, say_count, say_rate, say_short_day

BELOW = 84  # px under the bars
LEAST_PITCH = 62  # px a year needs to carry '46 a day' upright
ROW = 26


def find_years_height(frame: pd.DataFrame, width: float) -> float:
    """Return the height in CSS pixels that ``draw_years`` needs at ``width``."""
    return 308 if width / len(frame) >= LEAST_PITCH else 8 + ROW * len(frame)


def draw_years(
    ax: Axes, frame: pd.DataFrame, *, mark: tuple[Any, ...] = (), theme: Theme = LIGHT, narrow: bool = False
) -> Axes:
    """Draw ``count_by_year``; the rates of the years in ``mark`` are red. Many years lie down as rows."""
    width, height = open_sheet(ax)
    if width / len(frame) < LEAST_PITCH:
        return _draw_rows(ax, frame, mark, theme, width, narrow)
    plot = place(ax, 0, 0, width, height - BELOW)
    n_years = len(frame)
    plot.set_xlim(-0.5, n_years - 0.5)
    plot.set_ylim(0, find_top(frame["searches"].to_numpy()))
    pitch = width / n_years
    share = min(0.62, 130 / pitch)
    size = 13.5 if narrow else 14.5
    for k, row in enumerate(iter_rows(frame)):
        plot.add_patch(_make_bar(k - share / 2, 0, share, float(row.searches), bool(row.partial), theme))
        write(
            plot, say_count(row.searches), k, row.searches, size=13 if narrow else 14, colour=theme.ink,
            semibold=True, stand="baseline", shift=(0, 7),
        )  # fmt: skip
        write(plot, str(row.year), k, 0, size=size, colour=theme.ink, semibold=True, shift=(0, -18))
        small = 11.5 if narrow or measure(name_days(row), 12.5) > pitch - 4 else 12.5
        write(plot, name_days(row), k, 0, size=small, colour=theme.muted, shift=(0, -39))
        if pd.notna(row.per_day):
            write(
                plot, f"{say_rate(row.per_day)} a day", k, 0, size=14.5 if narrow else 16.5,
                colour=theme.mark if row.year in mark else theme.ink, serif=True, semibold=True,
                shift=(0, -65),
            )  # fmt: skip
    draw_rule(plot, (-0.5, n_years - 0.5), (0, 0), theme.axis, layer=3)
    return plot


def picture_years(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the bars; under 60 covered days those of single days, with none of them nothing."""
    days = answer.frames.get("days")
    if days is not None:
        draw_short = partial(draw_days, frame=days)
        return Picture(draw_short, lambda width, narrow: DAYS_HEIGHT) if len(days) else None
    draw = partial(draw_years, frame=answer.frame, mark=answer.finding.mark)
    return Picture(draw, lambda width, narrow: find_years_height(answer.frame, width))


def _draw_rows(
    ax: Axes, frame: pd.DataFrame, mark: tuple[Any, ...], theme: Theme, width: float, narrow: bool
) -> Axes:
    left, right = 46, 78 if narrow else 190
    plot = place(ax, left, 4, width - left - right, ROW * len(frame))
    plot.set_ylim(len(frame) - 0.5, -0.5)
    plot.set_xlim(0, find_top(frame["searches"].to_numpy()) * (1.12 if narrow else 1.0))
    for k, row in enumerate(iter_rows(frame)):
        plot.add_patch(_make_bar(0, k - 0.34, float(row.searches), 0.68, bool(row.partial), theme))
        write(
            plot, str(row.year), 0, k, on="y", size=13.5, colour=theme.ink, semibold=True, at="left",
            shift=(-left, 0),
        )  # fmt: skip
        write(
            plot, say_count(row.searches), row.searches, k, size=12.5 if narrow else 13.5, colour=theme.ink,
            semibold=True, at="left", shift=(6, 0),
        )  # fmt: skip
        if not narrow:
            write(
                plot, name_days(row), 1, k, on="y", size=12.5, colour=theme.muted, at="right",
                shift=(right - 84, 0),
            )  # fmt: skip
        if pd.notna(row.per_day):
            write(
                plot, f"{say_rate(row.per_day)} a day", 1, k, on="y", size=14.5, serif=True, semibold=True,
                colour=theme.mark if row.year in mark else theme.ink, at="right", shift=(right, 0),
            )  # fmt: skip
    draw_rule(plot, (0, 0), (-0.5, len(frame) - 0.5), theme.axis, layer=3)
    return plot


def _make_bar(x: float, y: float, width: float, height: float, partial: bool, theme: Theme) -> Patch:
    if partial:
        bar = Rectangle((x, y), width, height, facecolor="none", edgecolor=theme.data, linewidth=1.2)
        return hatch(bar, "/////")
    return Rectangle((x, y), width, height, facecolor=theme.data, linewidth=0)


def name_days(row: Any) -> str:
    """Say what the archive holds of a year: '365 days', 'from 9 Mar', 'to 19 Nov' or both ends.

    A row without first and last, of a table without days, always has its number of days.
    """
    first, last = getattr(row, "first", pd.NaT), getattr(row, "last", pd.NaT)
    if not row.partial or pd.isna(first) or pd.isna(last):
        return count_noun(int(row.covered_days), "day", "days")
    late, early = (first.month, first.day) != (1, 1), (last.month, last.day) != (12, 31)
    if late and early:
        if first == last:
            return f"only {say_short_day(first)}"
        return f"{say_short_day(first)} – {say_short_day(last)}"
    if late:
        return f"from {say_short_day(first)}"
    return f"to {say_short_day(last)}" if early else count_noun(int(row.covered_days), "day", "days")
