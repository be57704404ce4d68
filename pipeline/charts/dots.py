"""Every activity a dot: the date across, the clock upward from 15:00 to 15:00, midnight inside.

A dot stands over the day that began at 15:00, so that one night is one column. Days that the archive
does not hold are hatched; a few notes in brackets stand above.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from math import sqrt

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, hatch, open_sheet, place, size_of
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.timeline import EPOCH, day_number, label_dates
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage

DAY_BEGINS = 15  # o'clock
DOT_AREA, MOST_AREA = 1.7, 4.0  # pt²
MANY_DOTS = 20_000  # from here on a dot has the smaller area
ALPHA, MOST_ALPHA = 0.5, 0.8
SHORT_DAYS = 30
CLOCK_LABELS = ((12, "noon"), (6, "06:00"), (0, "midnight"), (18, "18:00"))
LEFT = 57.0  # 'midnight' at 12.5 px
TOP, FOOT = 34.0, 32.0
NOTE_PX, BRACKET_PX = 13.0, 1.2


@dataclass(frozen=True, slots=True)
class Note:
    """A span with a few words."""

    start: pd.Timestamp
    end: pd.Timestamp
    text: str


def find_dots_height(narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_dots`` needs."""
    return 306.0 if narrow else 480.0


def draw_dots(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    uncovered: pd.DataFrame | None = None,
    notes: tuple[Note, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw ``list_dots`` (local); ``uncovered`` has first and last, the days that no archive holds."""
    width, height = open_sheet(ax)
    plot = place(ax, LEFT, TOP, width - LEFT, height - TOP - FOOT)
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
    short = high - low < SHORT_DAYS
    plot.scatter(
        days, clock, s=find_dot_area(len(days), short, narrow), color=theme.data,
        alpha=find_dot_strength(len(days), short),
        linewidths=0, rasterized=True, zorder=2, clip_on=False,
    )  # fmt: skip
    label_dates(plot, theme, below=17, nights=True)
    if not short:
        _write_notes(plot, notes, _spans(uncovered), width - LEFT, theme)
    return plot


def picture_dots(answer: Answer, coverage: Coverage) -> Picture:
    """Return how to draw the dots, with their notes and gaps."""
    draw = partial(
        draw_dots,
        frame=answer.frame,
        uncovered=answer.frames["uncovered"],
        notes=read_notes(answer.frames["notes"]),
    )
    return Picture(
        draw,
        lambda width, narrow: find_dots_height(narrow),
        1080.0,
        1176.0,
        has_raster=True,
        headline_px=30.0,
    )


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


def read_notes(frame: pd.DataFrame) -> tuple[Note, ...]:
    """Read ``list_notes`` (first, last, note): both days belong to the span."""
    return tuple(
        Note(pd.Timestamp(row.first), pd.Timestamp(row.last) + pd.Timedelta(days=1), str(row.note))
        for row in iter_rows(frame)
    )


def find_dot_area(n_dots: int, short: bool, narrow: bool) -> float:
    """Return the area of a dot in pt²: 1.7, up to 4 where there are few or under 30 days; less on a phone."""
    if short:
        return MOST_AREA
    area = min(MOST_AREA, DOT_AREA * max(1.0, sqrt(MANY_DOTS / max(1, n_dots))))
    return area * 0.55 if narrow else area


def find_dot_strength(n_dots: int, short: bool) -> float:
    """Return how opaque a dot is: 0.5, up to 0.8 where there are few, which seldom lie on one another."""
    return MOST_ALPHA if short else min(MOST_ALPHA, ALPHA * max(1.0, MANY_DOTS / max(1, n_dots)) ** 0.25)


def settle_notes(notes: tuple[Note, ...], low: float, high: float, width: float) -> list[tuple[Note, float]]:
    """Choose what can stand above the dots without touching, the longest spans first: (note, its centre).

    The centre is in CSS pixels from the left of the plot, ``width`` wide, which shows the days ``low`` to
    ``high``.
    """
    settled: list[tuple[Note, float, float]] = []
    for note in sorted(notes, key=lambda note: note.start - note.end):
        half = measure(note.text, NOTE_PX) / 2
        middle = (day_number(note.start) + day_number(note.end)) / 2
        centre = (middle - low) / (high - low) * width
        centre = min(max(centre, half - LEFT), width - half)
        if all(abs(centre - other) >= half + its_half + 8 for _, other, its_half in settled):
            settled.append((note, centre, half))
    return sorted(((note, centre) for note, centre, _ in settled), key=lambda item: item[1])


def _overlaps(note: Note, span: tuple[pd.Timestamp, pd.Timestamp]) -> bool:
    return note.start < span[1] and span[0] < note.end


def _write_notes(
    plot: Axes,
    notes: tuple[Note, ...],
    hatched: list[tuple[pd.Timestamp, pd.Timestamp]],
    width: float,
    theme: Theme,
) -> None:
    low, high = plot.get_xlim()
    for note, centre in settle_notes(notes, low, high, width):
        at = low + centre / width * (high - low)
        write(
            plot, note.text, at, 1, on="x", size=NOTE_PX, colour=theme.muted, stand="baseline", shift=(0, 15)
        )
        if any(_overlaps(note, span) for span in hatched):
            continue  # the hatch itself shows the span
        px = (high - low) / width
        rise = 1 / size_of(plot)[1]
        start = max(low, day_number(note.start))
        end = min(high, day_number(note.end))
        if end - start < 3 * px:
            start, end = (start + end) / 2 - 1.5 * px, (start + end) / 2 + 1.5 * px
        for x in (start + BRACKET_PX / 2 * px, end - BRACKET_PX / 2 * px):
            draw_rule(plot, (x, x), (1 + 2 * rise, 1 + 8 * rise), theme.muted, on="x", px=BRACKET_PX)
        up = 1 + (8 - BRACKET_PX / 2) * rise
        draw_rule(plot, (start, end), (up, up), theme.muted, on="x", px=BRACKET_PX)
