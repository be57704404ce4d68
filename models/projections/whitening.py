"""ZCA whitening: the linear map that makes rows uncorrelated, each with variance 1, and moves them least.

With n centred rows c = x − m of d columns, and ε against directions without variance,

    S = cᵀc/n + ε = V diag(a) Vᵀ
    W = S^(−1/2) = V diag(1/√a) Vᵀ
    y = c W
        dW = cᵀ dy
        dS = V (K ∘ Vᵀ ½(dW + dWᵀ) V) Vᵀ
        dc = dy W + 2/n · c dS
        dx = dc − mean dc

K is the Loewner matrix of 1/√a: K_ij = (1/√aᵢ − 1/√aⱼ)/(aᵢ − aⱼ), in lowest terms

    K_ij = −1 / (√aᵢ √aⱼ (√aᵢ + √aⱼ))

which has no singularity where eigenvalues meet. (The usual way, through the derivatives of the
eigenvectors, divides by aᵢ − aⱼ there; their sum is finite, its parts are not.)

In *groups* of neighbouring columns each group is whitened by itself, with fewer rows than one matrix over
all columns would need. By *dimension* columns become uncorrelated over rows, by *example* rows over columns:
the same of xᵀ. ``models.projections.whitening_svd`` takes the same map through the singular values.

Shapes: x (n, d) → y (n, d); in groups S, W and K are (groups, d/groups, d/groups).

References: A. Kessy, A. Lewin & K. Strimmer 2018, *Optimal Whitening and Decorrelation*, arXiv 1512.00809
(ZCA); K. Löwner 1934, *Über monotone Matrixfunktionen*; N. J. Higham 2008, *Functions of Matrices*, ch.
3.2 (the derivative, Daleckii and Krein's theorem); L. Huang et al. 2018, *Decorrelated Batch Normalization*,
arXiv 1804.08450 (in groups, with running moments).
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from models.errors import InputError
from models.estimator import Transformer, all_or_nothing
from models.projections.moments import (
    JointMoments,
    RunningCovariance,
    blend_moments,
    join_groups,
    measure_moments,
    split_groups,
)
from models.types import Array, Pullback

EPSILON = 1e-5


def zca(
    x: Array,
    *,
    groups: int = 1,
    epsilon: float = EPSILON,
    running: JointMoments | None = None,
    share: float = 1.0,
) -> tuple[Array, Pullback]:
    """Return the rows ``x (n, d)``, whitened by dimension in ``groups`` of d/groups neighbouring columns.

    The moments are ``share`` of the rows' own and the rest of the ``running`` ones, which are constants:
    share 1 for a layer in training, 0 for one in use, between them where a batch alone says too little
    (m is then not the rows' mean, and only its share of the mean comes off the gradient). ``epsilon`` > 0.
    """
    check_epsilon(epsilon)
    parts = split_groups(x, groups)
    own = measure_moments(parts)
    moments = own if running is None else blend_moments(own, running, share, x.dtype)
    weight = 1.0 if running is None else share
    values, vectors = np.linalg.eigh(moments.covariance)  # of each group
    roots = np.sqrt(np.maximum(values, 0) + epsilon)  # √a
    whitener = (vectors / roots[:, None, :]) @ vectors.mT  # W
    own_centred, centred = parts - own.mean, parts - moments.mean

    def pull_zca(dy: Array, out: Array | None = None) -> tuple[Array]:
        d_parts = split_groups(dy, groups)
        d_whitener = centred.mT @ d_parts
        even = (d_whitener + d_whitener.mT) * 0.5
        inner = vectors.mT @ even @ vectors * find_loewner(roots)
        d_covariance = vectors @ inner @ vectors.mT
        dx = d_parts @ whitener
        dx -= weight * dx.mean(axis=1, keepdims=True)
        dx += own_centred @ d_covariance * (2 * weight / len(x))
        return (np.positive(join_groups(dx), out=out),)

    return join_groups(centred @ whitener), pull_zca


def zca_by_example(x: Array, *, groups: int = 1, epsilon: float = EPSILON) -> tuple[Array, Pullback]:
    """Return the rows ``x (n, d)``, each centred, and uncorrelated with its group of n/groups rows."""
    value, pull_transposed = zca(x.T, groups=groups, epsilon=epsilon)

    def pull_by_example(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.positive(pull_transposed(dy.T)[0].T, out=out),)

    return value.T, pull_by_example


def find_loewner(roots: Array) -> Array:
    """Return K from √a, of shape (…, width) → (…, width, width)."""
    one, other = roots[..., :, None], roots[..., None, :]
    loewner: Array = -1 / (one * other * (one + other))
    return loewner


class Whitening(Transformer):
    """Rows become uncorrelated columns of variance 1, by the moments of all rows that were learned.

    Parameters
    ----------
    groups : of neighbouring columns, each whitened by itself.
    epsilon : > 0, added to every variance; directions with less stay small.

    After ``fit``: ``mean_`` and ``whitener_`` by group; ``running_`` holds what ``partial_fit`` adds to.
    """

    def __init__(self, groups: int = 1, *, epsilon: float = EPSILON) -> None:
        self.groups, self.epsilon = groups, epsilon

    @all_or_nothing
    def fit(self, x: Any, y: Any = None) -> Self:
        """Learn the moments of the rows ``x (n_rows, n_features)``; ``y`` is not looked at."""
        check_epsilon(self.epsilon)
        rows = self._begin_rows(x)
        self.running_ = RunningCovariance(rows.shape[1], groups=self.groups)
        return self._learn(rows)

    def partial_fit(self, x: Any, y: Any = None) -> Self:
        """Learn further rows: batch by batch gives what all rows at once would have given."""
        return self._learn(self._check_rows(x)) if hasattr(self, "running_") else self.fit(x)

    def transform(self, x: Any) -> Array:
        """Return the whitened rows, of the shape of ``x``."""
        rows = self._check_rows(x)
        parts = split_groups(rows, self.running_.groups)
        return join_groups((parts - self.mean_) @ self.whitener_)

    def inverse_transform(self, y: Any) -> Array:
        """Return the rows whose whitened ones are ``y``."""
        self._check_fitted()
        parts = split_groups(np.asarray(y), self.running_.groups)
        return join_groups(parts @ self.root_ + self.mean_)

    def _learn(self, rows: Array) -> Self:
        self.running_.learn(rows)
        self.mean_, covariance = self.running_.moments
        values, vectors = np.linalg.eigh(covariance)
        roots = np.sqrt(np.maximum(values, 0) + self.epsilon)[:, None, :]
        self.whitener_ = (vectors / roots) @ vectors.mT
        self.root_ = (vectors * roots) @ vectors.mT
        return self


def check_epsilon(epsilon: float) -> None:
    """Raise ``InputError`` unless ``epsilon`` is above 0: without it, no variance has no scale."""
    if not epsilon > 0:
        raise InputError(f"epsilon is {epsilon}", where="whitening", remedy="Give a number above 0.")
