"""The losses, each the mean over its rows; what they are measured against is a constant.

References: K. P. Murphy 2022, *Probabilistic Machine Learning: An Introduction*, ch. 10 (logistic and
softmax regression).
"""

from __future__ import annotations

import numpy as np

from models.layers.activations import compute_logistic, logsumexp
from models.types import Array, Pullback


def squared_loss(prediction: Array, *, target: Array) -> tuple[Array, Pullback]:
    """Return the mean of (prediction − target)² over all elements; both have one shape."""
    error = prediction - target

    def pull_squared(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(error, 2 * d_loss / error.size, out=out),)

    return np.mean(error * error), pull_squared


def logistic_loss(score: Array, *, target: Array) -> tuple[Array, Pullback]:
    """Return the mean of log(1 + eˢ) − target·s; ``target`` is 0 or 1 (or a share), of one shape."""
    loss = np.maximum(score, 0) + np.log1p(np.exp(-np.abs(score))) - target * score

    def pull_logistic_loss(d_loss: float, out: Array | None = None) -> tuple[Array]:
        return (np.multiply(compute_logistic(score) - target, d_loss / score.size, out=out),)

    return np.mean(loss), pull_logistic_loss


def cross_entropy(scores: Array, *, label: Array) -> tuple[Array, Pullback]:
    """Return the mean of log Σₖ eˢₖ − s[label]; ``scores`` (batch, n_classes), ``label`` (batch,) int."""
    rows = np.arange(len(scores))
    total, pull_total = logsumexp(scores)

    def pull_cross_entropy(d_loss: float, out: Array | None = None) -> tuple[Array]:
        share = np.asarray(d_loss / len(scores), scores.dtype)
        (d_scores,) = pull_total(np.full_like(total, share), out)  # the softmax of each row
        d_scores[rows, label] -= share
        return (d_scores,)

    return np.mean(total - scores[rows, label]), pull_cross_entropy
