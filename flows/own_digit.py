"""A drawing of a digit, brought into the form that MNIST's digits have: light ink on black, in the middle.

Grey; inverted where the paper is the lighter of both; cut to the ink, at most 20 pixels either way, its
centre of mass in the middle of 28 × 28.

Reference: Y. LeCun, C. Cortes & C. Burges 1998, *The MNIST Database of Handwritten Digits*.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.errors import SettingsError

SIDE, INK = 28, 20
LEAST_INK = 0.15  # of the darkest, so that a shadow on the paper is none
MOST_PIXELS = 100_000_000


def read_digit(path: Path) -> NDArray[np.uint8]:
    """Return the picture in a file as a digit of MNIST's, (28, 28).

    Raises ``SettingsError`` where it is no picture, is too large, or shows nothing.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as file:
            if file.width * file.height > MOST_PIXELS:
                raise _refuse("This picture is too large", path)
            drawn = file.convert("RGBA")
    except (OSError, UnidentifiedImageError, ValueError, SyntaxError, Image.DecompressionBombError) as error:
        raise _refuse("This is no picture that can be read", path) from error
    paper = Image.new("RGBA", drawn.size, "white")
    return centre_digit(np.asarray(Image.alpha_composite(paper, drawn).convert("L"), np.float64), path)


def centre_digit(grey: NDArray[Any], path: Path) -> NDArray[np.uint8]:
    """Return a grey picture (rows, columns), 0 to 255, as a digit of MNIST's; ``path`` names it in errors."""
    from PIL import Image

    edge = np.concatenate([grey[0], grey[-1], grey[:, 0], grey[:, -1]])
    ink = np.abs(grey - np.median(edge))  # whichever of both is the lighter
    if ink.max() < 16:
        raise _refuse("This picture shows nothing", path)
    ink = np.where(ink > LEAST_INK * ink.max(), ink, 0) * (255 / ink.max())
    rows, columns = np.flatnonzero(ink.any(axis=1)), np.flatnonzero(ink.any(axis=0))
    cut = ink[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = INK / max(cut.shape)
    size = (max(1, round(cut.shape[1] * scale)), max(1, round(cut.shape[0] * scale)))
    small = np.asarray(
        Image.fromarray(cut.astype(np.uint8)).resize(size, Image.Resampling.LANCZOS), np.float64
    )
    small *= 255 / max(small.max(), 1)
    middle = [
        float((np.arange(n) * small.sum(axis=1 - k)).sum() / small.sum()) for k, n in enumerate(small.shape)
    ]
    top, left = (
        int(np.clip(round((SIDE - 1) / 2 - at), 0, SIDE - n))
        for at, n in zip(middle, small.shape, strict=True)
    )
    digit = np.zeros((SIDE, SIDE), np.uint8)
    digit[top : top + small.shape[0], left : left + small.shape[1]] = np.clip(small, 0, 255).astype(np.uint8)
    return digit


def _refuse(what: str, path: Path) -> SettingsError:
    return SettingsError(what, where=str(path), remedy="Give a PNG or a JPEG of one digit on plain paper.")
