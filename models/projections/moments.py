"""The means and covariances of rows in groups of columns, of one batch or running over many.

Rows (n, d) in groups are (groups, n, d/groups): the products of all groups are then one call.

References: T. F. Chan, G. H. Golub & R. J. LeVeque 1983, *Algorithms for Computing the Sample Variance*
(moments of a union from those of its parts).
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from models.errors import InputError
from models.types import Array


class JointMoments(NamedTuple):
    """The mean of each column and the covariance of each group of columns."""

    mean: Array  # (groups, 1, width)
    covariance: Array  # (groups, width, width), divisor n


def split_groups(x: Array, groups: int) -> Array:
    """Return ``x (n, d)`` as (groups, n, d/groups).

    Raises ``InputError`` where d cannot be shared out, or there are no rows.
    """
    n, d = x.shape
    if n == 0:
        raise InputError("There are no rows", where="whitening", remedy="Give at least one.")
    if groups < 1 or d % groups:
        raise InputError(
            f"{d} columns cannot be split into {groups} equal groups",
            where="whitening",
            remedy="Give a number of groups that divides them.",
        )
    return np.ascontiguousarray(x.reshape(n, groups, d // groups).swapaxes(0, 1))


def join_groups(parts: Array) -> Array:
    """Return parts (groups, n, width) as rows (n, groups · width)."""
    groups, n, width = parts.shape
    return parts.swapaxes(0, 1).reshape(n, groups * width)


def measure_moments(parts: Array) -> JointMoments:
    """Return the moments of rows in groups, (groups, n, width)."""
    mean = parts.mean(axis=1, keepdims=True)
    centred = parts - mean
    return JointMoments(mean, centred.mT @ centred / parts.shape[1])


class RunningCovariance:
    """The moments of rows that come in batches, in groups of columns.

    Parameters
    ----------
    n_features, groups : columns, and groups of them.
    keep : how much of the old moments stays at each batch; None lets every row count alike, so that any
        batches give what all rows at once give. With a number they begin as mean 0 and covariance 1.
    """

    def __init__(self, n_features: int, *, groups: int = 1, keep: float | None = None) -> None:
        self.groups, self.keep, self.n_rows = groups, keep, 0
        mean = split_groups(np.zeros((1, n_features)), groups)
        self.moments = JointMoments(mean, np.tile(np.eye(mean.shape[2]), (groups, 1, 1)))

    def learn(self, x: Array) -> None:
        """Take in the batch ``x (n, n_features)``: the moments become those of the mixture of old and new.

        Raises ``InputError``, and changes nothing, where they would not be finite.
        """
        old, n_rows = self.moments, self.n_rows + len(x)
        share = len(x) / n_rows if self.keep is None else 1 - self.keep
        with np.errstate(over="ignore", invalid="ignore"):
            own = measure_moments(split_groups(x, self.groups))
            apart = own.mean - old.mean
            mixed = (1 - share) * old.covariance + share * own.covariance
            between = share * (1 - share) * apart.mT @ apart
            new = JointMoments(old.mean + share * apart, mixed + between)
        if not all(np.isfinite(part).all() for part in new):
            raise InputError(
                "The squares of the numbers are beyond float64",
                where="whitening",
                remedy="Give the columns in another unit.",
            )
        self.moments, self.n_rows = new, n_rows


def blend_moments(own: JointMoments, running: JointMoments, share: float, dtype: Any) -> JointMoments:
    """Return share · own + (1 − share) · running, in ``dtype``."""
    pairs = zip(own, running, strict=True)
    return JointMoments(*(share * mine + ((1 - share) * theirs).astype(dtype) for mine, theirs in pairs))
