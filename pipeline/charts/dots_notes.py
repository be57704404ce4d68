"""The notes above the dots, in brackets: what the finding marks is red and comes first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, size_of
from pipeline.charts.lettering import measure, write
from pipeline.charts.rows import iter_rows
from pipeline.charts.timeline import day_number
from pipeline.charts.tokens import Theme

NOTE_PX, BRACKET_PX = 13.0, 1.2
BETWEEN_PX = 12.0  # words and words
MARK_PX = 2.0  # of a red bracket
RED_KINDS = frozenset({"shifted", "changed"})
Span = tuple[pd.Timestamp, pd.Timestamp]


@dataclass(frozen=True, slots=True)
class Note:
    """A span with a few words, and fewer for a phone."""

    start: pd.Timestamp
    end: pd.Timestamp
    text: str
    short: str = ""
    red: bool = False

    def say(self, narrow: bool) -> str:
        """Return the words for a width."""
        return self.short if narrow and self.short else self.text


def read_notes(frame: pd.DataFrame) -> tuple[Note, ...]:
    """Read ``list_notes`` (first, last, note, kind, and short where it is); both days belong to the span."""
    return tuple(
        Note(
            pd.Timestamp(row.first),
            pd.Timestamp(row.last) + pd.Timedelta(days=1),
            str(row.note),
            str(getattr(row, "short", "")),
            getattr(row, "kind", "") in RED_KINDS,
        )
        for row in iter_rows(frame)
    )


class Settled(NamedTuple):
    """A note's words and where they stand: their centre in CSS pixels from the left of the plot."""

    note: Note
    text: str
    centre: float
    half: float  # of the words' width


def settle_notes(
    notes: tuple[Note, ...], low: float, high: float, width: float, left: float, *, narrow: bool = False
) -> list[Settled]:
    """Choose what can stand above the dots without touching, from left to right.

    Red notes come first, then the longest spans. Words give way to the side as far as their span still
    lies below them; where that is not enough they are shortened, and then left out; but before a red note
    is, all are shortened. The plot shows the days ``low`` to ``high`` on ``width`` CSS pixels and has
    ``left`` of them beside it.
    """
    ordered = sorted(notes, key=lambda note: (not note.red, note.start - note.end))
    spots = [
        ((day_number(note.start) + day_number(note.end)) / 2 - low) / (high - low) * width for note in ordered
    ]
    tried = [_settle(ordered, spots, (-left, width), short) for short in (narrow, True)]
    settled = max(tried, key=lambda found: sum(item.note.red for item in found))  # the first of equals
    return sorted(settled, key=lambda item: item.centre)


def _settle(notes: list[Note], spots: list[float], bounds: tuple[float, float], short: bool) -> list[Settled]:
    settled: list[Settled] = []
    for note, spot in zip(notes, spots, strict=True):
        for text in dict.fromkeys((note.say(short), note.say(True))):
            half = measure(text, NOTE_PX, semibold=note.red) / 2
            centre = _find_room(settled, spot, half, bounds)
            if centre is not None:
                settled.append(Settled(note, text, centre, half))
                break
    return settled


def _find_room(settled: list[Settled], spot: float, half: float, bounds: tuple[float, float]) -> float | None:
    """Return the free centre that is nearest to ``spot``, for words that stand above it."""
    tried = [spot]
    for other in settled:
        apart = half + other.half + BETWEEN_PX
        tried += [other.centre - apart, other.centre + apart]
    tried = [min(max(centre, bounds[0] + half), bounds[1] - half) for centre in tried]
    free = [
        centre
        for centre in tried
        if abs(centre - spot) <= half
        and all(
            abs(centre - other.centre) >= half + other.half + BETWEEN_PX - 1e-6  # rounding
            for other in settled
        )
    ]
    return min(free, key=lambda centre: abs(centre - spot), default=None)


def write_notes(
    plot: Axes,
    notes: tuple[Note, ...],
    hatched: list[Span],
    width: float,
    left: float,
    theme: Theme,
    *,
    narrow: bool = False,
) -> None:
    """Write notes above a plot of days, ``width`` CSS pixels wide; a hatched span needs no bracket."""
    low, high = plot.get_xlim()
    for note, text, centre, _ in settle_notes(notes, low, high, width, left, narrow=narrow):
        at = low + centre / width * (high - low)
        colour = theme.mark if note.red else theme.muted
        write(
            plot, text, at, 1, on="x", size=NOTE_PX, colour=colour, semibold=note.red,
            stand="baseline", shift=(0, 15),
        )  # fmt: skip
        if not any(note.start < end and start < note.end for start, end in hatched):
            _draw_bracket(plot, note, (high - low) / width, colour)


def _draw_bracket(plot: Axes, note: Note, px: float, colour: str) -> None:
    """Draw a bracket over a note's span, ``px`` days a CSS pixel."""
    low, high = plot.get_xlim()
    thick = MARK_PX if note.red else BRACKET_PX
    rise = 1 / size_of(plot)[1]
    start, end = max(low, day_number(note.start)), min(high, day_number(note.end))
    if end - start < 3 * px:
        start, end = (start + end) / 2 - 1.5 * px, (start + end) / 2 + 1.5 * px
    for x in (start + thick / 2 * px, end - thick / 2 * px):
        draw_rule(plot, (x, x), (1 + 2 * rise, 1 + 8 * rise), colour, on="x", px=thick)
    up = 1 + (8 - thick / 2) * rise
    draw_rule(plot, (start, end), (up, up), colour, on="x", px=thick)
