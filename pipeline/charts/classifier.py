"""What a classifier said of each true weekday, as numbered cells; beside them how often it is right."""

from __future__ import annotations

from functools import partial
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.grids import draw_cells, frame_run, outline_missing
from pipeline.charts.lettering import write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.scales import NUMBERED_STEPS, class_of
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import WEEKDAYS, say_percent

HEAD = 46.0  # px above the cells, for what the columns are
ROW, NARROW_ROW = 33.0, 32.0
SIDE, BETWEEN = 196.0, 44.0  # px of the shares, and between them and the cells
NARROW_BETWEEN, NARROW_SHARE = 72.0, 46.0  # px above the phone's shares, and of each
FOOT = 6.0
LABEL = 46.0  # px right of an interval, for its share
At = Literal["left", "center", "right"]
STEPS = (0.05, 0.1, 0.2, 0.25, 0.5)


def find_classifier_height(n_shares: int, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_classifier`` needs."""
    if narrow:
        return HEAD + 7 * NARROW_ROW + NARROW_BETWEEN + n_shares * NARROW_SHARE + FOOT
    return HEAD + 7 * ROW + FOOT


def draw_classifier(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    right: pd.DataFrame,
    found: bool = True,
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw 49 cells (truth, said, days, share), the diagonal framed where ``found``; shares beside them.

    ``right`` has a row for the model and one for each that it is compared with: name, share, low, high.
    """
    width, _ = open_sheet(ax)
    order = [(first_weekday + k) % 7 for k in range(7)]
    table = frame.pivot(index="truth", columns="said", values="share")
    shares = table.reindex(index=order, columns=order).to_numpy(float)
    row, left = (NARROW_ROW, 40.0) if narrow else (ROW, 92.0)
    across = width - left if narrow else width - left - SIDE - BETWEEN
    cells = place(ax, left, HEAD, across, 7 * row)
    _draw_numbers(cells, shares, theme)
    for k, weekday in enumerate(order):
        name = WEEKDAYS[weekday][:3] if narrow else WEEKDAYS[weekday]
        write(ax, name, 0, HEAD + (k + 0.5) * row, size=13.5, colour=theme.ink, at="left")
        write(cells, WEEKDAYS[weekday][:3], k + 0.5, 0, size=13, colour=theme.ink, shift=(0, 14))
        if found:
            frame_run(cells, k, k, 1, 1, theme)
    write(ax, "truly", 0, 8, size=13, colour=theme.muted, at="left")
    write(ax, "the model said", left, 8, size=13, colour=theme.muted, at="left")
    if narrow:
        top = HEAD + 7 * row + NARROW_BETWEEN
        plot = place(ax, 0, top, width, NARROW_SHARE * len(right))
    else:
        plot = place(ax, width - SIDE, HEAD, SIDE, 7 * row)
    _draw_shares(ax, plot, right, theme)
    return cells


def _draw_numbers(cells: Axes, shares: np.ndarray, theme: Theme) -> None:
    highest = float(np.nanmax(shares, initial=0.0))
    classes = np.array([[class_of(share, 0.0, highest) for share in line] for line in shares])
    draw_cells(cells, classes, [theme.sequential[step] for step in NUMBERED_STEPS])
    for k, line in enumerate(shares):
        for j, share in enumerate(line):
            if np.isnan(share):
                outline_missing(cells, k, j, theme)
                continue
            colour = theme.ink if classes[k, j] <= 3 else theme.bg
            write(cells, f"{100 * share:.0f}", j + 0.5, k + 0.5, size=13.5, colour=colour, semibold=j == k)


def _draw_shares(ax: Axes, plot: Axes, right: pd.DataFrame, theme: Theme) -> None:
    """Draw a dot with its interval for each row of ``right``, the first in the colour of data."""
    width, _ = size_of(plot)
    reach = float(right[["share", "high"]].max().max())
    scale = reach / (width - LABEL - 8)
    top = max(scale * width, 0.2)
    plot.set_xlim(0, top)
    plot.set_ylim(len(right), 0)
    step = next(step for step in STEPS if top / step <= 4.5)
    foot = len(right) - 0.12
    for k in range(int(min(top, 1.0) / step + 1e-9) + 1):
        tick = k * step
        draw_rule(
            plot, (tick, tick), (0, foot), theme.axis if k == 0 else theme.grid, px=1.4 if k == 0 else 1.0,
            layer=0.5,
        )  # fmt: skip
        if k % 2 == 0:
            edge: At = "left" if k == 0 else "right" if tick > top * 0.93 else "center"
            write(plot, say_percent(tick), tick, 0, size=12.5, colour=theme.muted, at=edge, shift=(0, 14))
    corner = ax.transData.inverted().transform(plot.transAxes.transform((0, 1)))
    write(
        ax, "share of days named right", float(corner[0]), float(corner[1]) - 38, size=13,
        colour=theme.muted, at="left",
    )  # fmt: skip
    for k, one in enumerate(iter_rows(right)):
        first = k == 0
        colour = theme.data if first else theme.faint
        write(
            plot, one.name, 0, k + 0.27, size=13.5, colour=theme.ink if first else theme.muted,
            semibold=first, at="left", shift=(8, 0), halo=theme.bg,
        )  # fmt: skip
        plot.plot(
            [one.low, one.high], [k + 0.64] * 2, color=colour, linewidth=2.6 * PT, zorder=3,
            solid_capstyle="round", label=one.name,
        )  # fmt: skip
        plot.plot(
            [one.share], [k + 0.64], "o", color=colour, markersize=9.5 * PT, markeredgecolor=theme.bg,
            markeredgewidth=1.5 * PT, zorder=4, clip_on=False, label="share",
        )  # fmt: skip
        write(
            plot, say_percent(one.share), one.high, k + 0.64, size=13, colour=theme.ink, semibold=True,
            at="left", shift=(9, 0), halo=theme.bg,
        )  # fmt: skip


def picture_classifier(
    confusion: pd.DataFrame, right: pd.DataFrame, coverage: Coverage, *, found: bool, left_out: str
) -> Picture:
    """Return how to draw what a classifier said, and how often it is right."""
    draw = partial(
        draw_classifier, frame=confusion, right=right, found=found, first_weekday=coverage.first_weekday
    )
    return Picture(draw, lambda width, narrow: find_classifier_height(len(right), narrow), left_out=left_out)
