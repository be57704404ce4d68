"""Text on Axes: the two voices, offsets in CSS pixels, the halo, and how wide a text will be.

Text is set on its baseline: Matplotlib's own 'center' follows the ink, so that 'Jun' and 'Feb' would not
stand on one line. No text is ever read as mathematics: a query may hold ``$\\foo{``.
"""

from __future__ import annotations

from functools import cache
from typing import Any, Literal
from unicodedata import bidirectional, category

from matplotlib.axes import Axes
from matplotlib.font_manager import FontProperties
from matplotlib.patheffects import withStroke
from matplotlib.text import Text
from matplotlib.textpath import TextToPath

from pipeline.charts.faces import list_families, make_drawable
from pipeline.charts.scripts import Variety
from pipeline.charts.style import PT, keep_letters_secret

HALO_PT = 3.0  # the stroke's width; half of it stands outside the letter
RISE = {"baseline": 0.0, "middle": 0.33, "top": 0.70}  # of the size; figures are 0.65 high in both families
Stand = Literal["baseline", "middle", "top"]


def set_font(
    text: str, size: float, serif: bool = False, semibold: bool = False, usual: Variety = "SC"
) -> FontProperties:
    """Return the font for ``text``, ``size`` in CSS pixels; one of our four where it has all the letters."""
    families = list(list_families(text, serif, usual))
    return FontProperties(family=families, weight=600 if semibold else 400, size=size * PT)


def write(
    ax: Axes,
    text: str,
    x: float,
    y: float,
    *,
    size: float,
    colour: str,
    serif: bool = False,
    semibold: bool = False,
    at: Literal["left", "center", "right"] = "center",
    stand: Stand = "middle",
    shift: tuple[float, float] = (0, 0),
    halo: str | None = None,
    on: str = "data",
    layer: float = 6.0,
    usual: Variety = "SC",
) -> Text:
    """Write ``text`` at a point of ``ax``; letters that no font of this system holds become "…".

    ``size`` and ``shift`` (right, up) are in CSS pixels; ``on`` says what ``x`` and ``y`` are: 'data',
    'x' (x data, y a fraction of the Axes) or 'y' (the other way round); ``halo`` is a colour;
    ``usual`` says whose Chinese letters the texts around have, where this one does not tell.
    """
    systems: dict[str, Any] = {
        "data": "data",
        "x": ("data", "axes fraction"),
        "y": ("axes fraction", "data"),
    }
    right, up = shift
    label = ax.annotate(
        make_drawable(text, serif),
        (x, y),
        xycoords=systems[on],
        xytext=(right * PT, (up - RISE[stand] * size) * PT),
        textcoords="offset points",
        fontproperties=set_font(text, size, serif, semibold, usual),
        color=colour,
        ha=at,
        va="baseline",
        annotation_clip=False,
        zorder=layer,
        parse_math=False,
    )
    if halo is not None:
        label.set_path_effects([withStroke(linewidth=HALO_PT, foreground=halo, joinstyle="round")])
    return label


@cache
def measure(text: str, size: float, serif: bool = False, semibold: bool = False) -> float:
    """Return how many CSS pixels wide ``text`` will be."""
    with keep_letters_secret():
        font = set_font(text, size, serif, semibold)
        drawn = make_drawable(text, serif)
        width, _, _ = TextToPath().get_text_width_height_descent(drawn, font, False)
    return float(width) / PT


def nudge_inside(spot: float, half: float, width: float) -> float:
    """Return how far a label about ``spot``, ``half`` its width to each side, moves to stay in ``width``."""
    return min(max(spot, half), width - half) - spot


def begin_at_left(text: str) -> str:
    """Return a sentence of ours so that it begins at the left, whatever the script of a word in it.

    Matplotlib lets a line run as its first letter does: a sentence that begins with an Arabic word would
    stand in reverse order. A mark of direction (U+200E) before it has no shape.
    """
    turned = any(bidirectional(letter) in ("R", "AL") for letter in text)
    return f"\u200e{text}" if turned else text


def cut_to_width(text: str, size: float, width: float, *, serif: bool = False, semibold: bool = False) -> str:
    """Return ``text`` cut with "…" to as many letters as fit ``width``; marks stay with their letter."""
    kept = text
    while kept and measure(kept if kept == text else f"{kept}…", size, serif, semibold) > width:
        kept = kept[:-1]
        while kept and category(kept[-1]) in ("Mn", "Mc", "Cf"):
            kept = kept[:-1]
    return kept if kept == text else f"{kept.rstrip()}…"


def balance(
    text: str, size: float, width: float, *, serif: bool = False, semibold: bool = False
) -> list[str]:
    """Break ``text`` into as few lines as fit ``width``, as even as can be; a long word stands alone."""
    words = text.split(" ")
    fewest = len(_fill(words, size, width, serif, semibold))
    low, high = 0.0, width
    for _ in range(12):  # halving the width finds the narrowest column with as few lines
        middle = (low + high) / 2
        if len(_fill(words, size, middle, serif, semibold)) > fewest:
            low = middle
        else:
            high = middle
    return _fill(words, size, high, serif, semibold)


def fill_lines(text: str, size: float, width: float) -> list[str]:
    """Break ``text`` into lines that are as full as ``width`` allows."""
    return _fill(text.split(" "), size, width, False, False)


def _fill(words: list[str], size: float, width: float, serif: bool, semibold: bool) -> list[str]:
    lines: list[str] = []
    for word in words:
        if lines and measure(f"{lines[-1]} {word}", size, serif, semibold) <= width:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines
