"""The house style of Matplotlib: our fonts, sizes in CSS pixels, and figures that need no pyplot.

One CSS pixel is 1/96 inch, 0.75 point. Every drawing function counts in CSS pixels from the top left of
the Axes that it is given; only this module knows inches.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontEntry, fontManager, ttfFontProperty
from matplotlib.ft2font import FT2Font

PT = 0.75  # points in a CSS pixel
DPI = 192
FONT_FOLDER = Path(__file__).parent / "fonts"
SERIF_SEMIBOLD = FONT_FOLDER / "SourceSerifPro-Semibold.otf"

SAVING: Any = {
    "text.parse_math": False,
    "svg.fonttype": "none",
    "svg.hashsalt": "almanac",
    "path.simplify": False,
    "savefig.facecolor": "auto",
    "savefig.edgecolor": "auto",
    "savefig.bbox": None,
    "svg.image_inline": True,
}
"""What holds while a figure is written; what a drawing needs it says itself."""


@cache
def register_fonts() -> None:
    """Put the shipped fonts before any of the same name that the system has."""
    # Fallback fonts without a semibold are no news to the owner.
    logging.getLogger("matplotlib.font_manager").setLevel(logging.ERROR)
    ours = [_read_font(path) for path in sorted(FONT_FOLDER.glob("*.otf"))]
    names = {entry.name for entry in ours}
    others = [entry for entry in fontManager.ttflist if entry.name not in names]
    fontManager.ttflist[:] = [*ours, *others]


def _read_font(path: Path) -> FontEntry:
    return ttfFontProperty(FT2Font(str(path)))


def holds(text: str, serif: bool) -> bool:
    """Say whether the shipped family has every letter of ``text``."""
    return _held_letters(serif).issuperset(map(ord, text))


@cache
def _held_letters(serif: bool) -> frozenset[int]:
    path = SERIF_SEMIBOLD if serif else FONT_FOLDER / "SourceSansPro-Semibold.otf"
    return frozenset(FT2Font(str(path)).get_charmap())


@contextmanager
def keep_letters_secret() -> Iterator[None]:
    """Keep Matplotlib from naming, in a warning, the owner's letters that no font holds."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph ")
        yield


def new_figure(width: float, height: float, background: str | None = None) -> Figure:
    """Make an empty figure of ``width`` × ``height`` CSS pixels; without a background it is transparent."""
    register_fonts()
    figure = Figure(figsize=(width / 96, height / 96), dpi=DPI, facecolor=background or "none")
    FigureCanvasAgg(figure)
    return figure


def add_box(figure: Figure, left: float, top: float, width: float, height: float) -> Axes:
    """Add empty Axes at a place given in CSS pixels from the figure's top left."""
    inches_wide, inches_high = figure.get_size_inches()
    whole = (inches_wide * 96, inches_high * 96)
    ax = figure.add_axes(find_bounds(whole, left, top, width, height))
    ax.set_axis_off()
    return ax


def find_bounds(
    whole: tuple[float, float], left: float, top: float, width: float, height: float
) -> tuple[float, float, float, float]:
    """Turn a place counted from the top left into Matplotlib's shares of the whole, from the bottom left."""
    whole_width, whole_height = whole
    bottom = whole_height - top - height
    return left / whole_width, bottom / whole_height, width / whole_width, height / whole_height
