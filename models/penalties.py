"""Penalties on weights, added to a loss.

The derivative of |w| at 0 is taken as sign(0) = 0, one of its subgradients, here and everywhere.

Shapes: weights of any → a number.

References: A. Hoerl & R. Kennard 1970, *Ridge Regression*; R. Tibshirani 1996, *Regression Shrinkage and
Selection via the Lasso*; H. Zou & T. Hastie 2005, *Regularization and Variable Selection via the Elastic
Net*, eq. 3; N. Parikh & S. Boyd 2014, *Proximal Algorithms*, sec. 6.5 (the proximal steps).
"""

from __future__ import annotations

import numpy as np

from models.types import Array, Pullback


def squared_penalty(weight: Array, *, strength: float) -> tuple[Array, Pullback]:
    """Return ½ · strength · Σ weight², the L2 penalty (ridge)."""

    def pull_squared_penalty(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(weight, strength * float(d_loss), out=out),)

    return 0.5 * strength * np.square(weight).sum(), pull_squared_penalty


def absolute_penalty(weight: Array, *, strength: float) -> tuple[Array, Pullback]:
    """Return strength · Σ |weight|, the L1 penalty (lasso); its derivative at 0 is taken as 0."""

    def pull_absolute_penalty(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(np.sign(weight), strength * float(d_loss), out=out),)

    return strength * np.abs(weight).sum(), pull_absolute_penalty


def elastic_penalty(weight: Array, *, strength: float, share: float) -> tuple[Array, Pullback]:
    """Return strength · (share · Σ |weight| + ½ · (1 − share) · Σ weight²), the elastic net."""
    l1, l2 = strength * share, strength * (1 - share)

    def pull_elastic_penalty(d_loss: float, out: Array | None = None) -> tuple[Array]:
        slope = l1 * np.sign(weight) + l2 * weight
        return (np.multiply(slope, float(d_loss), out=out),)

    return l1 * np.abs(weight).sum() + 0.5 * l2 * np.square(weight).sum(), pull_elastic_penalty


def shrink(weight: Array, *, l1: float, l2: float = 0.0) -> Array:
    """Return the v that minimises ½(v − weight)² + l1·|v| + ½·l2·v², the proximal step.

    Where |weight| ≤ l1 that is 0; elsewhere (v − weight) + l1·sign(v) + l2·v = 0. It is
    ``sign(weight) · max(|weight| − l1, 0) / (1 + l2)``.
    """
    shrunk: Array = np.copysign(np.maximum(np.abs(weight) - l1, 0), weight)
    return shrunk / (1 + l2) if l2 else shrunk
