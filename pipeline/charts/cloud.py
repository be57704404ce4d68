"""The words as a cloud: size by count or by z, horizontal only, three blues by rank, the first in red.

The words are set as text, so that they stay sharp, selectable and in the colours of the page.
"""

from __future__ import annotations

from functools import partial
from typing import Any, Literal

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.left_out import can_draw, measure_left_out, say_left_out, write_left_out
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.placing import make_ground, place_words
from pipeline.charts.scripts import Variety, choose_variety
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import say_count
from pipeline.patterns.words import ENOUGH_FOR_CLOUD

EDGE = 2  # px
NARROW_WORDS = 45
LONGEST = 28  # letters of one word that the cloud shows
BESIDE_BAR = 12.0  # px between a word and its bar
LIST_ROW = 25.0
WITHOUT_EVERYDAY = "Everyday words of the language are left out."
SizeBy = Literal["count", "z"]


def find_cloud_height(frame: pd.DataFrame, width: float, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_cloud`` needs."""
    if len(frame) < ENOUGH_FOR_CLOUD:
        words = [word for word, _ in rank_words(frame)]
        n_rows = max(1, -(-sum(map(can_draw, words)) // (1 if narrow else 2)))
        return LIST_ROW * n_rows + 8 + measure_left_out(say_left_out(words), width)
    if narrow:
        return 296.0 + measure_left_out(_say_below([word for word, _ in rank_words(frame)], narrow), width)
    return 400.0 * min(1.0, width / 744)


def _say_below(words: list[str], narrow: bool) -> str:
    """Say which of the words are not drawn: those without a font, and on a phone the rarer ones."""
    n_drawn = sum(map(can_draw, words))
    fewer = narrow and n_drawn > NARROW_WORDS
    parts = [
        f"The {NARROW_WORDS} largest of {n_drawn}; the table has all." if fewer else "",
        say_left_out(words),
    ]
    return " ".join(part for part in parts if part)


def draw_cloud(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    mark: tuple[Any, ...] = (),
    seed: int = 0,
    size_by: SizeBy = "count",
    shape: ArrayLike | None = None,
    usual: Variety | None = None,
    theme: Theme = LIGHT,
    narrow: bool = False,
    least_words: int = ENOUGH_FOR_CLOUD,
    noted: bool = True,
) -> Axes:
    """Draw words as a cloud; under ``least_words`` as a list. The first word is red if marked.

    Each word is set in the font that holds its script, from right to left where it is written so. Words
    that no font of this system holds stay in the table, and a line says so (unless ``noted`` is false).

    Parameters
    ----------
    frame : word and count; with ``size_by`` "z" also z, of which words above zero are drawn.
    shape : bools, true where words may stand, or a picture, inside whatever is not white in it.
    usual : whose Chinese letters are drawn where a word does not tell; by default what the words tell.
    """
    width, height = open_sheet(ax)
    ranked = rank_words(frame, size_by)
    drawn = [(word, weight) for word, weight in ranked if can_draw(word)]
    note = _say_below([word for word, _ in ranked], narrow) if noted else ""
    write_left_out(ax, note, width, height, theme)
    if narrow:
        drawn = drawn[:NARROW_WORDS]
    usual = usual or choose_variety(word for word, _ in drawn)
    if len(drawn) < least_words:
        _draw_list(ax, drawn, mark, usual, theme, width, narrow)
        return ax
    room = int(height - measure_left_out(note, width)) - 2 * EDGE
    named: dict[str, tuple[int, str]] = {}
    for rank, (word, _) in enumerate(drawn):
        named.setdefault(shorten(word), (rank, word))
    weights = tuple((short, float(drawn[rank][1])) for short, (rank, _) in named.items())
    for short, size, x, y in place_words(weights, make_ground(int(width), room, shape), seed, usual):
        rank, word = named[short]
        leads = rank == 0 and word in mark
        colour = theme.mark if leads else colour_of(rank, len(drawn), theme)
        write(
            ax, short, x, y + EDGE, size=size, colour=colour, serif=True, semibold=True, at="left",
            stand="baseline", usual=usual,
        )  # fmt: skip
    return ax


def picture_cloud(frame: pd.DataFrame, mark: tuple[str | int | float, ...]) -> Picture:
    """Return how to draw one cloud, of the whole archive or of one year."""
    draw = partial(draw_cloud, frame=frame, mark=mark)
    return Picture(
        draw, lambda width, narrow: find_cloud_height(frame, width, narrow), 800.0, left_out=WITHOUT_EVERYDAY
    )


def picture_words(answer: Answer, coverage: Coverage) -> Picture:
    """Return how to draw the cloud of the whole archive."""
    return picture_cloud(answer.frame, answer.finding.mark)


def rank_words(frame: pd.DataFrame, size_by: SizeBy = "count") -> list[tuple[str, float]]:
    """Return (word, weight), heaviest first, ties by the word; none without weight."""
    pairs = zip(frame["word"].astype(str), frame[size_by].astype(float), strict=True)
    weights = {word: weight for word, weight in reversed(list(pairs)) if weight > 0}
    return sorted(weights.items(), key=lambda pair: (-pair[1], pair[0]))


def shorten(word: str) -> str:
    """Return a word of at most ``LONGEST`` letters."""
    return word if len(word) <= LONGEST else f"{word[: LONGEST - 1]}…"


def colour_of(rank: int, n_words: int, theme: Theme) -> str:
    """Return the blue of a word by its rank: a sixth of them dark, a third middle, half pale."""
    first, second, third = theme.words
    return first if rank < max(2, n_words / 6) else second if rank < n_words / 2 else third


def _draw_list(
    ax: Axes,
    drawn: list[tuple[str, float]],
    mark: tuple[Any, ...],
    usual: Variety,
    theme: Theme,
    width: float,
    narrow: bool,
) -> None:
    n_columns = 1 if narrow else 2
    n_rows = max(1, -(-len(drawn) // n_columns))
    gap = 44.0
    wide = (width - gap * (n_columns - 1)) / n_columns
    most = max((weight for _, weight in drawn), default=1.0)
    for k, (word, weight) in enumerate(drawn):
        column, row = divmod(k, n_rows)
        x, y = column * (wide + gap), 14 + row * LIST_ROW
        leads = k == 0 and word in mark
        colour = theme.mark if leads else theme.data
        name = place(ax, x, y - 12, wide * 0.5, 24)
        name.set_xlim(0, 1)
        name.set_ylim(0, 1)
        short = shorten(word)
        size = min(15.5, 15.5 * (wide * 0.5 - BESIDE_BAR) / max(1.0, measure(short, 15.5, True, True)))
        write(
            name, short, 0, 0.5, size=size, colour=theme.mark if leads else theme.ink, serif=True,
            semibold=True, at="left", usual=usual,
        )  # fmt: skip
        reach = (wide * 0.5 - 44) * weight / most
        ax.add_patch(Rectangle((x + wide * 0.5, y - 4), reach, 8, facecolor=colour, linewidth=0, zorder=2))
        end = x + wide * 0.5 + reach + 6
        write(ax, say_count(round(weight)), end, y, size=13, colour=theme.ink, semibold=True, at="left")
