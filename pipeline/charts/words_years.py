"""The words that set each year apart: seven a year, with a bar for how sure the difference is."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.left_out import can_draw, measure_left_out, say_left_out, write_left_out
from pipeline.charts.lettering import cut_to_width, measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.scripts import choose_variety
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_count

WORDS_A_YEAR = 7
HEAD, ROW, BELOW = 34.0, 27.0, 22.0  # CSS px
WORD_SIZE, LEAST_SIZE, Z_SIZE = 17.0, 12.0, 12.5
BAR = 3.0
BESIDE = 8.0  # px between a word and its number


def list_year_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep of words by year (year, word, z) the seven of each year with the largest z, the largest first."""
    sure = frame[frame["z"] > 0].sort_values(["year", "z", "word"], ascending=[True, False, True])
    return sure.groupby("year", sort=False).head(WORDS_A_YEAR).reset_index(drop=True)


def arrange_lists(n_years: int, width: float) -> tuple[int, float, float]:
    """Return how many years stand in a row, the width of each and the gap, in CSS pixels."""
    most, gap = (5, 25.0) if width >= 600 else (2, 20.0)
    a_row = max(1, min(most, n_years))
    return a_row, min((width - gap * (a_row - 1)) / a_row, 240.0), gap


def find_words_years_height(frame: pd.DataFrame, width: float) -> float:
    """Return the height in CSS pixels that ``draw_words_years`` needs."""
    listed = list_year_words(frame)
    a_row, _, _ = arrange_lists(listed["year"].nunique(), width)
    tops = _find_tops(listed, a_row)
    return tops[-1] - BELOW + 4 + measure_left_out(say_left_out(listed["word"].astype(str)), width)


def _find_tops(listed: pd.DataFrame, a_row: int) -> list[float]:
    """Return where each row of lists begins, and where the last one ends."""
    drawable = listed["word"].astype(str).map(can_draw)
    lengths = drawable.groupby(listed["year"]).sum().to_list()
    tops = [0.0]
    for first in range(0, len(lengths), a_row):
        tops.append(tops[-1] + HEAD + ROW * max(lengths[first : first + a_row]) + BELOW)
    return tops


def draw_words_years(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    mark: tuple[Any, ...] = (),
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Axes:
    """Draw words by year (year, word, z) as lists; a year's first word is red if it is marked.

    Bars are z on one scale for all years. Five years stand in a row, two on a phone.
    """
    width, height = open_sheet(ax)
    listed = list_year_words(frame)
    note = say_left_out(listed["word"].astype(str))
    write_left_out(ax, note, width, height, theme)
    usual = choose_variety(listed["word"].astype(str))
    most = float(listed["z"].max()) if len(listed) else 1.0
    groups = list(listed.groupby("year"))
    a_row, wide, gap = arrange_lists(len(groups), width)
    tops = _find_tops(listed, a_row)
    for k, (year, words) in enumerate(groups):
        row, column = divmod(k, a_row)
        x, y = column * (wide + gap), tops[row]
        write(ax, str(year), x, y + 10, size=15, colour=theme.ink, semibold=True, at="left")
        draw_rule(ax, (x, x + wide), (y + 25, y + 25), theme.ink, px=1.2)
        drawable = words[words["word"].astype(str).map(can_draw)]
        panel = place(ax, x, y + HEAD, wide, max(1.0, ROW * len(drawable)))
        panel.set_label(str(year))
        open_sheet(panel)
        for place_in_year, (word, z) in enumerate(zip(drawable["word"], drawable["z"], strict=True)):
            top = ROW * place_in_year
            leads = place_in_year == 0 and word in mark
            colour = theme.mark if leads else theme.data
            number = say_count(round(float(z)))
            room = wide - measure(number, Z_SIZE) - BESIDE
            size = min(WORD_SIZE, WORD_SIZE * room / max(1.0, measure(word, WORD_SIZE, True, leads)))
            size = max(LEAST_SIZE, size)
            short = cut_to_width(word, size, room, serif=True, semibold=leads)
            write(
                panel, short, 0, top + 15, size=size, colour=theme.mark if leads else theme.ink, serif=True,
                semibold=leads, at="left", stand="baseline", usual=usual,
            )  # fmt: skip
            write(
                panel, number, wide, top + 15, size=Z_SIZE, colour=theme.muted, at="right", stand="baseline"
            )  # fmt: skip
            reach = max(BAR, wide * float(z) / most)
            panel.add_patch(Rectangle((0, top + 20.5), reach, BAR, facecolor=colour, linewidth=0, zorder=2))
    return ax


def picture_words_by_year(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw each year's list of words."""
    frame = answer.frame
    if not len(list_year_words(frame)):
        return None
    return Picture(
        partial(draw_words_years, frame=frame, mark=answer.finding.mark),
        lambda width, narrow: find_words_years_height(frame, width),
        800.0,
        left_out="Log-odds against all other years.",
    )
