"""The activations, each stable at any inputs whose differences a float can hold.

Shapes: any, and out comes the same; ``softmax`` and ``logsumexp`` work along the last axis.

References: C. M. Bishop 2006, *Pattern Recognition and Machine Learning*, eq. 4.88 (the logistic function's
derivative), 5.60 (that of tanh) and 4.106 (that of the softmax); X. Glorot, A. Bordes & Y. Bengio 2011, *Deep
Sparse Rectifier Neural Networks*.
"""

from __future__ import annotations

import numpy as np

from models.types import Array, Pullback

FEW = 16  # classes: NumPy goes over so short a last axis row by row, ten times slower than over a first one


def compute_logistic(x: Array) -> Array:
    """Return 1 / (1 + e⁻ˣ) without overflow: the exponential is only ever taken of −|x|."""
    small = np.exp(-np.abs(x))
    result: Array = np.where(x >= 0, 1.0, small) / (1.0 + small)
    return result


def identity(x: Array) -> tuple[Array, Pullback]:
    """Return ``x`` itself."""

    def pull_identity(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.positive(dy, out=out),)

    return x, pull_identity


def logistic(x: Array) -> tuple[Array, Pullback]:
    """Return y = 1 / (1 + e⁻ˣ), also called sigmoid; its derivative is y·(1 − y)."""
    y = compute_logistic(x)

    def pull_logistic(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(dy, y * (1 - y), out=out),)

    return y, pull_logistic


def tanh(x: Array) -> tuple[Array, Pullback]:
    """Return y = tanh x, whose derivative is 1 − y²."""
    y = np.tanh(x)

    def pull_tanh(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(dy, 1 - y * y, out=out),)

    return y, pull_tanh


def relu(x: Array) -> tuple[Array, Pullback]:
    """Return y = max(x, 0); its derivative at 0 is taken as 0."""
    y = np.maximum(x, 0)

    def pull_relu(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(dy, y > 0, out=out),)

    return y, pull_relu


def elu(x: Array, *, floor: float = 1.0) -> tuple[Array, Pullback]:
    """Return y = x where x > 0, and α·(eˣ − 1) elsewhere; ``floor`` is α, and −α the lowest value.

    Below 0 the derivative is α·eˣ = y + α; at 0 it is α, the slope on the left.

    Reference: D.-A. Clevert, T. Unterthiner & S. Hochreiter 2016, *Fast and Accurate Deep Network Learning by
    Exponential Linear Units*, arXiv 1511.07289, eq. 15 and 16.
    """
    below = np.minimum(x, 0)
    y = np.where(x > 0, x, floor * np.expm1(below))

    def pull_elu(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(dy, np.where(x > 0, 1, floor * np.exp(below)), out=out),)

    return y, pull_elu


def arctan(x: Array) -> tuple[Array, Pullback]:
    """Return y = arctan x, in radians, whose derivative is 1 / (1 + x²)."""

    def pull_arctan(dy: Array, out: Array | None = None) -> tuple[Array]:
        with np.errstate(over="ignore"):  # x² = ∞ is as good: the derivative is then 0
            return (np.divide(dy, 1 + x * x, out=out),)

    return np.arctan(x), pull_arctan


def softmax(x: Array) -> tuple[Array, Pullback]:
    """Return yₖ = eˣₖ / Σ eˣⱼ along the last axis; dyₖ/dxⱼ is yₖ·(1 − yₖ) if j = k, else −yₖ·yⱼ."""
    y = np.exp(x - _find_top(x))
    y /= y.sum(axis=-1, keepdims=True)

    def pull_softmax(dy: Array, out: Array | None = None) -> tuple[Array]:
        mean = (dy * y).sum(axis=-1, keepdims=True)  # Σⱼ dyⱼ yⱼ
        return (np.multiply(y, dy - mean, out=out),)

    return y, pull_softmax


def logsumexp(x: Array) -> tuple[Array, Pullback]:
    """Return log Σ eˣⱼ along the last axis, which falls away; its derivative is the softmax."""
    top = _find_top(x)
    powers = np.exp(x - top)
    total = powers.sum(axis=-1, keepdims=True)

    def pull_logsumexp(dy: Array, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(np.expand_dims(dy, -1), powers / total, out=out),)

    return (np.log(total) + top)[..., 0], pull_logsumexp


def _find_top(x: Array) -> Array:
    """Return the largest along the last axis, which stays, of length 1."""
    if x.ndim == 1 or x.shape[-1] > FEW:
        top: Array = x.max(axis=-1, keepdims=True)
    else:
        top = np.ascontiguousarray(np.moveaxis(x, -1, 0)).max(axis=0)[..., None]
    return top
