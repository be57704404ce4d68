"""Centring, standardising and batch normalising: numbers moved to mean 0 and scaled to variance 1.

By *dimension* the mean is over all rows (and all places of a picture), one for each column or channel; by
*example* it is over all numbers of a row. m is the mean over what is averaged, c = x − m, and

    v = mean c²,   r = 1/√(v + ε),   z = c·r
        dc = r·(dz − z·mean(dz·z))
        dx = dc − mean dc

Since every number moves the mean and the variance of all others, both means come off the gradient: what
would only shift the numbers is undone by the layer, and so, but for ε, is what would only stretch them.

Shapes: x (batch, …, n_channels) → z of the same; gain and shift (n_channels,).

References: S. Ioffe & C. Szegedy 2015, *Batch Normalization*, arXiv 1502.03167, algorithms 1 and 2; J. L.
Ba et al. 2016, *Layer Normalization*, arXiv 1607.06450, eq. 3 (by example).
"""

from __future__ import annotations

from typing import Literal, NamedTuple

import numpy as np

from models.errors import InputError
from models.types import Array, Pullback

By = Literal["dimension", "example"]
EPSILON = 1e-5


class GainShift(NamedTuple):
    """The parameters of batch normalising: what mean and spread the next layer is to get."""

    gain: Array  # (n_channels,)
    shift: Array  # (n_channels,)


class Moments(NamedTuple):
    """The mean and variance of each channel."""

    mean: Array  # (n_channels,)
    variance: Array  # (n_channels,)


def centre(x: Array, *, by: By = "dimension") -> tuple[Array, Pullback]:
    """Return x − mean for ``x`` of shape (batch, …, n_channels)."""
    axes = _list_axes(x, by)

    def pull_centre(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.subtract(dy, dy.mean(axis=axes, keepdims=True), out=out),)

    return x - x.mean(axis=axes, keepdims=True), pull_centre


def standardise(x: Array, *, epsilon: float = EPSILON, by: By = "dimension") -> tuple[Array, Pullback]:
    """Return z = (x − mean)/√(variance + ε) for ``x`` of shape (batch, …, n_channels)."""
    axes = _list_axes(x, by)
    c = x - x.mean(axis=axes, keepdims=True)
    r = 1 / np.sqrt((c * c).mean(axis=axes, keepdims=True) + epsilon)
    z = c * r

    def pull_standardise(dz: Array, out: Array | None = None) -> tuple[Array]:
        dc = r * (dz - z * (dz * z).mean(axis=axes, keepdims=True))
        return (np.subtract(dc, dc.mean(axis=axes, keepdims=True), out=out),)

    return z, pull_standardise


def batch_normalise(
    p: GainShift, x: Array, *, epsilon: float = EPSILON, moments: Moments | None = None
) -> tuple[Array, Pullback]:
    """Return y = gain·z + shift, with z = ``standardise(x)`` for ``x (batch, …, n_channels)``.

    In training the moments are those of ``x`` itself; for a net in use give the running ones: z is then
    an affine map of each row alone, (x − mean)/√(variance + ε).
    """
    axes = _list_axes(x, "dimension")
    if moments is None:
        z, pull_z = standardise(x, epsilon=epsilon)
    else:
        z, pull_z = _apply_moments(x, moments, epsilon)

    def pull_batch_normalise(dy: Array, out: GainShift | None = None) -> tuple[GainShift, Array]:
        dp = GainShift(np.empty_like(p.gain), np.empty_like(p.shift)) if out is None else out
        np.sum(dy * z, axis=axes, out=dp.gain)
        np.sum(dy, axis=axes, out=dp.shift)
        (dx,) = pull_z(dy * p.gain)
        return dp, dx

    return p.gain * z + p.shift, pull_batch_normalise


def _apply_moments(x: Array, moments: Moments, epsilon: float) -> tuple[Array, Pullback]:
    r = (1 / np.sqrt(moments.variance + epsilon)).astype(x.dtype)

    def pull_apply(dz: Array, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(dz, r, out=out),)

    return (x - moments.mean.astype(x.dtype)) * r, pull_apply


class RunningMoments:
    """The moments of a layer's batches, the newest counting most, for a net in use.

    As PyTorch keeps them: they begin with mean 0 and variance 1, and a batch's variance is taken with the
    divisor n − 1 here, though with n in training.

    Parameters
    ----------
    n_channels : numbers of the last axis.
    keep : how much of the old moments stays at each batch (1 − PyTorch's momentum).
    """

    def __init__(self, n_channels: int, *, keep: float = 0.9) -> None:
        self.keep = keep
        self.moments = Moments(np.zeros(n_channels), np.ones(n_channels))

    def learn(self, x: Array) -> None:
        """Take in the batch ``x (batch, …, n_channels)``; raise ``InputError`` for fewer than two places."""
        axes, n_places = _list_axes(x, "dimension"), x[..., 0].size
        _check_places(n_places)
        self.blend(Moments(x.mean(axis=axes), x.var(axis=axes)), n_places)

    def blend(self, batch: Moments, n_places: int) -> None:
        """Take in a batch of ``n_places`` by its moments, the variance with the divisor n."""
        _check_places(n_places)
        keep, share = self.keep, 1 - self.keep
        mean, variance = self.moments
        self.moments = Moments(
            keep * mean + share * batch.mean,
            keep * variance + share * n_places / (n_places - 1) * batch.variance,
        )


def _check_places(n_places: int) -> None:
    """Raise ``InputError`` where a batch has no variance."""
    if n_places < 2:
        raise InputError(
            "A batch of one row has no variance",
            where="batch norm",
            remedy="Choose batches whose last one is longer, or leave that one out.",
        )


def _list_axes(x: Array, by: By) -> tuple[int, ...]:
    """Return the axes to average over."""
    return tuple(range(x.ndim - 1)) if by == "dimension" else tuple(range(1, x.ndim))
