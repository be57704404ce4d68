"""The shapes by which weeks differ, a map each; above them how much of the difference each holds."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.intervals import draw_whisker
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.charts.unusual_weeks import arrange_map
from pipeline.charts.week_differences import NAMES, WeekMap, draw_maps, find_maps_height
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import begin, say_percent

LEAST_A_ROW, NARROW_A_ROW = 2, 1
BAR_ROW = 26.0
BEFORE_MAPS = 22.0
LEGEND = 24.0


def find_eigenweeks_height(n_maps: int, n_shares: int, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_eigenweeks`` needs."""
    maps = find_maps_height(n_maps, narrow, a_row=max(n_maps, LEAST_A_ROW), narrow_a_row=NARROW_A_ROW)
    return LEGEND + BAR_ROW * n_shares + BEFORE_MAPS + maps


def draw_eigenweeks(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    shares: pd.DataFrame,
    names: pd.DataFrame,
    mark: tuple[Any, ...] = (),
    first_weekday: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``list_weights`` (component, weekday, hour, weight); the components in ``mark`` are red.

    ``shares`` has component, share, low, high, chance; ``names`` component and note of those drawn.
    """
    width, _ = open_sheet(ax)
    high = BAR_ROW * len(shares)
    write(ax, "share of what differs; grey: by chance", 0, 10, size=13, colour=theme.muted, at="left")
    plot = place(ax, NAMES, LEGEND, width - NAMES, high)
    _draw_shares(plot, shares, mark, theme)
    maps = [
        WeekMap(
            begin(row.note),
            f"{say_percent(share)} of what differs",
            arrange_map(frame[frame["component"] == row.component], "weight"),
            str(row.component),
            row.component in mark,
        )
        for row, share in zip(iter_rows(names), shares["share"], strict=False)
    ]
    draw_maps(
        ax, LEGEND + high + BEFORE_MAPS, width, maps, ends=("less", "more in such a week"),
        first_weekday=first_weekday, theme=theme, narrow=narrow, a_row=max(len(maps), LEAST_A_ROW),
        narrow_a_row=NARROW_A_ROW,
    )  # fmt: skip
    return plot


def _draw_shares(plot: Axes, shares: pd.DataFrame, mark: tuple[Any, ...], theme: Theme) -> None:
    """Draw a bar a component from 0, its interval, and behind it what shuffled days reach."""
    width, _ = size_of(plot)
    plot.set_ylim(len(shares), 0)
    highest = float(shares[["share", "high", "chance"]].max().max())
    plot.set_xlim(0, highest * width / (width - 60))
    for k, row in enumerate(iter_rows(shares)):
        colour = (
            theme.mark if row.component in mark else theme.data if row.share > row.chance else theme.data_soft
        )
        plot.add_patch(
            Rectangle((0, k + 0.2), row.share, 0.5, facecolor=colour, linewidth=0, zorder=2, label="share")
        )
        draw_rule(plot, (row.chance, row.chance), (k + 0.06, k + 0.84), theme.bg, px=4.4, layer=2.5)
        draw_rule(plot, (row.chance, row.chance), (k + 0.06, k + 0.84), theme.faint, px=2.0, layer=2.6)
        draw_whisker(plot, (row.low, row.high), (k + 0.45, k + 0.45), theme, casing_px=3.6, px=1.5)
        end = max(row.share, row.high, row.chance)
        text = say_percent(row.share)
        write(
            plot, text, end, k + 0.45, size=13, colour=theme.ink, semibold=True, at="left", shift=(8, 0),
            halo=theme.bg,
        )  # fmt: skip
        write(
            plot, str(row.component), 0, k + 0.45, size=13.5, colour=theme.ink, semibold=True, at="left",
            shift=(-NAMES + measure("0", 13.5), 0),
        )  # fmt: skip


def picture_eigenweeks(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw ``answer_eigenweeks``; nothing where no shape is beyond chance."""
    frame, shares, names = answer.frame, answer.frames["shares"], answer.frames["names"]
    if len(frame) == 0:
        return None
    draw = partial(
        draw_eigenweeks,
        frame=frame,
        shares=shares,
        names=names,
        mark=tuple(int(component) for component in answer.finding.mark),
        first_weekday=coverage.first_weekday,
    )
    return Picture(draw, lambda width, narrow: find_eigenweeks_height(len(names), len(shares), narrow), 800.0)
