"""How far each week was from what its hours foretold: needles, faint if it was learned, red if it is far."""

from __future__ import annotations

from functools import partial
from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection

from pipeline.charts.boxes import draw_rule, open_sheet, place, size_of
from pipeline.charts.lettering import measure, nudge_inside, write
from pipeline.charts.picture import Picture
from pipeline.charts.timeline import day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import MINUS, say_day

TOP, FOOT, LEFT = 26.0, 32.0, 26.0
HIGH, NARROW_HIGH = 210.0, 170.0
NEEDLE_SHARE = 0.78  # of a week's width
LEAST_NEEDLE = 3.0  # px of a red one
ROOM = 1.22  # above the highest and below the lowest, for a date
LEAST_REACH = 3.4  # spreads that are always shown
STEP, MOST_STEPS = 3, 3  # between two ticks; how many of them the farthest week may be away
MOST_NAMED, NARROW_NAMED = 6, 3
APART = 10.0  # px between two dates


def find_week_surprise_height(narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_week_surprise`` needs."""
    return TOP + (NARROW_HIGH if narrow else HIGH) + FOOT


def draw_week_surprise(ax: Axes, frame: pd.DataFrame, *, theme: Theme = LIGHT, narrow: bool = False) -> Axes:
    """Draw ``week`` (its Monday), ``surprise`` in spreads, and whether it is ``far`` and was ``learned``."""
    width, height = open_sheet(ax)
    days = np.array([day_number(week) for week in frame["week"]])
    surprise, far = frame["surprise"].to_numpy(float), frame["far"].to_numpy(float) > 0
    learned = frame["learned"].to_numpy(float) > 0
    write(ax, "spreads; up: fuller or wilder than foretold", 0, 9, size=13, colour=theme.muted, at="left")
    plot = place(ax, LEFT, TOP, width - LEFT, height - TOP - FOOT)
    plot.set_label("weeks")
    left, right = days.min(), days.max() + 7
    plot.set_xlim(left, right)
    low, high = min(float(surprise.min()), -LEAST_REACH), max(float(surprise.max()), LEAST_REACH)
    plot.set_ylim(low * ROOM, high * ROOM)
    step = STEP * ceil(max(high, -low) / (MOST_STEPS * STEP))
    for tick in (-step, 0, step):
        if tick:
            draw_rule(plot, (0, 1), (tick, tick), theme.grid, on="y", layer=0.5)
        text = f"{tick}".replace("-", MINUS)
        write(plot, text, 0, tick, on="y", size=12.5, colour=theme.muted, at="right", shift=(-8, 0))
    px = (right - left) / (width - LEFT)  # days in a CSS pixel
    kinds = (~far & learned, theme.data_soft), (~far & ~learned, theme.data), (far, theme.mark)
    for kept, colour in kinds:
        layer = 2.0 if colour != theme.mark else 3.0
        half = max(7 * NEEDLE_SHARE, LEAST_NEEDLE * px if layer == 3.0 else 0.0) / 2
        boxes = [
            [(middle - half, 0), (middle - half, end), (middle + half, end), (middle + half, 0)]
            for middle, end in zip(days[kept] + 3.5, surprise[kept], strict=True)
        ]
        needles = PolyCollection(boxes, facecolors=colour, linewidths=0, zorder=layer)
        needles.set_label("far" if layer == 3.0 else "weeks")
        plot.add_collection(needles, autolim=False)
    draw_rule(plot, (0, 1), (0, 0), theme.axis, on="y", layer=4)
    _name_farthest(plot, frame, days, surprise, far, theme, NARROW_NAMED if narrow else MOST_NAMED)
    label_dates(plot, theme, grid=False, below=17)
    return plot


def _name_farthest(
    plot: Axes,
    frame: pd.DataFrame,
    days: np.ndarray,
    surprise: np.ndarray,
    far: np.ndarray,
    theme: Theme,
    most: int,
) -> None:
    """Write the date of the farthest weeks at their needles' ends, where no other date stands already."""
    width = size_of(plot)[0]
    left, right = plot.get_xlim()
    order = sorted(np.flatnonzero(far).tolist(), key=lambda k: -abs(surprise[k]))
    taken: list[tuple[bool, float, float]] = []
    for k in order:
        text, up = say_day(frame["week"].iloc[k].date()), bool(surprise[k] > 0)
        half = measure(text, 12.5, semibold=True) / 2
        spot = (days[k] + 3.5 - left) / (right - left) * width
        shift = nudge_inside(spot, half, width)
        start, end = spot + shift - half, spot + shift + half
        if any(up == side and start < stop + APART and begin < end + APART for side, begin, stop in taken):
            continue
        write(
            plot, text, days[k] + 3.5, float(surprise[k]), size=12.5, colour=theme.mark, semibold=True,
            shift=(shift, 11 if up else -12), halo=theme.bg,
        )  # fmt: skip
        taken.append((up, start, end))
        if len(taken) == most:
            return


def picture_week_surprise(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw how surprising each week was."""
    return Picture(
        partial(draw_week_surprise, frame=frame),
        lambda width, narrow: find_week_surprise_height(narrow),
        800.0,
    )
