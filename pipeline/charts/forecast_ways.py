"""Two fans from one count: the season's filled, that of months taken as alike outlined, the target in red."""

from __future__ import annotations

from functools import partial

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.forecast import FOOT, FORECAST_HEIGHT, HEADROOM, LEAST_BEFORE, TICK_ROOM
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.scales import choose_ticks
from pipeline.charts.style import PT
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_count

SIDE = 196.0  # px right of the plot, for the bands at its end and their names
BARS, NAMES = {"seasons": 22.0, "alike": 42.0}, 62.0  # px right of the plot
SHOWN_BEFORE = 1  # days of the past, for each day to come
NARROW_PLOT, NARROW_FOOT = 236.0, 66.0
APART = 44.0  # px from name to name
BAND = 0.3
SEASONS, ALIKE = "replayed seasons", "months alike"


def draw_forecast_ways(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    ways: pd.DataFrame,
    target: int,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw the running count (date, count), then seasons_low to seasons_high and alike_low to alike_high.

    ``ways`` has a row (way, chance_in_20) for each fan.
    """
    width, height = open_sheet(ax)
    past, coming = frame[frame["count"].notna()], frame[frame["count"].isna()]
    shown = past.tail(max(SHOWN_BEFORE * len(coming), LEAST_BEFORE))
    bottom = 0.0 if len(shown) == len(past) else float(shown["count"].iloc[0])
    top = max(float(coming[["seasons_high", "alike_high"]].to_numpy().max()), float(target))
    top += (top - bottom) * HEADROOM
    high_px = (NARROW_PLOT if narrow else height) - FOOT
    step = choose_ticks(top - bottom, 7)[0]
    last = top - (top - bottom) * TICK_ROOM / high_px
    ticks = np.arange(np.ceil(bottom / step), np.floor(last / step) + 1) * step
    left = max(measure(say_count(int(tick)), 12.5) for tick in ticks) + 10
    plot = place(ax, left, 0, width - left - (0.0 if narrow else SIDE), high_px)
    days = np.array([day_number(day) for day in shown["date"]])
    ahead = np.append(days[-1], [day_number(day) for day in coming["date"]])
    plot.set_xlim(days[0], ahead[-1] + 1)
    plot.set_ylim(bottom, top)
    for tick in ticks:
        draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        if tick == target:  # red beside its line
            continue
        write(
            plot, say_count(int(tick)), 0, tick, on="y", size=12.5, colour=theme.muted, at="right",
            shift=(-8, 0),
        )  # fmt: skip
    count = float(shown["count"].iloc[-1])
    _draw_fans(plot, ahead, {name: np.append(count, coming[name]) for name in coming.columns[2:]}, theme)
    plot.plot(
        days, shown["count"], color=theme.data, linewidth=3.0 * PT, zorder=4, label="so far",
        solid_joinstyle="round", clip_on=False,
    )  # fmt: skip
    plot.plot(
        [days[-1]], [count], "o", color=theme.data, markersize=7 * PT, markeredgecolor=theme.bg,
        markeredgewidth=1.2 * PT, zorder=5, clip_on=False, label="now",
    )  # fmt: skip
    draw_rule(plot, (0, 1), (target, target), theme.mark, px=1.8, on="y", layer=4.5)
    write(
        plot, say_count(target), 0, target, on="y", size=14, colour=theme.mark, semibold=True, at="left",
        shift=(10, 12), halo=theme.bg,
    )  # fmt: skip
    label_dates(plot, theme, grid=False, below=17)
    chances = dict(zip(ways["way"], ways["chance_in_20"].astype(int), strict=True))
    fans = ((SEASONS, "seasons", theme.data, theme.data), (ALIKE, "alike", theme.faint, theme.muted))
    if narrow:
        for k, (name, _, _, ink) in enumerate(fans):
            _draw_key(ax, NARROW_PLOT + 14 + 26 * k, name, chances[name], ink, theme)
        return plot
    draw_rule(ax, (width - SIDE, width - SIDE + NAMES - 8), ((top - target) / (top - bottom) * high_px,) * 2,
    theme.mark, px=1.8,
              layer=1)  # fmt: skip
    spots = {}
    for name, column, colour, _ in fans:
        low, middle, high = (
            (top - float(coming[f"{column}{end}"].iloc[-1])) / (top - bottom) * high_px
            for end in ("_low", "", "_high")
        )
        x, spots[name] = width - SIDE + BARS[column], middle
        ax.plot([x, x], [low, high], color=colour, linewidth=2.6 * PT, zorder=3, label=f"{name}, band",
                solid_capstyle="round")  # fmt: skip
        ax.plot([x], [middle], "o", color=colour, markersize=7 * PT, markeredgecolor=theme.bg,
                markeredgewidth=1.2 * PT, zorder=4, label=f"{name}, end")  # fmt: skip
    spots = _part(spots, high_px)
    for name, _, _, ink in fans:
        text, x = f"{chances[name]} in 20", width - SIDE + NAMES
        write(ax, text, x, spots[name] - 9, size=17, serif=True, semibold=True, colour=ink, at="left",
              halo=theme.bg)  # fmt: skip
        write(ax, name, x, spots[name] + 11, size=13, colour=ink, at="left", halo=theme.bg)
    return plot


def _draw_fans(plot: Axes, days: np.ndarray, ends: dict[str, np.ndarray], theme: Theme) -> None:
    plot.fill_between(
        days, ends["seasons_low"], ends["seasons_high"], color=theme.data, alpha=BAND, linewidth=0, zorder=1,
        label="seasons",
    )  # fmt: skip
    for name in ("alike_low", "alike_high"):
        plot.plot(days, ends[name], color=theme.faint, linewidth=1.5 * PT, zorder=2, label=name)
    for name, colour in (("alike", theme.faint), ("seasons", theme.data)):
        plot.plot(
            days, ends[name], color=colour, linewidth=1.8 * PT, zorder=3, label=f"{name}, middle",
            dashes=(4, 2.6),
        )  # fmt: skip


def _part(spots: dict[str, float], height: float) -> dict[str, float]:
    """Move two names apart, and both into the plot."""
    upper, lower = sorted(spots, key=spots.__getitem__)
    lack = max(APART - (spots[lower] - spots[upper]), 0.0)
    first, second = spots[upper] - lack / 2, spots[lower] + lack / 2
    shift = max(0.0, 20 - first) - max(0.0, second + 20 - height)
    return {upper: first + shift, lower: second + shift}


def _draw_key(ax: Axes, y: float, name: str, chances: int, colour: str, theme: Theme) -> None:
    """Draw the phone's line: a piece of the fan, its name, its chances."""
    filled = name == SEASONS
    swatch = Rectangle(
        (1, y - 6), 18, 12, facecolor=theme.data if filled else "none", alpha=BAND if filled else 1,
        edgecolor="none" if filled else theme.faint, linewidth=1.5 * PT, label=name,
    )  # fmt: skip
    ax.add_patch(swatch)
    write(ax, f"{chances} in 20, {name}", 28, y, size=14, colour=colour, semibold=filled, at="left")


def picture_forecast_ways(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw what ``forecast_ways`` says: the number asked about is the finding's mark."""
    target = answer.finding.mark
    if not target or not answer.frame["count"].isna().any():
        return None
    return Picture(
        partial(
            draw_forecast_ways, frame=answer.frame, ways=answer.frames["ways"], target=int(target[0])
        ),
        lambda width, narrow: NARROW_PLOT + NARROW_FOOT if narrow else FORECAST_HEIGHT,
        left_out=f"{answer.finding.certainty}.",
    )  # fmt: skip
