"""The losses, each a mean; what they are measured against is a constant.

Cross-entropy is the mean over the rows; the others, where a row has several numbers, over all of them. Each
raises ``InputError`` for a target of another shape, which would be broadcast, and where there are no rows.

Shapes: prediction and target (n, …) → a number; for cross-entropy scores (n, n_classes), label (n,).

References: P. Huber 1964, *Robust Estimation of a Location Parameter*; K. P. Murphy 2022, *Probabilistic
Machine Learning: An Introduction*, ch. 10 (logistic and softmax regression) and 12 (Poisson regression).
"""

from __future__ import annotations

import numpy as np

from models.errors import InputError
from models.layers.activations import compute_logistic, logsumexp
from models.types import Array, Pullback


def squared_loss(prediction: Array, *, target: Array) -> tuple[Array, Pullback]:
    """Return the mean of e² over all elements, e = prediction − target of one shape: the L2 loss.

    d e²/d prediction = 2·e.
    """
    error = prediction - _match(target, prediction)

    def pull_squared(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(error, 2 * float(d_loss) / error.size, out=out),)

    return np.square(error).sum() / error.size, pull_squared


def absolute_loss(prediction: Array, *, target: Array) -> tuple[Array, Pullback]:
    """Return the mean of |e|, e = prediction − target: the L1 loss.

    d |e|/d prediction = sign e, at 0 taken as sign(0) = 0.
    """
    error = prediction - _match(target, prediction)

    def pull_absolute(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(np.sign(error), float(d_loss) / error.size, out=out),)

    return np.abs(error).sum() / error.size, pull_absolute


def huber_loss(prediction: Array, *, target: Array, bend: float = 1.0) -> tuple[Array, Pullback]:
    """Return the mean of ½e² where |e| ≤ bend and of bend·(|e| − ½·bend) beyond, e = prediction − target.

    Its derivative is e where |e| ≤ bend and bend·sign e beyond: e brought between −bend and bend.
    """
    error = prediction - _match(target, prediction)
    inner = np.clip(error, -bend, bend)  # the derivative; e is inner + what is beyond the bend
    loss = inner * (error - 0.5 * inner)

    def pull_huber(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(inner, float(d_loss) / error.size, out=out),)

    return loss.sum() / loss.size, pull_huber


def logistic_loss(score: Array, *, target: Array) -> tuple[Array, Pullback]:
    """Return the mean of log(1 + eˢ) − target·s; ``target`` is 0 or 1 (or a share), of one shape.

    Its derivative by s is eˢ / (1 + eˢ) − target = 1 / (1 + e⁻ˢ) − target.
    """
    target = _match(target, score)
    loss = np.maximum(score, 0) + np.log1p(np.exp(-np.abs(score))) - target * score

    def pull_logistic_loss(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(compute_logistic(score) - target, float(d_loss) / score.size, out=out),)

    return loss.sum() / loss.size, pull_logistic_loss


def cross_entropy(scores: Array, *, label: Array) -> tuple[Array, Pullback]:
    """Return the mean of log Σₖ eˢₖ − s[label]; ``scores`` (batch, n_classes), ``label`` (batch,) int.

    Its derivative by sₖ is exp sₖ / Σⱼ exp sⱼ − (1 if k is the label, else 0): softmax less one-hot.
    Labels go from 0 to n_classes − 1; raises ``InputError`` for others, or of another kind.
    """
    _check_shape(label, scores.shape[:1])
    if label.dtype.kind not in "iu" or label.min() < 0 or label.max() >= scores.shape[1]:
        raise InputError(
            f"A label is not one of {scores.shape[1]} classes",
            where="losses",
            remedy="Give whole numbers that count the classes from 0.",
        )
    rows = np.arange(len(scores))
    total, pull_total = logsumexp(scores)

    def pull_cross_entropy(d_loss: float, out: Array | None = None) -> tuple[Array]:
        share = float(d_loss) / len(scores)
        (d_scores,) = pull_total(np.full_like(total, share), out)  # the softmax of each row
        d_scores[rows, label] -= share
        return (d_scores,)

    return (total - scores[rows, label]).sum() / len(scores), pull_cross_entropy


def poisson_loss(log_rate: Array, *, target: Array) -> tuple[Array, Pullback]:
    """Return the mean of eˢ − target·s, s the logarithm of the expected count; both have one shape.

    Its derivative by s is eˢ − target: what was expected less what came.
    It is the negative log-likelihood of the Poisson distribution without log(target!), which no parameter
    changes. A rate beyond what a float holds is infinite, and so is the loss.
    """
    rate, target = np.exp(log_rate), _match(target, log_rate)

    def pull_poisson(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(rate - target, float(d_loss) / rate.size, out=out),)

    return (rate - target * log_rate).sum() / rate.size, pull_poisson


def _match(target: Array, prediction: Array) -> Array:
    """Return ``target`` in the prediction's type: whole numbers or float64 do not widen a float32 net."""
    matched: Array = np.asarray(target, prediction.dtype)
    _check_shape(matched, prediction.shape)
    return matched


def _check_shape(target: Array, shape: tuple[int, ...]) -> None:
    if target.shape != shape or not target.size:
        raise InputError(
            f"The target has the shape {target.shape}, where {shape} is predicted",
            where="losses",
            remedy="Give one target for each prediction, and at least one.",
        )
