"""Words that rise and words that fall: a line of yearly shares for each, from its first value to its last."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.cloud import WITHOUT_EVERYDAY
from pipeline.charts.left_out import can_draw, measure_left_out, say_left_out, write_left_out
from pipeline.charts.lettering import cut_to_width, measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.scripts import choose_variety
from pipeline.charts.style import PT
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_small_percent

HEAD, ROW, BELOW = 34.0, 32.0, 18.0  # CSS px
WORD_SIZE, LEAST_SIZE, SHARE_SIZE = 17.0, 12.0, 13.0
GAP = 44.0
WORD_SHARE = 0.42  # of a list's width, for the words
NUMBER = 48.0  # px for a share at either end of a line
LINE_HEIGHT = 18.0
NAMES = {1: "Rising", -1: "Falling"}


def take_side(frame: pd.DataFrame, sign: int) -> pd.DataFrame:
    """Return the words of one direction that can be drawn, the surest first."""
    words = frame[frame["z"] * sign > 0]
    words = words.iloc[np.argsort(-np.abs(words["z"].to_numpy()), kind="stable")]
    return words[words["word"].astype(str).map(can_draw).astype(bool)]


def find_rising_height(frame: pd.DataFrame, width: float, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_rising`` needs."""
    heights = [_find_side_height(frame, sign) for sign in NAMES]
    drawn = sum(heights) + BELOW if narrow else max(heights)
    return drawn + 4 + measure_left_out(say_left_out(frame["word"].astype(str)), width)


def _find_side_height(frame: pd.DataFrame, sign: int) -> float:
    return HEAD + ROW * max(1, len(take_side(frame, sign)))


def draw_rising(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    years: pd.DataFrame,
    mark: tuple[Any, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw rising and falling words (word, z) side by side, each with its shares by year.

    ``years`` has word, year, count and searches; each line begins at zero and has its own scale, its
    first and last share beside it. The surest of a direction is red if it is marked. On a phone the two
    lists stand one below the other.
    """
    width, height = open_sheet(ax)
    usual = choose_variety(frame["word"].astype(str))
    wide = width if narrow else (width - GAP) / 2
    lines = {str(word): rows.sort_values("year") for word, rows in years.groupby("word", sort=False)}
    x, top = 0.0, 0.0
    for sign, name in NAMES.items():
        words = [str(word) for word in take_side(frame, sign)["word"]]
        rows = _find_side_height(frame, sign)
        start, end = x + WORD_SHARE * wide + NUMBER, x + wide - NUMBER
        write(ax, name, x, top + 10, size=15, colour=theme.ink, semibold=True, at="left")
        if words:
            for year, at in ((years["year"].min(), start), (years["year"].max(), end)):
                write(ax, str(int(year)), at, top + 10, size=12.5, colour=theme.muted)
        draw_rule(ax, (x, x + wide), (top + 25, top + 25), theme.ink, px=1.2)
        panel = place(ax, x, top + HEAD, wide, rows - HEAD)
        panel.set_label(name)
        open_sheet(panel)
        if not words:
            write(panel, "no word, clearly", 0, 16, size=13, colour=theme.muted, at="left", stand="baseline")
        for row, word in enumerate(words):
            leads = row == 0 and word in mark
            _draw_row(panel, word, lines[word], row, (start - x, end - x), leads, usual, theme)
        if narrow:
            top += rows + BELOW
        else:
            x += wide + GAP
    write_left_out(ax, say_left_out(frame["word"].astype(str)), width, height, theme)
    return ax


def _draw_row(
    panel: Axes, word: str, line: pd.DataFrame, row: int, across: tuple[float, float], leads: bool,
    usual: Any, theme: Theme,
) -> None:  # fmt: skip
    """Draw one word, its first share, its line and its last share."""
    base, (start, end) = ROW * row + 20, across
    year = line["year"].to_numpy(dtype=float)
    shares = (line["count"] / line["searches"]).to_numpy(dtype=float)
    colour = theme.mark if leads else theme.data
    room = start - NUMBER - 6
    size = min(WORD_SIZE, WORD_SIZE * room / max(1.0, measure(word, WORD_SIZE, True, leads)))
    size = max(LEAST_SIZE, size)
    write(
        panel, cut_to_width(word, size, room, serif=True, semibold=leads), 0, base, size=size,
        colour=theme.mark if leads else theme.ink, serif=True, semibold=leads, at="left", stand="baseline",
        usual=usual,
    )  # fmt: skip
    write(
        panel, say_small_percent(shares[0]), start - 7, base, size=SHARE_SIZE, colour=theme.muted, at="right",
        stand="baseline",
    )  # fmt: skip
    write(
        panel, say_small_percent(shares[-1]), end + 7, base, size=SHARE_SIZE, colour=colour, semibold=True,
        at="left", stand="baseline",
    )  # fmt: skip
    reach = LINE_HEIGHT / max(float(shares.max()), 1e-12)
    heights = base + 1 - shares * reach
    places = start + (end - start) * (year - year[0]) / max(year[-1] - year[0], 1.0)
    draw_rule(panel, (start, end), (base + 1, base + 1), theme.grid, layer=1)
    panel.plot(places, heights, color=colour, linewidth=2 * PT, zorder=3, clip_on=False, label=word)
    panel.plot(
        places[-1:], heights[-1:], marker="o", markersize=4.5, color=colour, zorder=4, clip_on=False,
        linestyle="none",
    )  # fmt: skip


def picture_rising(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw the rising and the falling words."""
    frame = answer.frame
    if not len(frame):
        return None
    return Picture(
        partial(draw_rising, frame=frame, years=answer.frames["years"], mark=answer.finding.mark),
        lambda width, narrow: find_rising_height(frame, width, narrow),
        left_out=WITHOUT_EVERYDAY,
    )
