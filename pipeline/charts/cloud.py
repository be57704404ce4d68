"""The words as a cloud: size by count, horizontal only, three blues by rank, the most frequent in red.

The package ``wordcloud`` finds the places; the words themselves are set here as text, so that they stay
sharp, selectable and in the colours of the page. The places depend on the counts and the seed alone.
"""

from __future__ import annotations

from functools import cache, lru_cache, partial
from math import sqrt
from random import Random
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from PIL import ImageFont

from pipeline.charts.boxes import open_sheet, place
from pipeline.charts.lettering import measure, write
from pipeline.charts.picture import Picture
from pipeline.charts.style import SERIF_SEMIBOLD, holds
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.answer import Answer
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import count_noun, say_count
from pipeline.patterns.words import ENOUGH_FOR_CLOUD

LEAST_PX = 10
RELATIVE = 0.6  # how far a word's size follows its count, 0 to 1
FILLED = 1.0  # of the place, by the words' whole lines
EDGE = 2  # px
NARROW_WORDS = 45
LONGEST = 28  # letters of one word that the cloud shows
BESIDE_BAR = 12.0  # px between a word and its bar
LIST_ROW = 25.0
WITHOUT_EVERYDAY = "Everyday words of the language are left out."
Placed = tuple[str, float, float, float]  # word, size, left, baseline: CSS pixels from the top left


def find_cloud_height(frame: pd.DataFrame, width: float, narrow: bool) -> float:
    """Return the height in CSS pixels that ``draw_cloud`` needs."""
    if len(frame) < ENOUGH_FOR_CLOUD:
        n_drawn = sum(can_draw(word) for word, _ in rank_words(frame))
        n_rows = max(1, -(-n_drawn // (1 if narrow else 2)))
        return LIST_ROW * n_rows + (8 if n_drawn == len(frame) else 26)
    return 300.0 if narrow else 400.0 * min(1.0, width / 744)


def draw_cloud(
    ax: Axes,
    frame: pd.DataFrame,
    *,
    mark: tuple[Any, ...] = (),
    seed: int = 0,
    theme: Theme = LIGHT,
    narrow: bool = False,
    least_words: int = ENOUGH_FOR_CLOUD,
    noted: bool = True,
) -> Axes:
    """Draw words (word, count) as a cloud; under ``least_words`` as a list. The first word is red if marked.

    Words in a script that the shipped font does not hold stay in the table: the picture counts them in
    a line of its own (unless ``noted`` is false) rather than drawing boxes.
    """
    width, height = open_sheet(ax)
    ranked = rank_words(frame)
    drawn = [(word, n) for word, n in ranked if can_draw(word)]
    left_out = len(ranked) - len(drawn) if noted else 0
    if left_out:
        write(ax, say_left_out(left_out), 0, height - 7, size=12, colour=theme.muted, at="left")
    if narrow:
        drawn = drawn[:NARROW_WORDS]
    if len(drawn) < least_words:
        _draw_list(ax, drawn, mark, theme, width, narrow)
        return ax
    room = height - (20 if left_out else 0)
    ranks = {word: k for k, (word, _) in enumerate(drawn)}
    for word, size, x, y in place_words(tuple(drawn), int(width), int(room) - 2 * EDGE, seed):
        leads = ranks[word] == 0 and word in mark
        colour = theme.mark if leads else colour_of(ranks[word], len(drawn), theme)
        write(
            ax, word, x, y + EDGE, size=size, colour=colour, serif=True, semibold=True, at="left",
            stand="baseline",
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


def can_draw(word: str) -> bool:
    """Say whether the shipped serif holds every letter of ``word``."""
    return bool(word.strip()) and holds(word, serif=True)


def say_left_out(n: int) -> str:
    """Say how many words a picture leaves to its table."""
    return f"{count_noun(n, 'word', 'words')} in another script: see the table."


def rank_words(frame: pd.DataFrame) -> list[tuple[str, int]]:
    """Return (word, count), most frequent first, ties by the word."""
    pairs = [(str(word)[:LONGEST], int(n)) for word, n in zip(frame["word"], frame["count"], strict=True)]
    counts = {word: n for word, n in reversed(pairs) if n > 0}
    return sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))


def colour_of(rank: int, n_words: int, theme: Theme) -> str:
    """Return the blue of a word by its rank: a sixth of them dark, a third middle, half pale."""
    first, second, third = theme.words
    return first if rank < max(2, n_words / 6) else second if rank < n_words / 2 else third


@lru_cache(maxsize=64)
def place_words(drawn: tuple[tuple[str, int], ...], width: int, height: int, seed: int) -> tuple[Placed, ...]:
    """Find a place for every word, making all smaller and more alike until the rarest fits too."""
    from wordcloud import WordCloud

    if not drawn:
        return ()
    counts = dict(drawn)
    largest = min(height / (6.4 if len(drawn) > ENOUGH_FOR_CLOUD else 5.2), width / 4.2)
    largest = min(largest, _fit_size(drawn, width, height))
    best: list[Placed] = []
    relative = RELATIVE
    for _ in range(14):
        cloud = WordCloud(
            font_path=str(SERIF_SEMIBOLD),
            width=width,
            height=height,
            prefer_horizontal=1,
            min_font_size=LEAST_PX,
            max_font_size=max(LEAST_PX + 1, int(largest)),
            relative_scaling=relative,
            margin=4,
            max_words=len(counts),
            random_state=Random(seed),
            color_func=lambda *_, **__: "black",
        ).generate_from_frequencies(counts)
        placed = [_find_baseline(entry) for entry in cloud.layout_]
        if len(placed) > len(best):
            best = placed
        if len(best) == len(counts):
            break
        largest, relative = largest * 0.94, max(0.0, relative - 0.05)
    return tuple(best)


def _fit_size(drawn: tuple[tuple[str, int], ...], width: int, height: int) -> float:
    """Return the size of the first word at which each fits the width and all cover ``FILLED`` of the place.

    Sizes follow the counts as ``wordcloud`` (1.9) has them: s ← s · (r · n/n_before + 1 − r).
    """
    size, area, widest, before = 1.0, 0.0, 0.0, drawn[0][1]
    for word, n in drawn:
        size *= RELATIVE * n / before + 1 - RELATIVE
        before = n
        across = measure(word, 100, True, True) / 100 * size
        widest, area = max(widest, across), area + across * size
    return min((width - 8) / widest, sqrt(FILLED * width * height / area))


def _find_baseline(
    entry: tuple[tuple[str, float], int, tuple[int, int], int | None, str],
) -> Placed:
    (word, _), size, (top, left), _, _ = entry
    ink_top = _load_font(size).getbbox(word, anchor="ls")[1]
    return word, float(size), float(left), float(top - ink_top)


@cache
def _load_font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(SERIF_SEMIBOLD), size)


def _draw_list(
    ax: Axes,
    drawn: list[tuple[str, int]],
    mark: tuple[Any, ...],
    theme: Theme,
    width: float,
    narrow: bool,
) -> None:
    n_columns = 1 if narrow else 2
    n_rows = max(1, -(-len(drawn) // n_columns))
    gap = 44.0
    wide = (width - gap * (n_columns - 1)) / n_columns
    most = max((n for _, n in drawn), default=1)
    for k, (word, n) in enumerate(drawn):
        column, row = divmod(k, n_rows)
        x, y = column * (wide + gap), 14 + row * LIST_ROW
        leads = k == 0 and word in mark
        colour = theme.mark if leads else theme.data
        name = place(ax, x, y - 12, wide * 0.5, 24)
        name.set_xlim(0, 1)
        name.set_ylim(0, 1)
        size = min(15.5, 15.5 * (wide * 0.5 - BESIDE_BAR) / max(1.0, measure(word, 15.5, True, True)))
        write(
            name, word, 0, 0.5, size=size, colour=theme.mark if leads else theme.ink, serif=True,
            semibold=True, at="left",
        )  # fmt: skip
        reach = (wide * 0.5 - 44) * n / most
        ax.add_patch(Rectangle((x + wide * 0.5, y - 4), reach, 8, facecolor=colour, linewidth=0, zorder=2))
        end = x + wide * 0.5 + reach + 6
        write(ax, say_count(n), end, y, size=13, colour=theme.ink, semibold=True, at="left")
