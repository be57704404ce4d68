"""What each network adds: its errors avoided as a dot, the classical model of its question as a line.

All shares are of the errors of a question's baseline, which lies at 0. A network's interval is that of what
it adds, drawn from its group's line: where it crosses the line, nothing is claimed.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
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
from pipeline.patterns.wording import MINUS, NO_BREAK, say_points, say_tenths

TOP, FOOT = 34.0, 8.0  # px above the first group, for the scale
GROUP, ROW, GAP = 27.0, 27.0, 13.0  # px of a group's head, of a network, between two groups
NARROW_HEAD, NARROW_ROW = 46.0, 43.0
MOST_NAME, VALUE = 316.0, 68.0  # px of the names left of the scale, of what is added right of it
FURTHEST = 0.25  # of the scale's upper end, below 0: what lies further down is an arrow at the edge
POINTS = "points"  # of a hundred: what is added is a difference of shares
BASELINE, APART = "the baseline", 46.0  # the name of 0; px between two lines of the scale, at the least
WIDEST = 1.25  # of the furthest dot or line: an interval that reaches further ends in an arrow
LEAST = 0.05  # where the scale ends at the least
ROOM = 0.05  # of the scale, at each end


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
    low, high = _find_ends(frame)
    plot.set_xlim(low, high)
    plot.set_ylim(height, 0)
    _draw_scale(plot, theme, height)
    if not narrow:
        write(ax, POINTS, width, 14, size=12.5, colour=theme.muted, at="right")
    y = TOP
    for group in _list_groups(frame):
        y = _draw_group(ax, plot, group, y, theme, narrow) + GAP
    return plot


def _list_groups(frame: pd.DataFrame) -> list[pd.DataFrame]:
    """Return the networks of each question; those scored on other rows have a line of their own."""
    keys = [frame["question"], frame["classical"], frame["classical_share"].round(6)]
    return [group for _, group in frame.groupby(keys, sort=False)]


def _find_ends(frame: pd.DataFrame) -> tuple[float, float]:
    """Return the ends of a scale that holds all lines and dots, but nothing far below the baseline.

    Intervals that would make all else small leave it.
    """
    line, dots = frame["classical_share"], np.maximum(frame["share"], frame["classical_share"])
    highest, lowest = float(dots.max()), float(np.minimum(frame["share"], line).min())
    high = min(max(float((line + frame["adds_high"]).max()), LEAST), max(WIDEST * highest, LEAST))
    low = min(float((line + frame["adds_low"]).min()), lowest, 0.0)
    low = max(low, -FURTHEST * high)
    room = ROOM * (high - low)
    return low - room, max(high, highest) + room


def _draw_scale(plot: Axes, theme: Theme, height: float) -> None:
    """Draw upright lines at round shares, the baseline's in ink, and what they are."""
    low, high = plot.get_xlim()
    wide = size_of(plot)[0]
    px = wide / (high - low)
    step = next(step for step in (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0) if step * px >= APART)
    taken = measure(BASELINE, 12.5) / 2
    for share in np.arange(np.ceil(low / step), np.floor(high / step) + 1) * step:
        at_zero = abs(share) < 1e-9
        colour = theme.axis if at_zero else theme.grid
        draw_rule(plot, (share, share), (TOP - 6, height - FOOT), colour, px=1.6 if at_zero else 1, layer=0.5)
        text = BASELINE if at_zero else f"{100 * share:.0f}{NO_BREAK}%".replace("-", MINUS)
        half = measure(text, 12.5) / 2
        shift = nudge_inside((share - low) * px, half, wide)
        if at_zero or abs(share * px + shift) > taken + half + 8:
            write(plot, text, share, 14, size=12.5, colour=theme.muted, shift=(shift, 0))


def _draw_group(ax: Axes, plot: Axes, group: pd.DataFrame, y: float, theme: Theme, narrow: bool) -> float:
    """Draw one question: its head, its classical model's line, its networks; return where it ends."""
    width, question = ax.get_xlim()[1], str(group["question"].iloc[0])
    line, classical = float(group["classical_share"].iloc[0]), str(group["classical"].iloc[0])
    said = f"line: {classical}, {say_tenths(line)}"
    head, row = (NARROW_HEAD, NARROW_ROW) if narrow else (GROUP, ROW)
    write(ax, question, 0, y + 12, size=14, colour=theme.ink, semibold=True, at="left", halo=theme.bg)
    if narrow:
        write(
            ax,
            cut_to_width(said, 13, width),
            0,
            y + 31,
            size=13,
            colour=theme.muted,
            at="left",
            halo=theme.bg,
        )
    else:
        write(ax, said, width, y + 12, size=13, colour=theme.muted, at="right", halo=theme.bg)
    begin, y = y + head, y + head
    for one in iter_rows(group):
        _draw_network(ax, plot, one, y, theme, narrow)
        y += row
        if narrow:  # the name stands above its bar
            _draw_line(plot, line, y - 22, y - 2, theme)
    if not narrow:
        _draw_line(plot, line, begin - 2, y - 3, theme)
    return y


def _draw_line(plot: Axes, line: float, top: float, bottom: float, theme: Theme) -> None:
    low, high = plot.get_xlim()
    if low <= line <= high:
        draw_rule(plot, (line, line), (top, bottom), theme.muted, px=2.0, layer=2)


def _draw_network(ax: Axes, plot: Axes, one: Any, y: float, theme: Theme, narrow: bool) -> None:
    width, (low, high) = ax.get_xlim()[1], plot.get_xlim()
    line, share = float(one.classical_share), float(one.share)
    ends = [line + float(one.adds_low), line + float(one.adds_high)]
    colour = theme.mark if one.adding else theme.data
    at = y + (NARROW_ROW - 12 if narrow else ROW / 2 - 2)
    tip = 7 / size_of(plot)[0] * (high - low)
    first, last = (min(max(end, low + tip), high - tip) for end in ends)
    draw_rule(plot, (first, last), (at, at), colour, px=2.4, layer=3)
    beyond = [(low + tip, "<")] if ends[0] < low else []
    beyond += [(high - tip, ">")] if ends[1] > high else []
    for point, sign in beyond:
        plot.plot(
            [point], [at], sign, color=colour, markersize=9 * PT, markeredgewidth=0, zorder=4, label="beyond"
        )
    if share >= low:
        draw_dot(plot, share, at, colour, theme.bg, px=7.5, edge_px=1.0, layer=4, label="network", clip=False)
    else:
        draw_rule(plot, (low + tip, low + 5 * tip), (at, at), colour, px=2.4, layer=3)
    value = say_points(float(one.adds))
    value = value if narrow else value.removesuffix(f"{NO_BREAK}{POINTS}")  # it stands above them
    above = y + 10 if narrow else at
    write(
        ax, value, width, above, size=14, colour=colour if one.adding else theme.ink,
        semibold=bool(one.adding), at="right", halo=theme.bg,
    )  # fmt: skip
    room = width - measure(value, 14) - 14 if narrow else MOST_NAME - 18
    name = cut_to_width(str(one.network), 14, room)
    write(ax, name, 0, above, size=14, colour=theme.ink, at="left", halo=theme.bg)


def picture_networks(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw what the networks add."""
    return Picture(
        partial(draw_networks, frame=frame),
        lambda width, narrow: find_networks_height(frame, narrow),
    )
