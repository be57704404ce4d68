"""What stands between convolutions, in the layout of ``padded.py``: ReLU, pooling, batch normalising.

Each is the layer of the same name (``activations.py``, ``pooling.py``, ``normalise.py``), with the same
formulas, written for long rows: a number for each channel is first repeated along a row, a sum over places
first takes whole rows.
"""

from __future__ import annotations

import numpy as np

from models.layers.normalise import EPSILON, GainShift, Moments, RunningMoments
from models.layers.padded import Padded, make_padded
from models.layers.pooling import max_pool as pool_pictures
from models.layers.room import empty
from models.types import Array, Pullback


def relu(x: Padded) -> tuple[Padded, Pullback]:
    """Return y = max(x, 0); its derivative at 0 is taken as 0."""
    zeros = np.zeros(x.rows.shape[1:], x.rows.dtype)  # a row of them: twice as fast as the number 0
    y = x.like(np.maximum(x.rows, zeros, out=empty(x.rows.shape, x.rows.dtype)))

    def pull_relu(dy: Padded, out: None = None) -> tuple[Padded]:
        return (dy.where_above_zero(y),)

    return y, pull_relu


def mean_pool(x: Padded) -> tuple[Padded, Pullback]:
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

    def pull_mean(dy: Padded, out: None = None) -> tuple[Padded]:
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


def max_pool(x: Padded) -> tuple[Padded, Pullback]:
    """Return the largest number of each square of 2 × 2, by the plain function on a view."""
    pooled, pull_pictures = pool_pictures(x.inner)
    y = make_padded(pooled.shape, x.rows.dtype).clear()
    y.inner[...] = pooled

    def pull_max(dy: Padded, out: None = None) -> tuple[Padded]:
        dx = make_padded(x.shape, x.rows.dtype).clear()
        pull_pictures(dy.inner, out=dx.inner)
        return (dx,)

    return y, pull_max


def batch_normalise(
    p: GainShift,
    x: Padded,
    *,
    moments: Moments | None = None,
    running: RunningMoments | None = None,
    epsilon: float = EPSILON,
) -> tuple[Padded, Pullback]:
    """Return gain·z + shift, z by the batch's own moments, or by those given, as for a net in use.

    ``running`` takes in the batch's own. Raises ``InputError`` where it is to do so of a single place.
    """
    n, h, w, _ = x.shape
    n_places, dtype = n * h * w, x.rows.dtype
    mean = x.sum_channels(x.rows) / n_places if moments is None else moments.mean.astype(dtype)
    z = x.like(x.rows - x.tile(mean)).clear()  # still c = x − m
    if moments is None:
        variance = z.sum_channels(z.rows * z.rows) / n_places
        if running is not None:
            running.blend(Moments(mean, variance), n_places)
    else:
        variance = moments.variance
    r = (1 / np.sqrt(variance + epsilon)).astype(dtype)
    np.multiply(z.rows, z.tile(r), out=z.rows)
    y = x.like(z.rows * z.tile(p.gain))
    np.add(y.rows, y.tile(p.shift), out=y.rows)
    y.clear()

    def pull_batch_normalise(dy: Padded, out: GainShift | None = None) -> tuple[GainShift, Padded]:
        dp = GainShift(np.empty_like(p.gain), np.empty_like(p.shift)) if out is None else out
        dx = dy.rows * z.rows
        dp.gain[...] = dy.sum_channels(dx)
        dp.shift[...] = dy.sum_channels(dy.rows)
        if moments is not None:
            return dp, dy.like(dy.rows * dy.tile(p.gain * r))
        np.multiply(z.rows, z.tile(dp.gain / n_places), out=dx)  # z·mean(dy·z)
        np.add(dx, z.tile(dp.shift / n_places), out=dx)
        np.subtract(dy.rows, dx, out=dx)
        np.multiply(dx, z.tile(p.gain * r), out=dx)
        return dp, dy.like(dx).clear()

    return y, pull_batch_normalise


def flatten(x: Padded) -> tuple[Array, Pullback]:
    """Return the pictures as rows, (n, h·w·c)."""

    def pull_flatten(dy: Array, out: None = None) -> tuple[Padded]:
        dx = make_padded(x.shape, x.rows.dtype).clear()
        dx.inner[...] = dy.reshape(x.shape)
        return (dx,)

    return x.inner.reshape(x.n, -1), pull_flatten


def average(x: Padded) -> tuple[Array, Pullback]:
    """Return the mean over the places of each picture, (n, c)."""
    n, h, w, _ = x.shape

    def pull_average(dy: Array, out: None = None) -> tuple[Padded]:
        dx = make_padded(x.shape, x.rows.dtype).clear()
        dx.inner[...] = (dy / (h * w))[:, None, None]
        return (dx,)

    by_height = x.body.reshape(h, n, *x.rows.shape[1:])
    return np.add.reduce(by_height, axis=0).sum(axis=1) / (h * w), pull_average
