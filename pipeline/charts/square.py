"""The square form, 640 × 640, for where pictures are shown small and side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.charts.boxes import open_sheet, place, size_of
from pipeline.charts.frame import lay_out_frame, say_source, stand_alone
from pipeline.charts.picture import Picture
from pipeline.charts.svg import list_texts
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage

SIDE, PAD = 640.0, 28.0  # CSS px
MOST_BLANK = 0.2  # of the room, below the lowest word


def make_square(
    picture: Picture, headline: str, deck: str, coverage: Coverage, *, theme: Theme = LIGHT
) -> Figure | None:
    """Return a picture as a square; ``None`` where it is too tall for that.

    A plot that can grow fills the height; one whose rows have a height of their own stands in the middle.
    """
    source = say_source(coverage, picture.left_out)
    frame = lay_out_frame(SIDE, headline, deck, source)
    room = SIDE - frame.above - frame.below
    natural = picture.height(SIDE - 2 * PAD, False)
    if natural > room:
        return None
    draw = partial(picture.draw, theme=theme, narrow=False)
    set_in_frame = partial(
        stand_alone, width=SIDE, plot_height=room, headline=headline, deck=deck, source=source, theme=theme
    )
    plots: list[Axes] = []
    figure = set_in_frame(_remember(draw, plots))
    if find_blank(plots[0]) <= MOST_BLANK * room:
        return figure
    return set_in_frame(lambda ax: draw(_halve_blank(ax, natural)))


def find_blank(ax: Axes) -> float:
    """Return how many CSS pixels are blank below the lowest word on Axes and what is placed on them."""
    renderer = ax.figure.canvas.get_renderer()  # type: ignore[attr-defined]  # that of Agg has one
    ends = [text.get_window_extent(renderer).y0 for text in list_texts(ax) if text.get_text()]
    return float(min(ends, default=0.0) - ax.get_window_extent().y0) * 96 / ax.figure.dpi


def _remember(draw: Callable[[Axes], Axes], plots: list[Axes]) -> Callable[[Axes], Axes]:
    def draw_and_remember(ax: Axes) -> Axes:
        plots.append(ax)
        return draw(ax)

    return draw_and_remember


def _halve_blank(ax: Axes, natural: float) -> Axes:
    """Return Axes of the natural height in the middle of others."""
    open_sheet(ax)
    width, height = size_of(ax)
    return place(ax, 0, (height - natural) / 2, width, natural)
