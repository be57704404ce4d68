"""Rates by weekday: seven bars, the days off in red below the dashed workday mean, and how far they fall short."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import FancyArrowPatch, Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.lettering import measure, write
from pipeline.charts.scales import find_top
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.wording import MINUS, WEEKDAYS, say_percent, say_percents

WEEKDAYS_HEIGHT = 262.0
ASIDE = 120.0  # px at the right for the ratio


def draw_weekdays(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    ratio: tuple[float, float, float] | None = None,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``count_by_weekday`` in the frame's order.

    ``ratio`` is weekend ÷ workday with its interval; give it only where the interval leaves out 1: it
    paints the weekend red and brings the dashed mean, the arrow and the per cent.
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
    for k, row in enumerate(frame.itertuples()):
        if row.weekend:
            plot.add_patch(
                Rectangle(
                    (k - 0.5, 0), 1, 1, transform=plot.get_xaxis_transform(), facecolor=theme.weekend,
                    linewidth=0, zorder=0.5,
                )  # fmt: skip
            )
        colour = theme.mark if row.weekend and ratio is not None else theme.data
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
    for k, is_off in enumerate(off):
        if is_off:
            plot.plot(
                [k - 0.45, k + 0.5], [mean, mean], color=theme.ink, linewidth=1.2, dashes=(4, 2.6), zorder=3,
                label="workday mean",
            )  # fmt: skip
    if narrow:
        last = max(k for k, is_off in enumerate(off) if is_off)
        run = [k for k in range(last, -1, -1) if all(off[k : last + 1])]
        half = measure(big, 17, serif=True, semibold=True) / 2
        pitch = plot.get_window_extent().width * 96 / plot.figure.dpi / len(off)
        centre = min((sum(run) / len(run) + 0.5) * pitch, len(off) * pitch - half) / pitch - 0.5
        write(
            plot, big, centre, max(mean, max(free)), size=17, colour=theme.mark, serif=True, semibold=True,
            stand="baseline", shift=(0, 8),
        )  # fmt: skip
        return
    pitch = plot.get_window_extent().width * 96 / plot.figure.dpi / len(off)
    reach = end + 28 / pitch
    plot.plot(
        [end, reach], [mean, mean], color=theme.ink, linewidth=1.2, dashes=(4, 2.6), zorder=3, clip_on=False,
        label="workday mean",
    )  # fmt: skip
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
    spread = sorted((abs(low), abs(high)))
    write(
        plot, say_percents(*spread), reach, mean, size=12.5, colour=theme.muted, at="left",
        shift=(4, down * 44 if down < 0 else 46),
    )  # fmt: skip
