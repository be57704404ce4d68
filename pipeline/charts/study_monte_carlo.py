"""What a year's sales may come to: the draws of four ways above each other, and the season."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet
from pipeline.charts.lettering import write
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.study_plot import Box, draw_dots, draw_line, open_plot
from pipeline.charts.tokens import Theme
from pipeline.patterns.wording import MONTHS, say_small_percent

WAYS = (
    ("normal_totals", "normal curve,", "months alike"),
    ("johnson_totals", "Johnson’s curve,", "months alike"),
    ("same_month_totals", "each month from", "its own past"),
    ("season_totals", "seasonal blocks,", "present level"),
)
HEIGHT, TOP, FOOT = 372.0, 34.0, 44.0
NAMES, RIGHT, GAP = 118.0, 52.0, 56.0
N_BARS = 64


def picture_monte_carlo(arrays: Mapping[str, np.ndarray]) -> StudyPicture:
    """Return how to draw the totals that were drawn, beside the target, and sales by month."""
    return StudyPicture(
        partial(draw_monte_carlo, arrays=arrays),
        "10,000 years drawn in each of four ways, in millions; red: those that pass the target",
        HEIGHT,
    )


def draw_monte_carlo(ax: Axes, *, arrays: Mapping[str, np.ndarray], theme: Theme) -> Axes:
    """Draw a histogram a way, its share above the target, what came, and the months of all years."""
    width, height = open_sheet(ax)
    target, came = float(arrays["target"]), float(arrays["by_month"][-1].sum())
    totals = [arrays[key] for key, _, _ in WAYS]
    low, high = min(came, *map(np.min, totals)), max(came, *map(np.max, totals))
    margin = 0.03 * (high - low)
    left = Box(NAMES, TOP, width * 0.58 - NAMES - RIGHT, height - TOP - FOOT)
    plot = open_plot(
        ax, left, (low - margin, high + margin), (len(WAYS), 0), theme, y_ticks=(), x_name="sales of the year"
    )
    edges = np.linspace(low, high, N_BARS + 1)
    edges = edges + (target - edges[np.abs(edges - target).argmin()])  # no bar on both sides of the target
    for k, ((_, name, more), drawn) in enumerate(zip(WAYS, totals, strict=True)):
        _draw_histogram(plot, drawn, edges, k, target, theme)
        write(ax, name, 0, TOP + (k + 0.62) * left.height / len(WAYS), size=13.5, colour=theme.ink, at="left")
        write(
            ax,
            more,
            0,
            TOP + (k + 0.62) * left.height / len(WAYS) + 17,
            size=13,
            colour=theme.muted,
            at="left",
        )
        share = float(np.mean(drawn > target))
        said = say_small_percent(share) if share else "none"
        write(
            plot, said, 1, k + 0.72, on="y", size=15, colour=theme.mark, semibold=True, serif=True, at="left",
            shift=(8, 0),
        )  # fmt: skip
    draw_rule(plot, (target, target), (0, 1), theme.mark, px=1.6, on="x", layer=4)
    write(
        plot, f"target {target:g}", target, 1, on="x", size=13, colour=theme.mark, semibold=True, at="left",
        shift=(-3, 9),
    )  # fmt: skip
    draw_rule(plot, (came, came), (0, 1), theme.ink, px=1.2, on="x", layer=4)
    write(plot, f"came: {came:.1f}", came, 1, on="x", size=13, colour=theme.ink, at="right", shift=(3, 9))
    _draw_months(ax, Box(width * 0.58 + GAP, TOP, width * 0.42 - GAP, left.height), arrays["by_month"], theme)
    return plot


def _draw_histogram(
    plot: Axes, drawn: np.ndarray, edges: np.ndarray, row: int, target: float, theme: Theme
) -> None:
    counts, _ = np.histogram(drawn, edges)
    wide = edges[1] - edges[0]
    for start, count in zip(edges[:-1], counts / max(counts.max(), 1), strict=True):
        if count:
            colour = theme.mark if start >= target - 1e-9 else theme.data
            bar = Rectangle((start + 0.08 * wide, row + 0.96), 0.84 * wide, -0.8 * count)
            bar.set(facecolor=colour, linewidth=0, zorder=2)
            plot.add_patch(bar)
    draw_rule(plot, (0, 1), (row + 0.96, row + 0.96), theme.axis, on="y", layer=2.5)


def _draw_months(ax: Axes, box: Box, by_month: np.ndarray, theme: Theme) -> None:
    """Draw every year as a line over its months, the last as dots, the months to come tinted."""
    top, bottom = float(by_month.max()), float(by_month.min())
    margin = 0.06 * (top - bottom)
    plot = open_plot(
        ax, box, (0.5, 12.5), (bottom - margin, top + margin), theme, x_ticks=(), y_name="sales of each month"
    )
    plot.axvspan(9.5, 12.5, color=theme.quiet, linewidth=0, zorder=0.2)
    months = np.arange(1, 13)
    for year in by_month[:-1]:
        draw_line(plot, months, year, theme.data_soft, px=1.1, layer=2)
    draw_line(plot, months, by_month[-1], theme.data, px=2.4)
    draw_dots(plot, months, by_month[-1], theme.data, px=6, edge=theme.bg, layer=4)
    for month in months:
        write(
            plot, MONTHS[month - 1][0], float(month), 0, on="x", size=12.5, shift=(0, -14),
            colour=theme.ink if month > 9 else theme.muted, semibold=bool(month > 9),
        )  # fmt: skip
    write(
        ax, "the last year; thin: the years before", box.left + box.width, box.top + box.height + 31, size=13,
        colour=theme.muted, at="right",
    )  # fmt: skip
