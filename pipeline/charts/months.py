"""Rates by month: a panel a year on one scale, the mean of all years behind, the common dip in red."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import choose_ticks, find_top
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.months import ENOUGH_DAYS_A_MONTH
from pipeline.patterns.wording import MONTHS, say_rate

A_ROW = 5  # panels
PANEL_HEIGHT = 246.0
NARROW_PANEL_HEIGHT = 134.0
FOOT = 22.0
INITIALS = 110.0  # px that those of twelve months take; below it, of each quarter's first
FILL = 0.13
LEAST_BELOW = 20.0  # px between the dot and the axis for a value below the dot


def find_months_height(frame: pd.DataFrame, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_months`` needs."""
    n_years = frame["year"].nunique()
    if narrow:
        return NARROW_PANEL_HEIGHT * n_years + FOOT
    return PANEL_HEIGHT * -(-n_years // A_ROW) + FOOT


def draw_months(
    ax: Axes, frame: pd.DataFrame, *, mark: tuple[Any, ...] = (), theme: Theme = LIGHT, narrow: bool = False
) -> Axes:
    """Draw ``count_by_month``; ``mark`` is a month (1–12), red in every year, or one year and month."""
    width, _ = open_sheet(ax)
    table = frame.pivot(index="year", columns="month", values="per_day").reindex(columns=range(1, 13))
    years = [int(year) for year in table.index]
    top = find_top(table.to_numpy(dtype=float).ravel())
    means = _mean_of_columns(table.to_numpy(dtype=float))
    a_row = 1 if narrow else A_ROW
    left = 34.0 if narrow else 54.0
    gap = 18.0
    high = NARROW_PANEL_HEIGHT if narrow else PANEL_HEIGHT
    n_across = min(max(len(years), 1), a_row)
    wide = min((width - left - gap * (n_across - 1)) / n_across, 400.0 if n_across == 1 else 230.0)
    for k, year in enumerate(years):
        row, column = divmod(k, a_row)
        x, y = left + column * (wide + gap), row * high
        title_at = 0.0 if narrow else x
        write(ax, str(year), title_at, y + 14, size=14, colour=theme.ink, semibold=True, at="left")
        panel = place(ax, x, y + 26, wide, high - 26 - 30)
        panel.set_xlim(0.55, 12.45)
        panel.set_ylim(0, top)
        panel.set_label(str(year))
        _draw_scale(panel, theme, labelled=column == 0, narrow=narrow, top=top)
        if len(years) > 1:
            panel.plot(
                range(1, 13), means, color=theme.faint, linewidth=1.5 * PT, zorder=2, label="mean",
                solid_joinstyle="round",
            )  # fmt: skip
        red = mark[:1] if len(mark) == 1 else mark[1:] if mark[:1] == (year,) else ()
        _draw_year(panel, table.loc[year].to_numpy(dtype=float), red, theme)
    _write_foot(ax, left if not narrow else 0, high * -(-len(years) // a_row), mark, theme)
    return ax


def picture_months(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the years of months; nothing under two months that have a rate."""
    if answer.frame["per_day"].notna().sum() < 2:
        return None
    draw = partial(draw_months, frame=answer.frame, mark=answer.finding.mark)
    left_out = f"Months with fewer than {ENOUGH_DAYS_A_MONTH} covered days are left out."
    return Picture(draw, lambda width, narrow: find_months_height(answer.frame, narrow), left_out=left_out)


def _mean_of_columns(rates: np.ndarray[Any, np.dtype[np.float64]]) -> np.ndarray[Any, np.dtype[np.float64]]:
    held = ~np.isnan(rates)
    n = held.sum(axis=0)
    return np.where(n > 0, np.where(held, rates, 0).sum(axis=0) / np.maximum(n, 1), np.nan)


def _draw_scale(panel: Axes, theme: Theme, *, labelled: bool, narrow: bool, top: float) -> None:
    ticks = choose_ticks(top, 3)
    for tick in ticks:
        draw_rule(panel, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
    if labelled:
        for tick in [0.0, *ticks]:
            unit = " a day" if tick and tick == ticks[-1] and not narrow else ""
            text = say_rate(tick) + unit
            write(panel, text, 0, tick, on="y", size=12.5, colour=theme.muted, at="right", shift=(-8, 0))
    draw_rule(panel, (0, 1), (0, 0), theme.axis, on="y", layer=1)
    for month in range(1, 13, 1 if size_of(panel)[0] >= INITIALS else 3):
        write(
            panel, MONTHS[month - 1][0], month, 0, size=12 if narrow else 11, colour=theme.muted,
            shift=(0, -13),
        )  # fmt: skip


def _draw_year(
    panel: Axes, rates: np.ndarray[Any, np.dtype[np.float64]], mark: tuple[Any, ...], theme: Theme
) -> None:
    months = np.arange(1, 13)
    panel.fill_between(months, rates, 0, color=theme.data, alpha=FILL, linewidth=0, zorder=1)
    panel.plot(
        months, rates, color=theme.data, linewidth=2.7 * PT, zorder=3, label="year", solid_joinstyle="round",
        clip_on=False,
    )  # fmt: skip
    held = ~np.isnan(rates)
    alone = held & ~np.append(held[1:], False) & ~np.append(False, held[:-1])
    panel.plot(months[alone], rates[alone], "o", color=theme.data, markersize=5 * PT, zorder=3, label="alone")
    if not held.any():
        return
    highest = int(np.nanargmax(rates)) + 1
    for month in range(1, 13):
        if held[month - 1] and month in mark:
            _dot(panel, month, rates[month - 1], theme.mark, theme, above=month == highest)
    if highest not in mark:
        _dot(panel, highest, rates[highest - 1], theme.data, theme, above=True)


def _dot(panel: Axes, month: int, rate: float, colour: str, theme: Theme, *, above: bool) -> None:
    panel.plot([month], [rate], "o", color=colour, markersize=8 * PT, zorder=5, label="dot", clip_on=False)
    text = say_rate(rate)
    low, high = panel.get_xlim()
    wide, tall = size_of(panel)
    above = above or rate / panel.get_ylim()[1] * tall < LEAST_BELOW
    spot, half = (month - low) / (high - low) * wide, measure(text, 13, semibold=True) / 2
    nudge = min(spot, wide - half) - spot
    write(
        panel, text, month, rate, size=13, colour=colour, semibold=True,
        shift=(nudge, 15 if above else -15), halo=theme.bg,
    )  # fmt: skip


def _write_foot(ax: Axes, x: float, y: float, mark: tuple[Any, ...], theme: Theme) -> None:
    text = "Each year’s highest month in blue."
    if mark:
        year = f" {mark[0]}" if len(mark) == 2 else ""
        text = f"{MONTHS[mark[-1] - 1]}{year} in red; each year’s highest month in blue."
    write(ax, text, x, y + 8, size=12.5, colour=theme.muted, at="left")
