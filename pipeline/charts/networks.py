"""What each network adds to the classical model of its question, in points of a hundred, on one axis.

All shares are of the errors of a question's baseline. Zero is the classical model, in every group; what each
of those avoids stands in its group's head. An interval that crosses zero claims nothing.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.intervals import draw_dot
from pipeline.charts.lettering import cut_to_width, measure, nudge_inside, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import NO_BREAK, say_points, say_tenths

TOP, FOOT = 34.0, 8.0  # px above the first group, for the scale
GROUP, ROW, GAP = 27.0, 27.0, 13.0  # px of a group's head, of a network, between two groups
NARROW_HEAD, NARROW_ROW = 46.0, 43.0
MOST_NAME, VALUE = 316.0, 68.0  # px of the names left of the scale, of what is added right of it
POINTS = "points"  # of a hundred: what is added is a difference of shares
CLASSICAL, APART = "the classical model", 66.0  # the name of 0; px between two lines, at the least
LEAST, FURTHEST = 0.2, 0.4  # where the scale may end, to either side
WIDEST = 1.25  # of the furthest dot: an interval that reaches further ends in an arrow


def find_networks_height(frame: pd.DataFrame, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_networks`` needs."""
    n_groups = len(_list_groups(frame))
    head, row = (NARROW_HEAD, NARROW_ROW) if narrow else (GROUP, ROW)
    return TOP + n_groups * head + len(frame) * row + (n_groups - 1) * GAP + FOOT


def draw_networks(ax: Axes, frame: pd.DataFrame, *, theme: Theme = LIGHT, narrow: bool = False) -> Axes:
    """Draw the networks (question, network, classical, classical_share, share, adds …), by question.

    Those that are ``adding`` are red.
    """
    width, height = open_sheet(ax)
    names = 0.0 if narrow else min(max(measure(name, 14) for name in frame["network"]) + 18, MOST_NAME)
    plot = place(ax, names, 0, width - names - (0 if narrow else VALUE), height)
    plot.set_label("scale")
    reach = min(max(WIDEST * float(frame["adds"].abs().max()), LEAST), FURTHEST)
    plot.set_xlim(-reach, reach)
    plot.set_ylim(height, 0)
    ticks = _draw_scale(plot, theme)
    if not narrow:
        write(ax, POINTS, width, 14, size=12.5, colour=theme.muted, at="right")
    y = TOP
    for group in _list_groups(frame):
        y = _draw_group(ax, plot, group, y, ticks, theme, narrow) + GAP
    return plot


def _list_groups(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the networks of each question; those scored on other rows have a head of their own."""
    keys = [frame["question"], frame["classical"], frame["classical_share"].round(6)]
    return [group for _, group in frame.groupby(keys, sort=False)]


def _draw_scale(plot: Axes, theme: Theme) -> list[float]:
    """Write round numbers of points above the plot and what 0 is; return where they stand."""
    low, high = plot.get_xlim()
    wide = size_of(plot)[0]
    px = wide / (high - low)
    step = next(step for step in (0.1, 0.2) if step * px >= APART)
    most = int(high / step + 1e-9)
    ticks = [step * k for k in range(-most, most + 1)]
    taken = measure(CLASSICAL, 12.5) / 2
    for tick in ticks:
        text = say_points(tick).removesuffix(f"{NO_BREAK}{POINTS}").removesuffix(".0") if tick else CLASSICAL
        half = measure(text, 12.5) / 2
        shift = nudge_inside((tick - low) * px, half, wide)
        if not tick or abs(tick * px + shift) > taken + half + 8:
            write(plot, text, tick, 14, size=12.5, colour=theme.muted, shift=(shift, 0))
    return ticks


def _draw_group(
    ax: Axes, plot: Axes, group: pd.DataFrame, y: float, ticks: list[float], theme: Theme, narrow: bool
) -> float:
    """Draw one question: its head with what its classical model avoids, its networks; return its foot."""
    width, question = ax.get_xlim()[1], str(group["question"].iloc[0])
    said = f"{group['classical'].iloc[0]}: {say_tenths(float(group['classical_share'].iloc[0]))} avoided"
    head, row = (NARROW_HEAD, NARROW_ROW) if narrow else (GROUP, ROW)
    write(ax, question, 0, y + 12, size=14, colour=theme.ink, semibold=True, at="left")
    if narrow:
        said = cut_to_width(said, 13, width)
        write(ax, said, 0, y + 31, size=13, colour=theme.muted, at="left")
    else:
        write(ax, said, width, y + 12, size=13, colour=theme.muted, at="right")
    begin, y = y + head, y + head
    for one in iter_rows(group):
        _draw_network(ax, plot, one, y, theme, narrow)
        y += row
        if narrow:  # the name stands above its bar
            _draw_lines(plot, ticks, y - 22, y - 2, theme)
    if not narrow:
        _draw_lines(plot, ticks, begin - 2, y - 3, theme)
    return y


def _draw_lines(plot: Axes, ticks: list[float], top: float, bottom: float, theme: Theme) -> None:
    for tick in ticks:
        colour, px = (theme.grid, 1.0) if tick else (theme.muted, 2.0)
        draw_rule(plot, (tick, tick), (top, bottom), colour, px=px, layer=2 if not tick else 0.5)


def _draw_network(ax: Axes, plot: Axes, one: Any, y: float, theme: Theme, narrow: bool) -> None:
    width, (low, high) = ax.get_xlim()[1], plot.get_xlim()
    adds, ends = float(one.adds), [float(one.adds_low), float(one.adds_high)]
    colour = theme.mark if one.adding else theme.data
    at = y + (NARROW_ROW - 12 if narrow else ROW / 2 - 2)
    tip = 7 / size_of(plot)[0] * (high - low)
    first, last = (min(max(end, low + tip), high - tip) for end in ends)
    if first == last == high - tip:  # all of it lies beyond
        first -= 4 * tip
    if first == last == low + tip:
        last += 4 * tip
    draw_rule(plot, (first, last), (at, at), colour, px=2.4, layer=3)
    beyond = [(low + tip, "<")] if ends[0] < low else []
    beyond += [(high - tip, ">")] if ends[1] > high else []
    for point, sign in beyond:
        plot.plot(
            [point], [at], sign, color=colour, markersize=9 * PT, markeredgewidth=0, zorder=4, label="beyond"
        )
    if low <= adds <= high:
        draw_dot(plot, adds, at, colour, theme.bg, px=7.5, edge_px=1.0, layer=4, label="network", clip=False)
    value = say_points(adds)
    value = value if narrow else value.removesuffix(f"{NO_BREAK}{POINTS}")  # it stands above them
    above = y + 10 if narrow else at
    write(
        ax, value, width, above, size=14, colour=colour if one.adding else theme.ink,
        semibold=bool(one.adding), at="right",
    )  # fmt: skip
    room = width - measure(value, 14) - 14 if narrow else MOST_NAME - 18
    name = cut_to_width(str(one.network), 14, room)
    write(ax, name, 0, above, size=14, colour=theme.ink, at="left")


def picture_networks(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw what the networks add."""
    return Picture(
        partial(draw_networks, frame=frame),
        lambda width, narrow: find_networks_height(frame, narrow),
    )
