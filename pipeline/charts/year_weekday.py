"""Rates by year and weekday as numbered cells; beside them the weekend as a share of workdays."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.grids import draw_cells, outline_missing
from pipeline.charts.intervals import draw_dot
from pipeline.charts.lettering import write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import NUMBERED_STEPS, class_of
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import WEEKDAYS, say_percent, say_rate

TOP, FOOT = 28.0, 32.0
BETWEEN = 62.0  # px between cells and ratios, where they stand one above the other
NARROW_RATIO_ROW = 24.0
LABEL_PX, EQUAL_PX = 46.0, 18.0  # right of the longest interval, for '100 %'; right of the line, for 'equal'


def find_row_height(n_years: int) -> float:
    """Return the height of a row of cells in CSS pixels."""
    return 42.0 if n_years <= 7 else 30.0


def find_year_weekday_height(frame: pd.DataFrame, ratios: pd.DataFrame | None, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_year_weekday`` needs."""
    n_years = frame["year"].nunique()
    height = TOP + n_years * (32.0 if narrow else find_row_height(n_years)) + FOOT
    if narrow and ratios is not None and np.isfinite(ratios["ratio"]).any():
        height += BETWEEN + NARROW_RATIO_ROW * n_years
    return height


def draw_year_weekday(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    ratios: pd.DataFrame | None = None,
    mark: tuple[Any, ...] = (),
    weekend: tuple[int, ...] = (5, 6),
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_by_year_weekday``; ``ratios``: year, ratio, low, high, partial; ``mark``: a year."""
    width, _ = open_sheet(ax)
    order = [(first_weekday + k) % 7 for k in range(7)]
    table = frame.pivot(index="year", columns="weekday", values="per_day").reindex(columns=order)
    years = [int(year) for year in table.index]
    rates = table.to_numpy(dtype=float)
    shown = None if ratios is None or not np.isfinite(ratios["ratio"]).any() else ratios.set_index("year")
    partial = set() if ratios is None else {int(y) for y in ratios.loc[ratios["partial"], "year"]}
    left = 44.0 if narrow else 54.0
    beside = 0.0 if narrow or shown is None else 0.32 * width
    row = 32.0 if narrow else find_row_height(len(years))
    cells = place(ax, left, TOP, min(width - left - beside, 520), row * len(years))
    _draw_numbers(cells, rates, order, weekend, theme)
    for k, year in enumerate(years):
        write(
            cells, _star(year, partial), 0, k + 0.5, on="y", size=14, colour=theme.ink, semibold=True,
            at="left", shift=(-left, 0),
        )  # fmt: skip
    bottom = TOP + row * len(years)
    if shown is not None:
        if narrow:
            bottom += BETWEEN
            write(
                ax, "weekend as a share of workdays", 0, bottom - 40, size=12.5, colour=theme.muted, at="left"
            )
            plot = place(ax, left, bottom, width - left, NARROW_RATIO_ROW * len(years))
            for k, year in enumerate(years):
                write(
                    plot, _star(year, partial), 0, k + 0.5, on="y", size=13, colour=theme.ink, semibold=True,
                    at="left", shift=(-left, 0),
                )  # fmt: skip
            bottom += NARROW_RATIO_ROW * len(years)
        else:
            plot = place(ax, width - beside + 44, TOP, beside - 46, row * len(years))
        _draw_ratios(plot, years, shown, mark, theme)
    if partial & set(years):
        write(ax, "* part of the year", 0, bottom + 22, size=12.5, colour=theme.muted, at="left")
    return cells


def picture_year_weekday(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the table of cells; nothing without a rate."""
    if not answer.frame["per_day"].notna().any():
        return None
    ratios = answer.frames["ratio"]
    draw = partial(
        draw_year_weekday,
        frame=answer.frame,
        ratios=ratios,
        mark=answer.finding.mark,
        weekend=coverage.weekend,
        first_weekday=coverage.first_weekday,
    )
    return Picture(draw, lambda width, narrow: find_year_weekday_height(answer.frame, ratios, narrow))


def _star(year: int, partial: set[int]) -> str:
    """Write a year, with the star that marks a partial one."""
    return f"{year}*" if year in partial else str(year)


def _draw_numbers(
    cells: Axes, rates: np.ndarray, order: list[int], weekend: tuple[int, ...], theme: Theme
) -> None:
    held = rates[~np.isnan(rates)]
    lowest, highest = (float(held.min()), float(held.max())) if held.size else (0.0, 0.0)
    classes = np.array([[class_of(rate, lowest, highest) for rate in line] for line in rates])
    draw_cells(cells, classes, [theme.sequential[step] for step in NUMBERED_STEPS])
    for k, line in enumerate(rates):
        for j, rate in enumerate(line):
            if np.isnan(rate):
                outline_missing(cells, k, j, theme)
                continue
            colour = theme.ink if classes[k, j] <= 3 else theme.bg
            write(
                cells, say_rate(rate), j + 0.5, k + 0.5, size=13.5, colour=colour,
                semibold=order[j] in weekend,
            )  # fmt: skip
    for j, weekday in enumerate(order):
        off = weekday in weekend
        write(
            cells, WEEKDAYS[weekday][:3], j + 0.5, 0, size=13, colour=theme.ink if off else theme.muted,
            semibold=off, shift=(0, 16),
        )  # fmt: skip


def _draw_ratios(
    plot: Axes, years: list[int], shown: pd.DataFrame, mark: tuple[Any, ...], theme: Theme
) -> None:
    plot.set_ylim(len(years), 0)
    held = shown.loc[np.isfinite(shown["ratio"].to_numpy(dtype=float))]
    low = min(0.9, float(held[["ratio", "low"]].min().min()))
    ends = held[["ratio", "high"]].max(axis=1)
    longest = float(ends.max())
    high = max(1.0, longest)
    room = EQUAL_PX
    scale = (high - low) / (size_of(plot)[0] - 16 - room)  # per CSS pixel
    crossed = any(_crosses_equal(float(end), scale) for end in ends)
    if crossed or longest + LABEL_PX * scale > high + room * scale:
        room = LABEL_PX
        scale = (high - low) / (size_of(plot)[0] - 16 - room)
    pad = 16 * scale
    plot.set_xlim(low - pad, high + room * scale)
    step = next(s for s in (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 1e9) if (high - low) / s <= 3.2)
    for k in range(-40, 41):
        tick = 1 + k * step
        if not max(0.0, low - pad) <= tick <= high + 8 * scale:
            continue
        draw_rule(
            plot, (tick, tick), (-0.12, len(years) + 0.05), theme.axis if k == 0 else theme.grid,
            px=1.4 if k == 0 else 1.0, layer=1,
        )  # fmt: skip
        text = "equal" if k == 0 else say_percent(tick)
        write(plot, text, tick, 0, size=12.5, colour=theme.muted, shift=(0, 16))
    for k, year in enumerate(years):
        if year not in held.index:
            continue
        ratio, lower, upper = held.loc[year, ["ratio", "low", "high"]].to_numpy(dtype=float)
        colour = theme.mark if year in mark else theme.data
        end = ratio
        if not np.isnan(lower + upper):
            plot.plot(
                [lower, upper], [k + 0.5] * 2, color=colour, linewidth=2.6 * PT, zorder=3,
                solid_capstyle="round", label=str(year),
            )  # fmt: skip
            end = upper
        draw_dot(plot, ratio, k + 0.5, colour, theme.bg, px=9.5, layer=4, label="ratio")
        if crossed and end <= 1:  # all beyond the line, in one column
            end = 1.0
        write(
            plot, say_percent(ratio), end, k + 0.5, size=13, colour=theme.ink, semibold=True, at="left",
            shift=(8, 0), halo=theme.bg,
        )  # fmt: skip


def _crosses_equal(end: float, scale: float) -> bool:
    """Say if the label of an interval that ends there would lie on the line at equal."""
    return end <= 1 < end + LABEL_PX * scale
