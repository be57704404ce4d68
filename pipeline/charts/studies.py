"""Which drawing shows a study: the one list of the studies' pictures, and the files that each becomes.

A study's arrays come by name; its title, its source and its findings are words of ours.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib import import_module

import numpy as np

from pipeline.charts.frame import stand_alone
from pipeline.charts.render import render_png, render_svg
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.wording import MINUS

Arrays = Mapping[str, np.ndarray]
Make = Callable[[Arrays], StudyPicture]
LONGEST_HEADLINE = 110  # letters; a longer finding stays out of the picture


def load_picture(name: str) -> Make:
    """Return the function that makes a study's picture of its arrays: ``picture_<name>`` of its module."""
    make: Make = getattr(import_module(f"pipeline.charts.study_{name}"), f"picture_{name}")
    return make


def render_study(
    name: str, arrays: Arrays, *, title: str, source: str, words: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of a study's picture, by day and by night and as vectors.

    Its headline is the study's first finding, or its title.
    """
    picture = load_picture(name)(arrays)
    headline = words[0].rstrip(".") if words and len(words[0]) <= LONGEST_HEADLINE else title
    headline = re.sub(r"(?<!\w)-(?=\d)", MINUS, headline).replace("'", "’")
    for theme, stem in ((LIGHT, name), (DARK, f"{name}-dark")):
        figure = stand_alone(
            lambda ax, theme=theme: picture.draw(ax, theme=theme),  # type: ignore[misc]
            width=picture.width,
            plot_height=picture.height,
            headline=headline,
            deck=picture.deck,
            source=source,
            theme=theme,
        )
        yield f"studies/{stem}.png", render_png(figure)
        if theme is LIGHT:
            yield f"studies/{stem}.svg", render_svg(figure).encode()
