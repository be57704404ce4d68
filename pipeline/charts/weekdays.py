"""Rates by weekday: seven bars, the dashed workday mean over the days off, and how far these fall short."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import find_top
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import MINUS, WEEKDAYS, say_percent, say_percents

WEEKDAYS_HEIGHT = 276.0
ASIDE = 120.0  # px at the right for the ratio


def draw_weekdays(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    mark: tuple[Any, ...] = (),
    ratio: tuple[float, float, float] | None = None,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_by_weekday`` in the frame's order; the weekdays in ``mark`` are red.

    ``ratio`` is weekend ÷ workday with its interval; give it only where that leaves out 1: it brings the
    dashed mean, the arrow and the per cent.
    """
    width, height = open_sheet(ax)
    aside = ASIDE if ratio is not None and not narrow else 0.0
    plot = place(ax, 0, 0, width - aside, height - 28)
    n_days = len(frame)
    rates = [0.0 if pd.isna(rate) else float(rate) for rate in frame["per_day"]]
    plot.set_xlim(-0.5, n_days - 0.5)
    plot.set_ylim(0, find_top(rates))
    bar_width = 0.66
    px_each = plot.get_ylim()[1] / (height - 28)
    digits = 1 if max(rates, default=0) < 99.5 else 0
    for k, row in enumerate(iter_rows(frame)):
        if row.weekend:
            plot.add_patch(
                Rectangle(
                    (k - 0.5, 0),
                    1,
                    1,
                    transform=plot.get_xaxis_transform(),
                    facecolor=theme.weekend,
                    linewidth=0,
                    zorder=0.5,
                )
            )
        colour = theme.mark if row.weekday in mark else theme.data
        plot.add_patch(
            Rectangle((k - bar_width / 2, 0), bar_width, rates[k], facecolor=colour, linewidth=0, zorder=2)
        )
        name = WEEKDAYS[int(row.weekday)]
        write(plot, name[:3] if narrow else name, k, 0, size=13.5, colour=theme.muted, shift=(0, -15))
        if pd.isna(row.per_day):
            continue
        text = f"{rates[k]:,.{digits}f}"
        inside = rates[k] / px_each > 24
        size = 13.0 if narrow else 14.0
        write(
            plot, text, k, rates[k], size=size, colour=theme.bg if inside else theme.ink, semibold=True,
            shift=(0, -13 if inside else 12),
        )  # fmt: skip
    if ratio is not None:
        _draw_ratio(plot, frame, rates, ratio, theme, narrow)
    draw_rule(ax, (0, width), (height - 28, height - 28), theme.axis, layer=7)
    return plot


def picture_weekdays(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the bars, the owner’s first weekday first; nothing without a rate."""
    if not answer.frame["per_day"].notna().any():
        return None
    order = (answer.frame["weekday"] - coverage.first_weekday) % 7
    frame = answer.frame.iloc[np.argsort(order.to_numpy(), kind="stable")].reset_index(drop=True)
    value, low, high = answer.frames["ratio"].iloc[0].to_numpy(dtype=float)
    mark = tuple(int(day) for day in answer.finding.mark)
    claims = bool(np.isfinite([value, low, high]).all()) and set(mark) == set(coverage.weekend)
    draw = partial(draw_weekdays, frame=frame, mark=mark, ratio=(value, low, high) if claims else None)
    return Picture(draw, lambda width, narrow: WEEKDAYS_HEIGHT)


def _draw_ratio(
    plot: Axes,
    frame: pd.DataFrame,
    rates: list[float],
    ratio: tuple[float, float, float],
    theme: Theme,
    narrow: bool,
) -> None:
    off = [bool(flag) for flag in frame["weekend"]]
    at_work = [rate for rate, is_off in zip(rates, off, strict=True) if not is_off]
    free = [rate for rate, is_off in zip(rates, off, strict=True) if is_off]
    if not at_work or not free:
        return
    mean, free_mean = sum(at_work) / len(at_work), sum(free) / len(free)
    end = len(off) - 0.5
    change, low, high = (value - 1 for value in ratio)
    sign = MINUS if change < 0 else "+"
    big = f"{sign}{say_percent(abs(change))}"
    pitch = size_of(plot)[0] / len(off)
    reach = end + 28 / pitch
    for first, last in list_runs(off):
        _dash(plot, first - 0.45, reach if last == len(off) - 1 and not narrow else last + 0.45, mean, theme)
    if not off[-1] and not narrow:
        _dash(plot, end, reach, mean, theme)
    if narrow:
        first, last = list_runs(off)[-1]
        half = measure(big, 17, serif=True, semibold=True) / 2
        centre = min(((first + last) / 2 + 0.5) * pitch, len(off) * pitch - half) / pitch - 0.5
        write(
            plot, big, centre, max(mean, max(free)), size=17, colour=theme.mark, serif=True, semibold=True,
            stand="baseline", shift=(0, 8),
        )  # fmt: skip
        return
    spot = end + 19 / pitch
    arrow = FancyArrowPatch(
        (spot, mean), (spot, free_mean), arrowstyle="-|>,head_length=4,head_width=2.6", color=theme.mark,
        linewidth=1.6, shrinkA=0, shrinkB=0, zorder=4, clip_on=False,
    )  # fmt: skip
    plot.add_patch(arrow)
    down = -1 if change < 0 else 1
    write(plot, "workday mean", reach, mean, size=12.5, colour=theme.muted, at="left", shift=(4, 0))
    write(
        plot, big, reach, mean, size=19, colour=theme.mark, serif=True, semibold=True, at="left",
        shift=(4, down * 26),
    )  # fmt: skip
    nearest, farthest = sorted((abs(low), abs(high)))
    write(
        plot, say_percents(nearest, farthest), reach, mean, size=12.5, colour=theme.muted, at="left",
        shift=(4, down * 44 if down < 0 else 46),
    )  # fmt: skip


def list_runs(off: list[bool]) -> list[tuple[int, int]]:
    """Return the first and the last place of every run of days off."""
    starts = [k for k, is_off in enumerate(off) if is_off and (k == 0 or not off[k - 1])]
    ends = [k for k, is_off in enumerate(off) if is_off and (k + 1 == len(off) or not off[k + 1])]
    return list(zip(starts, ends, strict=True))


def _dash(plot: Axes, left: float, right: float, mean: float, theme: Theme) -> None:
    plot.plot(
        [left, right], [mean, mean], color=theme.ink, linewidth=1.2, dashes=(4, 2.6), zorder=3, clip_on=False,
        label="workday mean",
    )  # fmt: skip
