"""Which drawing shows a study: the one list of the studies' pictures, and the files that each becomes.

A study's arrays come by name; its title, its source and its findings are words of ours.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from importlib import import_module

import numpy as np
from matplotlib.figure import Figure
from PIL import Image

from pipeline.charts.frame import stand_alone
from pipeline.charts.render import render_png, render_svg
from pipeline.charts.study_picture import StudyPicture
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.wording import set_type

Arrays = Mapping[str, np.ndarray]
Make = Callable[[Arrays], StudyPicture]
SHOT_DPI, N_COLOURS = 96, 128
SHOT_MS, PAUSE_MS = 350, 2500
LONGEST_HEADLINE = 110  # letters; a longer finding stays out of the picture


def load_picture(name: str) -> Make:
    """Return the function that makes a study's picture of its arrays: ``picture_<name>`` of its module."""
    make: Make = getattr(import_module(f"pipeline.charts.study_{name}"), f"picture_{name}")
    return make


def render_study(
    name: str, arrays: Arrays, *, title: str, source: str, words: Sequence[str]
) -> Iterator[tuple[str, bytes]]:
    """Yield path and content of a study's picture, by day, by night, as vectors, and moving where it moves.

    Its headline is the study's first finding, or its title.
    """
    picture = load_picture(name)(arrays)
    headline = words[0].rstrip(".") if words and len(words[0]) <= LONGEST_HEADLINE else title
    headline = set_type(headline).replace("'", "’")
    frame = partial(
        stand_alone, width=picture.width, plot_height=picture.height, headline=headline, deck=picture.deck,
        source=source,
    )  # fmt: skip
    for theme, stem in ((LIGHT, name), (DARK, f"{name}-dark")):
        figure = frame(partial(picture.draw, theme=theme), theme=theme)
        yield f"studies/{stem}.png", render_png(figure)
        if theme is LIGHT:
            yield f"studies/{stem}.svg", render_svg(figure).encode()
    if picture.frames:
        shots = [frame(partial(draw, theme=LIGHT), theme=LIGHT) for draw in picture.frames]
        yield f"studies/{name}.gif", render_gif(shots)


def render_gif(figures: Sequence[Figure]) -> bytes:
    """Return figures as an animation that begins again after a pause, in the colours of the last one."""
    shots = [Image.open(io.BytesIO(render_png(figure, SHOT_DPI))).convert("RGB") for figure in figures]
    palette = shots[-1].quantize(N_COLOURS, dither=Image.Dither.NONE)
    first, *others = (shot.quantize(palette=palette, dither=Image.Dither.NONE) for shot in shots)
    out = io.BytesIO()
    milliseconds = [SHOT_MS] * len(others) + [PAUSE_MS]
    first.save(out, "GIF", save_all=True, append_images=others, duration=milliseconds, loop=0, optimize=False)
    return out.getvalue()
