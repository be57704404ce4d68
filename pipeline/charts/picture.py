"""One answer's drawing and the two forms that are made of it: alone, and bare as the page needs it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from pipeline.charts.frame import say_source, stand_alone
from pipeline.charts.style import add_box, new_figure
from pipeline.charts.tokens import LIGHT, Theme
from pipeline.patterns.coverage import Coverage

PAGE_WIDTH, NARROW_WIDTH = 744.0, 328.0  # CSS px
NARROW_ALONE = 360.0
Draw = Callable[..., Axes]  # (ax, *, theme, narrow) -> Axes


@dataclass(frozen=True, slots=True)
class Picture:
    """One answer's drawing: ``draw(ax, theme=…, narrow=…)`` and ``height(width, narrow)``, in CSS pixels."""

    draw: Draw
    height: Callable[[float, bool], float]
    alone_width: float = 720.0
    page_width: float = PAGE_WIDTH
    left_out: str = ""  # what the source line adds
    has_raster: bool = False  # whose colours the page cannot exchange
    headline_px: float = 24.0


def make_alone(
    picture: Picture,
    headline: str,
    deck: str,
    coverage: Coverage,
    *,
    theme: Theme = LIGHT,
    narrow: bool = False,
) -> Figure:
    """Return the form that stands alone."""
    width = NARROW_ALONE if narrow else picture.alone_width
    inner = width - (32 if narrow else 56)
    return stand_alone(
        lambda ax: picture.draw(ax, theme=theme, narrow=narrow),
        width=width,
        plot_height=picture.height(inner, narrow),
        headline=headline,
        deck=deck,
        source=say_source(coverage, picture.left_out),
        theme=theme,
        narrow=narrow,
        headline_px=picture.headline_px,
    )


def make_page_form(picture: Picture, width: float, *, theme: Theme = LIGHT, narrow: bool = False) -> Figure:
    """Return the bare, transparent form that stands in the page under a headline of its own."""
    height = picture.height(width, narrow)
    figure = new_figure(width, height)
    picture.draw(add_box(figure, 0, 0, width, height), theme=theme, narrow=narrow)
    return figure
