"""Matplotlib's SVG made fit for the page: halos that stay text, two font families, pixels as its size.

A path effect turns text into outlines, so a halo is taken off while Matplotlib writes and put back as
``paint-order="stroke"``, which every browser of 2017 and later draws under the letters.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

from matplotlib.artist import Artist
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.text import Text

from pipeline.charts.raster import mask_pictures
from pipeline.charts.short_paths import shorten_boxes
from pipeline.charts.style import PT

STACKS = {
    "Source Sans Pro": "'Source Sans Pro', system-ui, sans-serif",
    "Source Serif Pro": "'Source Serif Pro', Charter, Palatino, Georgia, serif",
}


@contextmanager
def take_off_halos(figure: Figure) -> Iterator[dict[str, tuple[str, float]]]:
    """Take every halo off for a while; yield for each group id its colour and its width in points."""
    halos: dict[str, tuple[str, float]] = {}
    texts: list[tuple[Text, list[withStroke]]] = []
    for text in list_texts(figure):
        effects = [effect for effect in text.get_path_effects() if isinstance(effect, withStroke)]
        if not effects:
            continue
        texts.append((text, effects))
        stroke = effects[0]._gc  # type: ignore[attr-defined]  # Matplotlib gives no other way to ask
        name = f"halo-{len(halos)}"
        halos[name] = (str(stroke["foreground"]).lower(), float(stroke["linewidth"]))
        text.set_path_effects([])
        text.set_gid(name)
    try:
        yield halos
    finally:
        for text, effects in texts:
            text.set_path_effects(list(effects))
            text.set_gid(None)


def list_texts(artist: Artist) -> Iterator[Text]:
    """Yield all texts below an artist but those of Matplotlib's axes, which are off and slow to make."""
    if isinstance(artist, Text):
        yield artist
    elif not isinstance(artist, Axis):
        for child in artist.get_children():
            yield from list_texts(child)


def finish_svg(svg: str, halos: dict[str, tuple[str, float]]) -> str:
    """Return the picture as one ``<svg>`` element without prologue, comments and metadata."""
    svg = svg[svg.index("<svg ") :]
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    for name, (colour, width) in halos.items():
        svg = svg.replace(
            f'<g id="{name}">',
            f'<g paint-order="stroke" stroke="{colour}" stroke-width="{width:g}" stroke-linejoin="round">',
        )
    svg = re.sub(r"'(Source \w+ Pro)'(?:, '[^']*')*", lambda m: STACKS[m.group(1)], svg)
    svg = re.sub(r' transform="rotate\(-?0 [^"]*\)"', "", svg)
    return _size_in_pixels(shorten_boxes(mask_pictures(svg)))


def _size_in_pixels(svg: str) -> str:
    def in_pixels(found: re.Match[str]) -> str:
        return f'{found.group(1)}="{round(float(found.group(2)) / PT, 2):g}"'

    head, rest = svg.split(">", 1)
    return re.sub(r'\b(width|height)="([\d.]+)pt"', in_pixels, head) + ">" + rest
