"""The words that set each year apart: seven a year, with a bar for how sure the difference is."""

from __future__ import annotations

from functools import partial
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.boxes import draw_rule, open_sheet, place
from pipeline.charts.cloud_years import picture_cloud_years
from pipeline.charts.left_out import can_draw, measure_left_out, say_left_out, write_left_out
from pipeline.charts.lettering import cut_to_width, fill_lines, measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.scripts import Variety, choose_variety
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.distinctive import ENOUGH_Z
from pipeline.patterns.wording import say_count

WORDS_A_YEAR = 7
HEAD, ROW, BELOW = 34.0, 27.0, 22.0  # CSS px
WORD_SIZE, LEAST_SIZE, Z_SIZE = 17.0, 12.0, 12.5
BAR = 3.0
BESIDE = 8.0  # px between a word and its number
NONE = "No word sets it apart."


def list_year_words(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep of words by year (year, word, z) the seven of each year with the largest z, if they are sure."""
    sure = frame[frame["z"] >= ENOUGH_Z].sort_values(["year", "z", "word"], ascending=[True, False, True])
    return sure.groupby("year", sort=False).head(WORDS_A_YEAR).reset_index(drop=True)


def arrange_lists(n_years: int, width: float) -> tuple[int, float, float]:
    """Return how many years stand in a row, the width of each and the gap, in CSS pixels."""
    most, gap = (5, 25.0) if width >= 600 else (2, 20.0)
    a_row = max(1, min(most, n_years))
    return a_row, min((width - gap * (a_row - 1)) / a_row, 240.0), gap


def find_words_years_height(frame: pd.DataFrame, width: float) -> float:
    """Return the height in CSS pixels that ``draw_words_years`` needs."""
    lists = _divide_by_year(frame)
    a_row, wide, _ = arrange_lists(len(lists), width)
    note = say_left_out(list_year_words(frame)["word"].astype(str))
    return _find_tops(lists, a_row, wide)[-1] - BELOW + 4 + measure_left_out(note, width)


def _divide_by_year(frame: pd.DataFrame) -> dict[int, list[tuple[str, float]]]:
    """Return for each year of ``frame`` the (word, z) that can be drawn; a year without any is empty."""
    listed = list_year_words(frame)
    lists: dict[int, list[tuple[str, float]]] = {int(year): [] for year in sorted(frame["year"].unique())}
    for year, word, z in zip(listed["year"], listed["word"].astype(str), listed["z"], strict=True):
        if can_draw(word):
            lists[int(year)].append((word, float(z)))
    return lists


def _find_tops(lists: dict[int, list[tuple[str, float]]], a_row: int, wide: float) -> list[float]:
    """Return where each row of lists begins, and where the last one ends."""
    lengths = [ROW * len(words) or 18.0 * len(fill_lines(NONE, 13, wide)) for words in lists.values()]
    tops = [0.0]
    for first in range(0, len(lengths), a_row):
        tops.append(tops[-1] + HEAD + max(lengths[first : first + a_row]) + BELOW)
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
    listed, lists = list_year_words(frame), _divide_by_year(frame)
    write_left_out(ax, say_left_out(listed["word"].astype(str)), width, height, theme)
    usual = choose_variety(listed["word"].astype(str))
    most = max((z for words in lists.values() for _, z in words), default=1.0)
    a_row, wide, gap = arrange_lists(len(lists), width)
    tops = _find_tops(lists, a_row, wide)
    for k, (year, words) in enumerate(lists.items()):
        row, column = divmod(k, a_row)
        x, y = column * (wide + gap), tops[row]
        write(ax, str(year), x, y + 10, size=15, colour=theme.ink, semibold=True, at="left")
        draw_rule(ax, (x, x + wide), (y + 25, y + 25), theme.ink, px=1.2)
        panel = place(ax, x, y + HEAD, wide, tops[row + 1] - BELOW - y - HEAD)
        panel.set_label(str(year))
        open_sheet(panel)
        for line, text in enumerate([] if words else fill_lines(NONE, 13, wide)):
            write(panel, text, 0, 10 + 18 * line, size=13, colour=theme.muted, at="left")
        for rank, (word, z) in enumerate(words):
            red = rank == 0 and word in mark
            _draw_word(panel, word, z, ROW * rank, wide, wide * z / most, red, usual, theme)
    return ax


def _draw_word(
    panel: Axes,
    word: str,
    z: float,
    top: float,
    wide: float,
    reach: float,
    red: bool,
    usual: Variety,
    theme: Theme,
) -> None:
    """Draw one word over its bar, with its z at the right."""
    number = say_count(round(z))
    room = wide - measure(number, Z_SIZE) - BESIDE
    size = WORD_SIZE * min(1.0, room / max(1.0, measure(word, WORD_SIZE, True, red)))
    size = max(LEAST_SIZE, size)
    short = cut_to_width(word, size, room, serif=True, semibold=red)
    ink, colour = (theme.mark, theme.mark) if red else (theme.ink, theme.data)
    write(
        panel, short, 0, top + 15, size=size, colour=ink, serif=True, semibold=red, at="left",
        stand="baseline", usual=usual,
    )  # fmt: skip
    write(panel, number, wide, top + 15, size=Z_SIZE, colour=theme.muted, at="right", stand="baseline")
    panel.add_patch(Rectangle((0, top + 20.5), max(BAR, reach), BAR, facecolor=colour, linewidth=0, zorder=2))


def picture_words_by_year(answer: Answer, coverage: Coverage) -> Picture | None:
    """Return how to draw each year's list; where no word sets a year apart, each year's commonest words."""
    frame = answer.frame
    if not len(list_year_words(frame)):
        return picture_cloud_years(answer, coverage)
    return Picture(
        partial(draw_words_years, frame=frame, mark=answer.finding.mark),
        lambda width, narrow: find_words_years_height(frame, width),
        800.0,
        left_out="Log-odds against all other years.",
    )
