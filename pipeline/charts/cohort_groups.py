"""A group of people a row: the mean of their days, and in grey that of the other groups."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.intervals import draw_dot
from pipeline.charts.lettering import measure, write
from pipeline.charts.scales import find_top
from pipeline.charts.share_axis import label_shares
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.wording import say_clock, say_hour

ROW, NARROW_ROW = 112.0, 104.0
TOP, FOOT = 6.0, 28.0
NAME, TICKS = 112.0, 40.0  # px left of the curves
HEAD = 22.0  # px above a row's curve, where a phone has its name
FILL, SPREAD = 0.13, 0.2
WIDE_TICKS, NARROW_TICKS = (0, 3, 6, 9, 12, 15, 18, 21, 24), (0, 6, 12, 18, 24)


def find_groups_height(n_groups: int, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_groups`` needs."""
    return TOP + n_groups * (NARROW_ROW + HEAD if narrow else ROW) + FOOT


def draw_groups(
    ax: Axes,
    frame: pd.DataFrame,
    summary: pd.DataFrame,
    *,
    mark: tuple[str, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw the curves (group, hour, share, low, high), in the order of ``summary`` (people, mean_hour).

    Those in ``mark`` are red; a dot on the curve stands where a group's hours centre.
    """
    width, height = open_sheet(ax)
    left = TICKS if narrow else NAME + TICKS
    row = NARROW_ROW + HEAD if narrow else ROW
    curves = {str(name): part.sort_values("hour") for name, part in frame.groupby("group", sort=False)}
    shares = {name: part["share"].to_numpy(dtype=float) for name, part in curves.items()}
    top = find_top(frame["high"].to_numpy(dtype=float)) / 1.1
    middles = np.arange(24) + 0.5
    for k, about in enumerate(summary.to_dict("records")):
        name = str(about["group"])
        above = HEAD if narrow else 10.0
        plot = place(ax, left, TOP + k * row + above, width - left, row - above - 14)
        plot.set_xlim(0, 24)
        plot.set_ylim(0, top)
        plot.set_label(name)
        colour = theme.mark if name in mark else theme.data
        label_shares(plot, theme)
        for hour in range(0, 25, 6):
            draw_rule(plot, (hour, hour), (0, 1), theme.grid, on="x", layer=0.4)
        part = curves[name]
        plot.fill_between(middles, shares[name], 0, color=colour, alpha=FILL, linewidth=0, zorder=1)
        plot.fill_between(
            middles, part["low"].to_numpy(float), part["high"].to_numpy(float), color=colour, alpha=SPREAD,
            linewidth=0, zorder=2,
        )  # fmt: skip
        others = np.mean([values for other, values in shares.items() if other != name], axis=0)
        for values, shade, px, label in (
            (others, theme.faint, 1.5, "others"),
            (shares[name], colour, 2.4, "group"),
        ):
            plot.plot(
                middles, values, color=shade, linewidth=px * PT, zorder=3 + (label == "group"), label=label,
                solid_joinstyle="round", solid_capstyle="round",
            )  # fmt: skip
        draw_rule(plot, (0, 24), (0, 0), theme.axis, layer=5)
        _mark_centre(plot, float(about["mean_hour"]), shares[name], colour, theme)
        people = f"{about['people']} people"
        at = TOP + k * row
        said = f"{name} · {people}" if narrow else name
        write(
            ax,
            said,
            0,
            at + 11,
            size=15,
            colour=theme.mark if name in mark else theme.ink,
            semibold=True,
            at="left",
        )
        if not narrow:
            write(ax, people, 0, at + 32, size=13, colour=theme.muted, at="left")
        if math.isfinite(float(about["mean_hour"])):
            centre = f"centre {say_clock(float(about['mean_hour']))}"
            spot = (width, at + 11) if narrow else (0.0, at + 51)
            write(ax, centre, *spot, size=13, colour=theme.muted, at="right" if narrow else "left")
    clock = place(ax, left, 0, width - left, height)
    clock.set_xlim(0, 24)
    for hour in NARROW_TICKS if narrow else WIDE_TICKS:
        name = (
            f"{hour:02d}"
            if narrow and hour % 12
            else "midn."
            if narrow and hour % 24 == 0
            else say_hour(hour)
        )
        nudge = -measure(name, 12.5) / 2 if hour == 24 else 0.0
        write(clock, name, hour, 0, on="x", size=12.5, colour=theme.muted, shift=(nudge, 18))
    return ax


def _mark_centre(plot: Axes, hour: float, shares: np.ndarray, colour: str, theme: Theme) -> None:
    if not math.isfinite(hour):
        return
    middles = np.arange(-1, 25) + 0.5
    height = float(np.interp(hour, middles, np.concatenate([shares[-1:], shares, shares[:1]])))
    draw_rule(plot, (hour, hour), (0, height), colour, px=1.6, layer=4.5)
    draw_dot(plot, hour, height, colour, theme.bg, px=8, layer=6, label="centre", clip=False)
