"""A study's drawing: what it measures, how large it is, and how it is drawn."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from matplotlib.axes import Axes

from pipeline.charts.tokens import Theme

WIDE = 800.0  # CSS px of a picture with panels; 720 of one with a single plot


class Draw(Protocol):
    """Draw on Axes of the picture's size."""

    def __call__(self, ax: Axes, *, theme: Theme) -> Axes: ...


class StudyPicture(NamedTuple):
    """How to draw a study."""

    draw: Draw
    deck: str  # measure and units
    height: float  # of the plot, in CSS pixels
    width: float = WIDE
    frames: tuple[Draw, ...] = ()  # of an animation, if there is one
