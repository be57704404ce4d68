"""Every activity a dot: the date across, the clock upward from 15:00 to 15:00, midnight inside.

A dot stands over the day that began at 15:00, so that one night is one column. Days that the archive
does not hold are hatched; a few notes in brackets stand above.
"""

from __future__ import annotations

from functools import partial
from math import expm1, pi, sqrt

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, hatch, open_sheet, place
from pipeline.charts.day_squares import FREE, KEY_LINE, KEY_PX, KEY_SIDE
from pipeline.charts.dots_notes import Note, read_notes, write_notes
from pipeline.charts.dots_raster import DotsImage
from pipeline.charts.lettering import write
from pipeline.charts.picture import Picture
from pipeline.charts.style import PT
from pipeline.charts.timeline import EPOCH, day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage

DAY_BEGINS = 15  # o'clock
DOT_AREA, MOST_AREA, LEAST_AREA = 1.7, 4.0, 1.0  # pt²
SHORT_AREA, FEW_DOTS = 20.0, 400  # pt², of very few dots; from here on a short archive's have 4
MANY_DOTS = 20_000  # from here on a dot has the usual area
VERY_MANY_DOTS = 100_000  # from here on a smaller one
MOST_DEPTH = 0.6  # mean depth of paint: minus the logarithm of what it leaves of the paper
ALPHA, MOST_ALPHA = 0.5, 0.8
SHORT_DAYS = 30
SQUARE_WIDTH = 600.0
CLOCK_LABELS = ((12, "noon"), (6, "06:00"), (0, "midnight"), (18, "18:00"))
LEFT = 57.0  # 'midnight' at 12.5 px
TOP, FOOT = 34.0, 32.0


def find_dots_height(width: float, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_dots`` needs; in a square it leaves room for the frame."""
    return 306.0 if narrow else 480.0 if width > SQUARE_WIDTH else 420.0


def draw_dots(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    uncovered: pd.DataFrame | None = None,
    free: pd.DataFrame | None = None,
    notes: tuple[Note, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``list_dots`` (local); ``uncovered`` has first and last, the days that no archive holds.

    ``free`` has the same of free days: they are tinted, and named below the dates.
    """
    width, height = open_sheet(ax)
    foot = FOOT + _find_key_room(free)
    plot = place(ax, LEFT, TOP, width - LEFT, height - TOP - foot)
    days, clock = place_dots(frame["local"])
    low, high = _find_span(days, uncovered)
    plot.set_xlim(low, high)
    plot.set_ylim(0, 24)
    for hour, name in CLOCK_LABELS:
        up = (hour - DAY_BEGINS) % 24
        draw_rule(plot, (0, 1), (up, up), theme.grid, on="y", layer=0.5)
        write(plot, name, 0, up, on="y", size=12.5, colour=theme.muted, at="right", shift=(-8, 0))
    for start, end in _spans(uncovered):
        span = Rectangle(
            (day_number(start), 0), day_number(end) - day_number(start), 24, facecolor=theme.bg,
            edgecolor=theme.hatch, linewidth=0, zorder=1,
        )  # fmt: skip
        plot.add_patch(hatch(span, "//////"))
    _tint_days(plot, _spans(free), theme)
    if _find_key_room(free):
        _draw_key(ax, height - KEY_LINE / 2, theme)
    short = high - low < SHORT_DAYS
    area = find_dot_area(len(days), short, narrow)
    strength = find_dot_strength(len(days), short, area, (width - LEFT) * (height - TOP - foot))
    dots = DotsImage(plot, days, clock, area=area, strength=strength, colour=theme.data)
    dots.set_zorder(2)
    plot.add_image(dots)
    label_dates(plot, theme, below=17, nights=True)
    if not short:
        write_notes(plot, notes, _spans(uncovered), width - LEFT, LEFT, theme, narrow=narrow)
    return plot


def picture_dots(answer: Answer, coverage: Coverage) -> Picture:
    """Return how to draw the dots, with their notes and gaps."""
    free = answer.frames.get("free")
    draw = partial(
        draw_dots,
        frame=answer.frame,
        uncovered=answer.frames["uncovered"],
        free=free,
        notes=read_notes(answer.frames["notes"]),
    )

    def find_height(width: float, narrow: bool) -> float:
        return find_dots_height(width, narrow) + _find_key_room(free)

    return Picture(draw, find_height, 1080.0, 1176.0, headline_px=30.0)


def _find_key_room(free: pd.DataFrame | None) -> float:
    """Return the height in CSS pixels of the line below the dates that says what the tint is."""
    return KEY_LINE if free is not None and len(free) else 0.0


def _tint_days(plot: Axes, spans: list[tuple[pd.Timestamp, pd.Timestamp]], theme: Theme) -> None:
    """Tint days: from midnight to 15:00 they stand in the column of the night before."""
    low, high = plot.get_xlim()
    for start, end in spans:
        for back, foot, top in ((1, 24 - DAY_BEGINS, 24), (0, 0, 24 - DAY_BEGINS)):
            first, last = max(low, day_number(start) - back), min(high, day_number(end) - back)
            if first < last:
                box = Rectangle(
                    (first, foot), last - first, top - foot, facecolor=theme.quiet, linewidth=0, zorder=0.4,
                    label="free",
                )  # fmt: skip
                plot.add_patch(box)


def _draw_key(ax: Axes, middle: float, theme: Theme) -> None:
    left = LEFT
    box = Rectangle((left, middle - KEY_SIDE / 2), KEY_SIDE, KEY_SIDE, facecolor=theme.quiet, linewidth=0)
    ax.add_patch(box)
    write(ax, FREE, left + KEY_SIDE + 6, middle, size=KEY_PX, colour=theme.muted, at="left")


def place_dots(local: pd.Series) -> tuple[np.ndarray, np.ndarray]:
    """Return for each local moment its column (days since 1970, mid-day) and its hours after 15:00."""
    since = (local - EPOCH) / pd.Timedelta(hours=1) - DAY_BEGINS
    hours = since.to_numpy(dtype=float)
    columns = np.floor(hours / 24)
    return columns + 0.5, hours - columns * 24


def _find_span(days: np.ndarray, uncovered: pd.DataFrame | None) -> tuple[float, float]:
    edges = [float(days.min()) - 0.5, float(days.max()) + 0.5] if len(days) else []
    for start, end in _spans(uncovered):
        edges += [day_number(start), day_number(end)]
    if not edges:
        return 0.0, 1.0
    return min(edges), max(max(edges), min(edges) + 1)


def _spans(uncovered: pd.DataFrame | None) -> list[tuple[pd.Timestamp, pd.Timestamp]]:
    if uncovered is None:
        return []
    pairs = zip(uncovered["first"], uncovered["last"], strict=True)
    return [(pd.Timestamp(first), pd.Timestamp(last) + pd.Timedelta(days=1)) for first, last in pairs]


def find_dot_area(n_dots: int, short: bool, narrow: bool) -> float:
    """Return the area of a dot in pt²: 1.7, up to 4 where there are few or under 30 days; less on a phone.

    Beyond 100,000 it falls slowly, to 1. Under 30 days it rises where there are under 400 dots, to 20: so
    few have the whole sheet to themselves, on a phone too.
    """
    if short:
        return min(SHORT_AREA, MOST_AREA * max(1.0, FEW_DOTS / max(1, n_dots)))
    area = min(MOST_AREA, DOT_AREA * max(1.0, sqrt(MANY_DOTS / max(1, n_dots))))
    area = max(LEAST_AREA, area * sqrt(sqrt(min(1.0, VERY_MANY_DOTS / max(1, n_dots)))))
    return area * 0.55 if narrow else area


def find_dot_strength(n_dots: int, short: bool, area: float, room: float) -> float:
    """Return how opaque a dot is: 0.5, up to 0.8 where there are few, which seldom lie on one another.

    Where so many lie on ``room`` (CSS px²) that they would become one block, they are weaker: on average
    the paper still shows through.
    """
    strength = MOST_ALPHA if short else min(MOST_ALPHA, ALPHA * max(1.0, MANY_DOTS / max(1, n_dots)) ** 0.25)
    layers = max(1, n_dots) * area * pi / 4 / PT**2 / room
    return min(strength, -expm1(-MOST_DEPTH / layers))
