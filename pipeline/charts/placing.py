"""Places for the words of a cloud: each measured in the font that holds it, on free ground inside a shape.

The package ``wordcloud`` knows which places are free; how large a word's ink is, in whatever script, only
Matplotlib knows, which draws it. The places depend on the words, their weights and the seed alone.
"""

from __future__ import annotations

from functools import lru_cache
from math import ceil, sqrt
from random import Random
from typing import Any, NamedTuple

import numpy as np
from matplotlib.backends.backend_agg import RendererAgg
from numpy.typing import ArrayLike, NDArray

from pipeline.charts.faces import make_drawable
from pipeline.charts.lettering import set_font
from pipeline.charts.scripts import Variety
from pipeline.charts.style import PT, keep_letters_secret

LEAST_PX = 10
RELATIVE = 0.6  # how far a word's size follows its weight, 0 to 1: size grows about as weight ** RELATIVE
LEAST_RELATIVE = 0.35  # where the ground would stay empty
FILLED = 1.0  # of the ground, by the words' whole lines
RISES, FALLS = 0.72, 0.24  # of the size: a line of the serif, which a place must have room for
BESIDE, ABOVE = 6, 2  # px that stay free around a word: side by side two would read as a phrase
ATTEMPTS = 14
DENSE = 30  # words, from which on the first is no larger than a 6.4th of the height


class Ink(NamedTuple):
    """What a word covers: its strengths (0 to 255) and where they begin, right of and above the pen."""

    strengths: NDArray[np.uint8]
    left: int
    top: int  # rows above the baseline


class Placed(NamedTuple):
    """A word in its place: size, left end of the line and baseline in CSS pixels from the top left."""

    word: str
    size: float
    x: float
    y: float


class Ground(NamedTuple):
    """Where words may stand: a sheet in CSS pixels, of which a shape may leave only a part free."""

    width: int
    height: int
    free: bytes = b""  # packed bits of (height, width), nothing where all is free

    @property
    def blocked(self) -> NDArray[np.bool_] | None:
        """Return what is not free as (height, width), ``None`` where all is."""
        if not self.free:
            return None
        bits = np.unpackbits(np.frombuffer(self.free, dtype=np.uint8), count=self.width * self.height)
        blocked: NDArray[np.bool_] = bits.reshape(self.height, self.width) == 0
        return blocked

    @property
    def area(self) -> int:
        """Return how many pixels are free."""
        blocked = self.blocked
        return self.width * self.height if blocked is None else int(np.count_nonzero(~blocked))


def _read_shape(picture: NDArray[Any]) -> NDArray[np.bool_]:
    """Return what lies inside the shape of a picture."""
    if picture.dtype == bool:
        return picture
    if picture.ndim != 3:
        return np.asarray(picture != 255)
    coloured = (picture[:, :, :3] != 255).any(axis=2)
    return np.asarray(coloured & (picture[:, :, 3] > 0) if picture.shape[2] == 4 else coloured)


def make_ground(width: int, height: int, shape: ArrayLike | None = None) -> Ground:
    """Return the ground of a sheet; with a shape only what lies inside it is free.

    ``shape`` is an array of bools, (rows, columns), true inside; or a picture, grey or with colours, of
    which all is inside that is neither white (255, as in ``wordcloud``) nor transparent. It is made as
    large as the sheet allows without changing its proportions, and stands in the middle.
    """
    if shape is None:
        return Ground(width, height)
    marked = _read_shape(np.asarray(shape))
    if marked.ndim != 2 or not marked.any():
        raise ValueError("A cloud's shape must be a picture, (rows, columns), with something in it.")
    rows, columns = marked.shape
    scale = min(width / columns, height / rows)
    high, wide = max(1, int(rows * scale)), max(1, int(columns * scale))
    down = np.minimum((np.arange(high) / scale).astype(int), rows - 1)
    across = np.minimum((np.arange(wide) / scale).astype(int), columns - 1)
    free = np.zeros((height, width), dtype=bool)
    top, left = (height - high) // 2, (width - wide) // 2
    free[top : top + high, left : left + wide] = marked[down][:, across]
    return Ground(width, height, np.packbits(free).tobytes())


@lru_cache(maxsize=4096)
def find_ink(word: str, size: int, usual: Variety = "SC") -> Ink:
    """Return the ink of ``word`` in the semibold serif, or what holds its letters, at ``size`` CSS pixels."""
    font = set_font(word, size / PT, serif=True, semibold=True, usual=usual)  # at 72 dots a point is a pixel
    text = make_drawable(word, True)
    renderer: Any = RendererAgg  # whose methods have no types
    with keep_letters_secret():
        wide, high, below = renderer(1, 1, 72).get_text_width_height_descent(text, font, False)
        room = size  # marks and swashes may reach beyond the line
        width, rows = int(wide) + 2 * room + 1, int(high) + 2 * room + 1
        baseline = rows - room - int(below)
        sheet = renderer(width, rows, 72)
        sheet.draw_text(sheet.new_gc(), room, baseline, text, font, 0)
    strengths = np.asarray(sheet.buffer_rgba())[:, :, 3]
    down, across = np.flatnonzero(strengths.any(axis=1)), np.flatnonzero(strengths.any(axis=0))
    if not len(down):
        return Ink(np.zeros((1, 1), dtype=np.uint8), 0, 0)
    cut = strengths[down[0] : down[-1] + 1, across[0] : across[-1] + 1].copy()
    return Ink(cut, int(across[0]) - room, baseline - int(down[0]))


@lru_cache(maxsize=64)
def place_words(
    drawn: tuple[tuple[str, float], ...], ground: Ground, seed: int, usual: Variety = "SC"
) -> tuple[Placed, ...]:
    """Find a place for every (word, weight), heaviest first.

    All are made smaller and more alike until the lightest fits too; a ground too small for all of them
    at ``LEAST_PX`` keeps as many as it can.
    """
    if not drawn:
        return ()
    blocked = ground.blocked
    largest, relative = _fit_sizes(drawn, ground, usual)
    best: list[Placed] = []
    for _ in range(ATTEMPTS):
        placed = _try_places(drawn, ground, blocked, largest, relative, seed, usual)
        if len(placed) > len(best):
            best = placed
        if len(best) == len(drawn):
            break
        largest, relative = largest * 0.94, max(0.0, relative - 0.05)
    return tuple(best)


def _try_places(
    drawn: tuple[tuple[str, float], ...],
    ground: Ground,
    blocked: NDArray[np.bool_] | None,
    largest: float,
    relative: float,
    seed: int,
    usual: Variety,
) -> list[Placed]:
    from wordcloud.wordcloud import IntegralOccupancyMap  # which loads much of Matplotlib and Pillow

    occupied = IntegralOccupancyMap(ground.height, ground.width, blocked)
    sheet = np.zeros((ground.height, ground.width), dtype=np.uint8)
    if blocked is not None:
        sheet[blocked] = 255
    random = Random(seed)
    placed: list[Placed] = []
    size, before = max(LEAST_PX + 1.0, float(int(largest))), drawn[0][1]
    for word, weight in drawn:
        size *= relative * weight / before + 1 - relative
        before = weight
        pixels = max(LEAST_PX, round(size))
        place = None
        while place is None and pixels >= LEAST_PX:
            ink = find_ink(word, pixels, usual)
            rows, columns = ink.strengths.shape
            over = max(0, ceil(RISES * pixels) - ink.top)
            under = max(0, ceil(FALLS * pixels) - (rows - ink.top))
            place = occupied.sample_position(over + rows + under + 2 * ABOVE, columns + 2 * BESIDE, random)
            pixels -= place is None
        if place is None:
            continue
        size = min(size, float(pixels))
        # wordcloud (1.9) looks at the rows and columns after the place that it names.
        top, left = place[0] + 1 + ABOVE + over, place[1] + 1 + BESIDE
        patch = sheet[top : top + rows, left : left + columns]
        np.maximum(patch, ink.strengths, out=patch)
        occupied.update(sheet, top, left)
        placed.append(Placed(word, float(pixels), float(left - ink.left), float(top + ink.top)))
    return placed


def _follow_weights(weights: NDArray[np.float64], relative: float) -> NDArray[np.float64]:
    """Return sizes, the first 1, that follow the weights as ``wordcloud`` (1.9) has them.

    s ← s · (r · w/w_before + 1 − r).
    """
    steps = relative * weights[1:] / weights[:-1] + 1 - relative
    return np.concatenate(([1.0], np.cumprod(steps)))


def _fit_sizes(drawn: tuple[tuple[str, float], ...], ground: Ground, usual: Variety) -> tuple[float, float]:
    """Return the size of the first word, and how far the others follow their weights.

    Each word fits the width, and all cover ``FILLED`` of the ground if they can without the first being
    larger than its share of the sheet.
    """
    weights = np.array([weight for _, weight in drawn])
    shapes = [find_ink(word, 40, usual).strengths.shape for word, _ in drawn]
    across = np.maximum(np.array([columns for _, columns in shapes]) / 40, 1e-9)  # px wide at 1 px
    most = min(ground.height / (6.4 if len(drawn) > DENSE else 5.2), ground.width / 4.2)
    best = (0.0, RELATIVE)
    relative = RELATIVE
    while relative >= LEAST_RELATIVE:
        sizes = _follow_weights(weights, relative)
        fitting = (ground.width - 2 * BESIDE - 2) / float(np.max(across * sizes))
        filling = sqrt(FILLED * ground.area / float(np.sum(across * sizes**2)))
        largest = min(most, fitting, filling)
        if largest < best[0]:  # a long word among the others would make all smaller
            break
        best = (largest, relative)
        if largest == filling:
            break
        relative -= 0.05
    return best
