"""Repeated queries in numbers: their share year by year, and how long after the last one they come."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.intervals import draw_whisker
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import find_top
from pipeline.charts.share_axis import label_shares
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_percent

REPEATS_HEIGHT, YEARS_HEIGHT, RETURNS_HEIGHT = 268.0, 236.0, 212.0
ASIDE, BETWEEN = 300.0, 40.0
NAMES = 96.0  # px for the longest of the times
LEAST_PITCH = 44.0  # px a year needs to carry its value


def find_repeats_height(frame: pd.DataFrame, returns: pd.DataFrame, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_repeats`` needs."""
    both = _has_years(frame) and _has_returns(returns)
    if narrow and both:
        return YEARS_HEIGHT + 18 + RETURNS_HEIGHT
    return REPEATS_HEIGHT if _has_years(frame) else RETURNS_HEIGHT


def draw_repeats(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    returns: pd.DataFrame,
    mark: tuple[Any, ...] = (),
    nouns: str = "searches",
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_repeats``, the years in ``mark`` red, and ``count_returns`` beside it, on a phone below.

    A single year is not drawn: there is nothing to compare it with.
    """
    width, height = open_sheet(ax)
    plot, left, top = ax, 0.0, 0.0
    if _has_years(frame):
        beside = ASIDE + BETWEEN if _has_returns(returns) and not narrow else 0.0
        tall = YEARS_HEIGHT if narrow else height
        name = f"Share of {nouns}, by year"
        write(ax, name, 0, 10, size=13, colour=theme.muted, at="left")
        plot = place(ax, 0, 26, width - beside, tall - 26 - 28)
        _draw_years(plot, frame, mark, theme)
        left, top = (0.0, tall + 18) if narrow else (width - ASIDE, 0.0)
    if _has_returns(returns):
        returns = drop_last_empty(returns)
        write(ax, "Time since the last one", left, top + 10, size=13, colour=theme.muted, at="left")
        tall = min(height - top, RETURNS_HEIGHT + 28) - 26
        box = place(ax, left + NAMES, top + 26, width - left - NAMES, tall - (0 if narrow else 28))
        _draw_returns(box, returns, theme)
        plot = plot if _has_years(frame) else box
    return plot


def _has_years(frame: pd.DataFrame) -> bool:
    return len(frame) > 1


def _has_returns(returns: pd.DataFrame) -> bool:
    return bool(returns["share"].notna().any())


def drop_last_empty(returns: pd.DataFrame) -> pd.DataFrame:
    """Leave out the longest times without a repeat: a short archive cannot hold one."""
    held = np.flatnonzero(returns["share"].to_numpy(dtype=float) > 0)
    return returns.iloc[: int(held[-1]) + 1] if len(held) else returns


def _draw_years(plot: Axes, frame: pd.DataFrame, mark: tuple[Any, ...], theme: Theme) -> None:
    n = len(frame)
    pitch = size_of(plot)[0] / n
    shares = frame["share"].to_numpy(dtype=float)
    highs = np.fmax(frame["high"].to_numpy(dtype=float), shares)
    plot.set_ylim(0, find_top(highs))
    indent = 0.0
    if pitch < LEAST_PITCH:
        indent = 44.0
        pitch = (size_of(plot)[0] - indent) / n
        label_shares(plot, theme, indent / size_of(plot)[0])
    plot.set_xlim(-0.5 - indent / pitch, n - 0.5)
    half = min(0.33, 55 / pitch)
    for k, row in enumerate(iter_rows(frame)):
        share, marked = float(row.share), row.year in mark
        colour = theme.mark if marked else theme.data
        plot.add_patch(Rectangle((k - half, 0), 2 * half, share, facecolor=colour, linewidth=0, zorder=2))
        reach = share
        if pd.notna(row.low) and row.high > row.low:
            draw_whisker(plot, (k, k), (row.low, row.high), theme)
            reach = float(row.high)
        if not indent:
            write(
                plot, say_percent(share), k, reach, size=14, colour=theme.mark if marked else theme.ink,
                semibold=True, stand="baseline", shift=(0, 7), halo=theme.bg,
            )  # fmt: skip
        if (n - 1 - k) % (1 if pitch >= 22 else 2) == 0:
            name, size = (str(row.year), 13.5) if pitch >= 34 else (f"’{row.year % 100:02d}", 11.5)
            write(plot, name, k, 0, size=size, colour=theme.ink, semibold=True, shift=(0, -16))
    draw_rule(plot, (-0.5, n - 0.5), (0, 0), theme.axis, layer=5)


def _draw_returns(plot: Axes, returns: pd.DataFrame, theme: Theme) -> None:
    width = size_of(plot)[0]
    n = len(returns)
    plot.set_ylim(n - 0.5, -0.5)
    room = max(measure(say_percent(float(share)), 13.5) for share in returns["share"]) + 8
    plot.set_xlim(0, max(float(returns["share"].max()), 0.01) * width / (width - room))
    for k, row in enumerate(iter_rows(returns)):
        share = float(row.share)
        plot.add_patch(Rectangle((0, k - 0.34), share, 0.68, facecolor=theme.data, linewidth=0, zorder=2))
        write(plot, str(row.after), 0, k, on="y", size=13, colour=theme.ink, at="left", shift=(-NAMES, 0))
        write(plot, say_percent(share), share, k, size=13.5, colour=theme.ink, at="left", shift=(7, 0))


def picture_repeats(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the repeats; nothing where they are too few."""
    frame, returns = answer.frame, answer.frames["returns"]
    if not _has_years(frame) and not _has_returns(returns):
        return None
    draw = partial(draw_repeats, frame=frame, returns=returns, mark=answer.finding.mark, nouns=coverage.nouns)
    return Picture(draw, lambda width, narrow: find_repeats_height(frame, returns, narrow))
