"""What stands between convolutions, in the layout of ``padded.py``: ReLU, pooling, batch normalising.

Each is the layer of the same name (``activations.py``, ``pooling.py``, ``normalise.py``), with the same
formulas, written for long rows: a number for each channel is first repeated along a row, a sum over places
first takes whole rows.

Shapes: Padded (n, h, w, c) → Padded of the same, or of half the sides, rounded up.

References: those of the layers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np

from models.layers.normalise import EPSILON, GainShift, Moments, RunningMoments
from models.layers.padded import Padded, make_padded
from models.layers.pooling import max_pool as pool_pictures
from models.layers.room import empty
from models.types import Array, Pullback

PullPictures: TypeAlias = Callable[[Any], tuple[Padded]]  # without ``out``: pictures are no parameters


def relu(x: Padded) -> tuple[Padded, PullPictures]:
    """Return y = max(x, 0); its derivative at 0 is taken as 0."""
    zeros = np.zeros(x.rows.shape[1:], x.rows.dtype)  # a row of them: twice as fast as the number 0
    y = x.like(np.maximum(x.rows, zeros, out=empty(x.rows.shape, x.rows.dtype)))

    def pull_relu(dy: Padded) -> tuple[Padded]:
        return (dy.where_above_zero(y),)

    return y, pull_relu


def mean_pool(x: Padded) -> tuple[Padded, PullPictures]:
    """Return the mean of each square of 2 × 2: rows are added in pairs, then columns.

    Where a side is odd, the zeros beside it are the missing partners.
    """
    n, h, w, c = x.shape
    upper, lower = split_rows(x)
    pairs = np.add(upper, lower, out=empty(upper.shape, upper.dtype))
    y = make_padded((n, -(-h // 2), -(-w // 2), c), x.rows.dtype).clear()
    np.add(pairs[:, :, 0:w:2], pairs[:, :, 1 : w + 1 : 2], out=y.inner.transpose(1, 0, 2, 3))
    share = find_share(y, h, w)
    np.multiply(y.rows, share, out=y.rows)

    def pull_mean(dy: Padded) -> tuple[Padded]:
        dx = make_padded(x.shape, x.rows.dtype)
        shared = dy.like(dy.rows * share).inner.transpose(1, 0, 2, 3)
        wide = empty(pairs.shape, pairs.dtype)
        wide[:, :, 0:w:2] = shared
        wide[:, :, 1 : w + 1 : 2] = shared
        for part in split_rows(dx):
            part[...] = wide
        return (dx.clear(),)

    return y, pull_mean


def find_share(y: Padded, h: int, w: int) -> Array:
    """Return one over the places of each of ``y``'s squares: ¼, or an array like its rows where some lack."""
    if h % 2 == 0 and w % 2 == 0:
        return np.array(0.25, y.rows.dtype)
    share = np.full(y.rows.shape[:2], 0.25, y.rows.dtype)
    if w % 2:
        share[:, y.w - 1] *= 2
    if h % 2:
        share[1 + y.n + (y.h - 1) * y.n : 1 + y.n + y.h * y.n] *= 2
    return share[..., None]


def split_rows(x: Padded) -> tuple[Array, Array]:
    """Return views of the upper and the lower rows of the squares, (⌈h/2⌉, n, w + 1, c) each."""
    n, h = x.n, x.h
    rows = x.rows[1 + n : 1 + n + (h + 1) * n].reshape(h + 1, n, *x.rows.shape[1:])
    return rows[0:h:2], rows[1 : h + 1 : 2]  # of an odd height the last lower row is one of zeros


def max_pool(x: Padded) -> tuple[Padded, PullPictures]:
    """Return the largest number of each square of 2 × 2, by the plain function on a view."""
    pooled, pull_pictures = pool_pictures(x.inner)
    y = make_padded(pooled.shape, x.rows.dtype).clear()
    y.inner[...] = pooled

    def pull_max(dy: Padded) -> tuple[Padded]:
        dx = make_padded(x.shape, x.rows.dtype).clear()
        pull_pictures(dy.inner, out=dx.inner)
        return (dx,)

    return y, pull_max


def batch_normalise(
    p: GainShift,
    x: Padded,
    *,
    bend: bool = False,
    moments: Moments | None = None,
    running: RunningMoments | None = None,
    epsilon: float = EPSILON,
) -> tuple[Padded, Pullback]:
    """Return gain·z + shift, z by the batch's own moments, or by those given, as for a net in use.

    With c = x − m and g = gain·r it is c·g + shift, and dx = g·(dy − mean dy − c·r²·mean(dy·c)). With
    ``bend``, ReLU follows. ``running`` takes in the batch's own moments; raises ``InputError`` for a single
    place.
    """
    shape, dtype, n_places = x.rows.shape, x.rows.dtype, x.n * x.h * x.w
    c, own = centre(x, moments)
    if running is not None:
        running.blend(own, n_places)
    r = (1 / np.sqrt(own.variance + epsilon)).astype(dtype)
    y = x.like(empty(shape, dtype))
    g, shift, zeros = x.tile(p.gain * r), x.tile(p.shift), np.zeros(shape[1:], dtype)
    for part in x.iter_stretches():
        rows = np.multiply(c[part], g, out=y.rows[part])
        np.add(rows, shift, out=rows)
        if bend:
            np.maximum(rows, zeros, out=rows)
    y.clear()

    def pull_batch_normalise(dy: Padded, out: GainShift | None = None) -> tuple[GainShift, Padded]:
        dp = GainShift(np.empty_like(p.gain), np.empty_like(p.shift)) if out is None else out
        dz = dy.where_above_zero(y) if bend else dy
        product = sum_products(x, dz.rows, c)  # Σ dy·c
        dp.gain[...] = product * r
        dp.shift[...] = dz.sum_channels(dz.rows)
        dx = x.like(empty(shape, dtype))
        mean, slope = x.tile(dp.shift / n_places), x.tile(product * r * r / n_places)
        for part in x.iter_stretches():
            rows = dx.rows[part]
            if moments is None:
                np.multiply(c[part], slope, out=rows)
                np.add(rows, mean, out=rows)
                np.subtract(dz.rows[part], rows, out=rows)
                np.multiply(rows, g, out=rows)
            else:
                np.multiply(dz.rows[part], g, out=rows)
        return dp, dx.clear()

    return y, pull_batch_normalise


def centre(x: Padded, moments: Moments | None) -> tuple[Array, Moments]:
    """Return the rows of c = x − m with their zeros, and the moments: the batch's, or those given."""
    n_places = x.n * x.h * x.w
    mean = x.sum_channels(x.rows) / n_places if moments is None else moments.mean
    c, tiled = x.like(empty(x.rows.shape, x.rows.dtype)), x.tile(mean.astype(x.rows.dtype))
    c.clear_ends()
    for part in x.iter_stretches():
        rows = np.subtract(x.rows[part], tiled, out=c.rows[part])
        rows[:, x.w] = 0
    if moments is not None:
        return c.rows, moments
    return c.rows, Moments(mean, sum_products(x, c.rows, c.rows) / n_places)


def sum_products(x: Padded, rows: Array, others: Array) -> Array:
    """Return the sum of each channel of ``rows`` · ``others``, laid out as ``x`` is."""
    total: Array = np.zeros(rows.shape[1:], rows.dtype)
    for part in x.iter_stretches():
        products = np.multiply(rows[part], others[part], out=empty(rows[part].shape, rows.dtype))
        total += np.add.reduce(products, axis=0)
    summed: Array = total.sum(axis=0)
    return summed


def flatten(x: Padded) -> tuple[Array, PullPictures]:
    """Return the pictures as rows, (n, h·w·c)."""

    def pull_flatten(dy: Array) -> tuple[Padded]:
        dx = make_padded(x.shape, x.rows.dtype).clear()
        dx.inner[...] = dy.reshape(x.shape)
        return (dx,)

    return x.inner.reshape(x.n, -1), pull_flatten


def average(x: Padded) -> tuple[Array, PullPictures]:
    """Return the mean over the places of each picture, (n, c)."""
    n, h, w, _ = x.shape

    def pull_average(dy: Array) -> tuple[Padded]:
        dx = make_padded(x.shape, x.rows.dtype).clear()
        dx.inner[...] = (dy / (h * w))[:, None, None]
        return (dx,)

    by_height = x.body.reshape(h, n, *x.rows.shape[1:])
    return np.add.reduce(by_height, axis=0).sum(axis=1) / (h * w), pull_average
