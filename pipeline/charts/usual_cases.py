"""Two losses by three penalties: how far off each guesses a day, and how large its weights are."""

from __future__ import annotations

from functools import partial

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.rows import iter_rows
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import count_noun

HEAD, ROW, BETWEEN, FOOT = 30.0, 28.0, 12.0, 6.0
NAME, NARROW_NAME = 156.0, 88.0
GAP, NARROW_GAP = 36.0, 14.0
BAR = 12.0
SIZE = 13.5
PER_LOSS = 3


def find_usual_cases_height(narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_usual_cases`` needs."""
    return HEAD + 2 * PER_LOSS * ROW + BETWEEN + FOOT


def draw_usual_cases(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    nouns: str = "searches",
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw a row for each loss and penalty (1, 2; 0 is no penalty); the ``chosen`` one is coloured.

    Bars from zero: ``off``, in ``nouns`` a day, and ``weights``, Σ|w|, with how many of them are ``zeros``.
    """
    width, _ = open_sheet(ax)
    name, gap = (NARROW_NAME, NARROW_GAP) if narrow else (NAME, GAP)
    columns = {"off": [f"{value:#.3g}" for value in frame["off"]], "weights": _say_weights(frame, narrow)}
    heads = {"off": "off by" if narrow else f"off by, in {nouns} a day", "weights": "Σ|w|, weights at 0"}
    room = (width - name - gap) / 2
    lefts = {"off": name, "weights": name + room + gap}
    tops = [HEAD + k * ROW + (k // PER_LOSS) * BETWEEN for k in range(len(frame))]
    if narrow:
        write(ax, "loss, penalty", 0, 9, size=13, colour=theme.muted, at="left")
    for column, texts in columns.items():
        write(ax, heads[column], lefts[column], 9, size=13, colour=theme.muted, at="left")
        longest = room - max(measure(text, SIZE, semibold=True) for text in texts) - 8
        most = max(float(frame[column].max()), 1e-9)
        for top, text, row in zip(tops, texts, iter_rows(frame), strict=True):
            _draw_bar(
                ax, lefts[column], top + ROW / 2, longest * getattr(row, column) / most, text,
                bool(row.chosen), theme, label=column,
            )  # fmt: skip
    for top, row in zip(tops, iter_rows(frame), strict=True):
        text, ink = _name_case(row, narrow), theme.data if row.chosen else theme.ink
        write(ax, text, 0, top + ROW / 2, size=SIZE, colour=ink, at="left", semibold=bool(row.chosen))
    for left in lefts.values():
        draw_rule(ax, (left, left), (HEAD, tops[-1] + ROW), theme.axis)
    return ax


def _draw_bar(
    ax: Axes, left: float, middle: float, length: float, text: str, chosen: bool, theme: Theme, *, label: str
) -> None:
    colour = theme.data if chosen else theme.faint
    bar = Rectangle(
        (left, middle - BAR / 2), length, BAR, facecolor=colour, linewidth=0, zorder=2, label=label
    )
    ax.add_patch(bar)
    write(ax, text, left + length + 7, middle, size=SIZE, colour=theme.data if chosen else theme.ink,
          at="left", semibold=chosen)  # fmt: skip


def _name_case(row: object, narrow: bool) -> str:
    loss, penalty = int(row.loss), int(row.penalty)  # type: ignore[attr-defined]
    if narrow:
        return f"L{loss}, {f'L{penalty}' if penalty else 'none'}"
    return f"L{loss} loss, {f'L{penalty}' if penalty else 'no'} penalty"


def _say_weights(frame: pd.DataFrame, narrow: bool) -> list[str]:
    pairs = zip(frame["weights"], frame["zeros"].astype(int), strict=True)
    return [f"{sum_:.2f}, {zeros}" if narrow else f"{sum_:.2f}, {count_noun(zeros, 'zero', 'zeros')}"
            for sum_, zeros in pairs]  # fmt: skip


def picture_usual_cases(frame: pd.DataFrame, coverage: Coverage) -> Picture:
    """Return how to draw what each loss and penalty made of the days."""
    return Picture(
        partial(draw_usual_cases, frame=frame, nouns=coverage.nouns),
        lambda width, narrow: find_usual_cases_height(narrow),
    )
