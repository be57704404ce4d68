"""The editions of one chart, of which the style shows one: by width and, with a raster, by theme."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from markupsafe import Markup

from pipeline.charts.tokens import DARK, LIGHT
from pipeline.report.contents import Drawing
from pipeline.report.inline_svg import inline_svg
from pipeline.report.variables import map_colours


class Edition(NamedTuple):
    """One inline picture and the classes by which ``page.css`` shows or hides it."""

    classes: str
    svg: Markup


def list_editions(name: str, drawing: Drawing) -> Iterator[Edition]:
    """Yield every edition of a drawing; all of them are labelled by the element ``<name>-alt``."""
    for form in ("wide", "middle", "narrow"):
        light, dark = getattr(drawing, form), getattr(drawing, f"{form}_dark")
        if light is None:
            continue
        shape = "full" if form == "wide" and drawing.middle is not None else form
        yield Edition(
            f"{shape} on-light" if dark is not None else shape,
            inline_svg(light, prefix=f"{name}-{form}-", colours=map_colours(LIGHT), label_id=f"{name}-alt"),
        )
        if dark is not None:
            yield Edition(
                f"{shape} on-dark",
                inline_svg(
                    dark, prefix=f"{name}-{form}-dark-", colours=map_colours(DARK), label_id=f"{name}-alt"
                ),
            )
