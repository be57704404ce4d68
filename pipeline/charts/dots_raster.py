"""Many dots as one raster of strengths: its time and its size hardly grow with their number.

Dots that lie on one another cover as paints do: of n dots that let a share of the paper through, the
n-th power of that share is left. In logarithms covering is a sum, so all dots are counted into pixels
first, and one small disc is then summed over the counts.
"""

from __future__ import annotations

from math import ceil, sqrt
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_rgb
from matplotlib.image import AxesImage

FINE = 8  # points across a pixel when the edge of a disc is measured


class DotsImage(AxesImage):
    """Dots on Axes that are shaded when they are drawn, in as many pixels as the renderer wants.

    ``x`` and ``y`` are in data units; ``area`` is in pt² as Matplotlib counts a marker's: the square of
    its width.
    """

    def __init__(
        self, ax: Axes, x: np.ndarray, y: np.ndarray, *, area: float, strength: float, colour: str
    ) -> None:
        super().__init__(ax)
        self.set_data(np.zeros((1, 1)))  # Matplotlib leaves out an image without data
        self.set_clip_on(False)  # a dot at the edge stands half outside
        self.x, self.y = x, y
        self.area, self.strength, self.colour = area, strength, colour

    def make_image(
        self, renderer: RendererBase, magnification: float = 1.0, unsampled: bool = False
    ) -> tuple[np.ndarray, float, float, Any]:
        """Return the dots as RGBA, bottom up, the left and lower end in display units, and no transform."""
        (left, right), (low, high) = self.axes.get_xlim(), self.axes.get_ylim()
        x0, y0 = self.axes.transData.transform((left, low))
        x1, y1 = self.axes.transData.transform((right, high))
        point: Any = renderer.points_to_pixels(1.0)
        radius = sqrt(self.area) / 2 * float(point) * magnification
        margin = ceil(radius) + 1
        width, height = (max(1, round(float(size) * magnification)) for size in (x1 - x0, y1 - y0))
        across = (self.x - left) / (right - left) * width + margin
        up = (self.y - low) / (high - low) * height + margin
        shape = (height + 2 * margin, width + 2 * margin)
        shades = shade_dots(across, up, shape, radius, self.strength)
        image = np.empty((*shape, 4), dtype=np.uint8)
        image[..., :3] = np.round(np.array(to_rgb(self.colour)) * 255)
        image[..., 3] = np.round(shades * 255)
        return image, float(x0) - margin / magnification, float(y0) - margin / magnification, None


def shade_dots(
    x: np.ndarray, y: np.ndarray, shape: tuple[int, int], radius: float, strength: float
) -> np.ndarray:
    """Return how strongly dots cover each pixel: (rows, columns) of float32, 0 to 1.

    ``x`` and ``y`` are counted in pixels from the raster's first row and column; dots outside are left
    out. Between two columns a dot is shared, so that days narrower than a pixel make no stripes.
    """
    height, width = shape
    inside = (x >= 0) & (x < width) & (y >= 0) & (y < height)
    across = x[inside] - 0.5
    column = np.floor(across).astype(np.int64)
    share = across - column
    line = y[inside].astype(np.int64) * (width + 2) + column + 1
    size = height * (width + 2)
    counts = np.bincount(line, 1 - share, size) + np.bincount(line + 1, share, size)
    whole = counts.reshape(height, width + 2)[:, 1:-1].astype(np.float32)
    disc = -np.log1p(-strength * measure_disc(radius)).astype(np.float32)
    reach = disc.shape[0] // 2
    depth = np.zeros(shape, dtype=np.float32)
    for down, right in np.argwhere(disc > 0):
        into, out = _shift(down - reach, height), _shift(right - reach, width)
        depth[into[0], out[0]] += disc[down, right] * whole[into[1], out[1]]
    return 1 - np.exp(-depth)


def measure_disc(radius: float) -> np.ndarray:
    """Return the share of each pixel that a disc around the middle one covers, an odd square."""
    reach = max(0, ceil(radius - 0.5))
    n_pixels = 2 * reach + 1
    at = (np.arange(n_pixels * FINE) + 0.5) / FINE - n_pixels / 2
    within = (at[:, None] ** 2 + at[None, :] ** 2) <= radius**2
    shares = within.reshape(n_pixels, FINE, n_pixels, FINE).mean(axis=(1, 3))
    return np.asarray(shares, dtype=np.float64)


def _shift(by: int, size: int) -> tuple[slice, slice]:
    """Return where a line of ``size`` pixels, moved ``by``, goes to and comes from."""
    return slice(max(0, by), min(size, size + by)), slice(max(0, -by), min(size, size - by))
