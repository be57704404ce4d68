"""The words of night and day, of weekend and workdays: two lists back to back, with bars for how sure."""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.cloud import WITHOUT_EVERYDAY
from pipeline.charts.left_out import can_draw, measure_left_out, say_left_out, write_left_out
from pipeline.charts.lettering import cut_to_width, measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.scripts import choose_variety
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_count
from pipeline.patterns.words_apart import DAY, NIGHT, PAIRS

HEAD, ROW, BELOW = 34.0, 27.0, 22.0  # CSS px
WORD_SIZE, LEAST_SIZE, Z_SIZE = 17.0, 12.0, 12.5
BAR = 3.0
FROM_AXIS = 12.0  # px between the middle and the words
BESIDE = 8.0  # px between a word and its number
GAP = 44.0
At = Literal["left", "center", "right"]
INNER: dict[int, At] = {-1: "right", 1: "left"}  # where a word stands that ends at the middle
NAMES = {"night": "By night", "day": "By day", "weekend": "At weekends", "workday": "On workdays"}


def list_pairs(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """Return the pairs of parts of which one has words."""
    parts = set(frame["part"])
    return [pair for pair in PAIRS if not parts.isdisjoint(pair)]


def find_words_apart_height(frame: pd.DataFrame, width: float, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_words_apart`` needs."""
    heights = [_find_pair_height(frame, pair) for pair in list_pairs(frame)]
    drawn = sum(heights) + BELOW * (len(heights) - 1) if narrow else max(heights, default=0.0)
    return drawn + 4 + measure_left_out(say_left_out(frame["word"].astype(str)), width)


def _find_pair_height(frame: pd.DataFrame, pair: tuple[str, str]) -> float:
    return HEAD + ROW * max(1, *(len(_take_part(frame, part)) for part in pair))


def _take_part(frame: pd.DataFrame, part: str) -> pd.DataFrame:
    """Return the words of a part that can be drawn, the largest z first."""
    words = frame[frame["part"] == part].sort_values("z", ascending=False, kind="stable")
    return words[words["word"].astype(str).map(can_draw).astype(bool)]


def draw_words_apart(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    mark: tuple[Any, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw words by part (part, word, z): each pair back to back, bars of z outward on one scale.

    The first word of a part is red if it is marked. On a phone the pairs stand one below the other.
    """
    width, height = open_sheet(ax)
    usual = choose_variety(frame["word"].astype(str))
    pairs = list_pairs(frame)
    a_row = 1 if narrow else max(1, len(pairs))
    wide = (width - GAP * (a_row - 1)) / a_row
    most = float(frame["z"].max()) if len(frame) else 1.0
    top = 0.0
    for k, pair in enumerate(pairs):
        x = 0.0 if narrow else k * (wide + GAP)
        rows = _find_pair_height(frame, pair)
        for side, part in zip((-1, 1), pair, strict=True):
            middle = x + wide / 2
            at = INNER[side]
            hours = {"night": NIGHT, "day": DAY}.get(part)
            name = NAMES[part]
            start = middle + side * FROM_AXIS
            write(ax, name, start, top + 10, size=15, colour=theme.ink, semibold=True, at=at)
            if hours:
                beyond = start + side * (measure(name, 15, False, True) + 8)
                write(ax, f"{hours[0]}–{hours[1]}", beyond, top + 10, size=12.5, colour=theme.muted, at=at)
            panel = place(ax, x, top + HEAD, wide, rows - HEAD)
            panel.set_label(part)
            open_sheet(panel)
            words = _take_part(frame, part)
            if words.empty:
                write(
                    panel, "no word, clearly", wide / 2 + side * FROM_AXIS, 15, size=13, colour=theme.muted,
                    at=at, stand="baseline",
                )  # fmt: skip
            for row, (word, z) in enumerate(zip(words["word"].astype(str), words["z"], strict=True)):
                leads = row == 0 and word in mark
                _draw_word(panel, word, float(z), side, row, wide / 2, most, leads, usual, theme)
        draw_rule(ax, (x, x + wide), (top + 25, top + 25), theme.ink, px=1.2)
        draw_rule(ax, (x + wide / 2, x + wide / 2), (top + 25, top + rows), theme.axis)
        top += rows + BELOW if narrow else 0.0
    write_left_out(ax, say_left_out(frame["word"].astype(str)), width, height, theme)
    return ax


def _draw_word(
    panel: Axes, word: str, z: float, side: int, row: int, half: float, most: float, leads: bool, usual: Any,
    theme: Theme,
) -> None:  # fmt: skip
    """Draw one word outward from the middle, its number at the outer end, its bar below."""
    number, top = say_count(round(z)), ROW * row
    room = half - FROM_AXIS - BESIDE - measure(number, Z_SIZE)
    size = min(WORD_SIZE, WORD_SIZE * room / max(1.0, measure(word, WORD_SIZE, True, leads)))
    size = max(LEAST_SIZE, size)
    start, end = half + side * FROM_AXIS, half + side * half
    inner, outer = INNER[side], INNER[-side]
    write(
        panel, cut_to_width(word, size, room, serif=True, semibold=leads), start, top + 15, size=size,
        colour=theme.mark if leads else theme.ink, serif=True, semibold=leads, at=inner, stand="baseline",
        usual=usual,
    )  # fmt: skip
    write(panel, number, end, top + 15, size=Z_SIZE, colour=theme.muted, at=outer, stand="baseline")
    reach = max(BAR, (half - FROM_AXIS) * z / most)
    left = start - reach if side < 0 else start
    colour = theme.mark if leads else theme.data
    panel.add_patch(Rectangle((left, top + 20.5), reach, BAR, facecolor=colour, linewidth=0, zorder=2))


def picture_words_apart(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the words of night and day, weekend and workday."""
    frame = answer.frame
    if not len(frame):
        return None
    return Picture(
        partial(draw_words_apart, frame=frame, mark=answer.finding.mark),
        lambda width, narrow: find_words_apart_height(frame, width, narrow),
        left_out=WITHOUT_EVERYDAY,
    )
