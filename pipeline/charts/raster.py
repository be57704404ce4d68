"""The dots as a small picture of strengths, through which any colour can be poured: one for day and night.

A picture in one colour becomes a mask of white in sixteen strengths, four bits a pixel, and a rectangle of
the colour behind it; the page exchanges the rectangle's colour as it does every other.
"""

from __future__ import annotations

import base64
import io
import re

import numpy as np
from PIL import Image

N_STRENGTHS = 16
MOST_OFF = 8  # of 255: half transparent pixels are rounded
HEAD = "data:image/png;base64,"


def mask_pictures(svg: str) -> str:
    """Return an SVG of Matplotlib's whose pictures in one colour are masks; the others stay as they are."""
    names = (f"strengths-{k}" for k in range(svg.count("<image") + 1))
    return re.sub(r"<image\b[^>]*>", lambda found: _pour(found.group(), next(names)), svg)


def _pour(image: str, name: str) -> str:
    said = dict(re.findall(r'([\w:]+)="([^"]*)"', image))
    pixels = _read(said.get("xlink:href", ""))
    colour = find_colour(pixels)
    if colour is None:
        return image
    box = " ".join(f'{side}="{said[side]}"' for side in ("x", "y", "width", "height"))
    place = f' transform="{said["transform"]}"' if "transform" in said else ""
    fill = "#" + bytes(colour).hex()
    return (
        f'<g{place}><mask id="{name}" maskUnits="userSpaceOnUse" {box}>'
        f'<image {box} xlink:href="{write_strengths(pixels[..., 3])}"/></mask>'
        f'<rect {box} mask="url(#{name})" style="fill: {fill}"/></g>'
    )


def find_colour(pixels: np.ndarray) -> tuple[int, int, int] | None:
    """Return the one colour of RGBA pixels, ``None`` where they have several or nothing is solid."""
    solid = pixels[pixels[..., 3] > 128][:, :3].astype(int)
    if solid.size == 0:
        solid = pixels[pixels[..., 3] > 0][:, :3].astype(int)
    if solid.size == 0:
        return None
    red, green, blue = (int(part) for part in np.median(solid, axis=0))
    return (red, green, blue) if int(np.abs(solid - (red, green, blue)).max()) <= MOST_OFF else None


def write_strengths(alpha: np.ndarray) -> str:
    """Return a data URI of a white picture from its alpha (0 to 255), in sixteen strengths."""
    strengths = np.round(alpha.astype(float) / 255 * (N_STRENGTHS - 1)).astype(np.uint8)
    small = Image.fromarray(strengths, mode="P")
    small.putpalette([255] * 3 * N_STRENGTHS)
    alphas = bytes(round(k / (N_STRENGTHS - 1) * 255) for k in range(N_STRENGTHS))
    out = io.BytesIO()
    small.save(
        out, format="PNG", bits=4, transparency=alphas
    )  # a tenth of the time of ``optimize``, 2 % larger
    return HEAD + base64.b64encode(out.getvalue()).decode("ascii")


def _read(address: str) -> np.ndarray:
    content = base64.b64decode("".join(address.removeprefix(HEAD).split()))
    with Image.open(io.BytesIO(content)) as image:
        return np.asarray(image.convert("RGBA"))
