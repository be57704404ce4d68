"""The dots as a small picture: one colour, sixteen strengths, four bits a pixel."""

from __future__ import annotations

import base64
import io

import numpy as np
from PIL import Image

N_STRENGTHS = 16
MOST_OFF = 8  # of 255: half transparent pixels are rounded
HEAD = "data:image/png;base64,"


def shrink_png(address: str) -> str:
    """Return a data URI of the same picture with sixteen strengths; one in several colours stays as it is."""
    content = base64.b64decode("".join(address.removeprefix(HEAD).split()))
    with Image.open(io.BytesIO(content)) as image:
        pixels = np.asarray(image.convert("RGBA"))
    solid = pixels[pixels[..., 3] > 128][:, :3].astype(int)
    if solid.size == 0:
        return address
    colour = np.median(solid, axis=0).astype(int)
    if int(np.abs(solid - colour).max()) > MOST_OFF:
        return address
    strengths = np.round(pixels[..., 3].astype(float) / 255 * (N_STRENGTHS - 1)).astype(np.uint8)
    small = Image.fromarray(strengths, mode="P")
    small.putpalette([part for _ in range(N_STRENGTHS) for part in colour.tolist()])
    alphas = bytes(round(k / (N_STRENGTHS - 1) * 255) for k in range(N_STRENGTHS))
    out = io.BytesIO()
    small.save(out, format="PNG", bits=4, transparency=alphas)
    return HEAD + base64.b64encode(out.getvalue()).decode("ascii")
