"""How unlikely counts are: −log p of each, in nats, under a distribution whose parameters a net gives.

Of a whole map the nats of its cells add up, where each cell's parameters depend on the cells before it alone
(the chain rule of probabilities). They are never negative: a count is one of a countable many. With the
score s, and for the third also t,

    Bernoulli:          p = σ(s)                        −log p(y) = log(1 + eˢ) − y s
                            ds = σ(s) − y
    Poisson:            mean μ = eˢ                     −log p(y) = eˢ − y s + log y!
                            ds = eˢ − y
    negative binomial:  mean μ = eˢ, shape r = eᵗ       with L = log(r + μ)
                        −log p(y) = log Γ(r) + log y! − log Γ(y + r) − r t + (r + y) L − y s
                            ds = (r + y) μ / (r + μ) − y
                            dt = r (ψ(r) − ψ(y + r) − t − 1 + L + (r + y) / (r + μ))

The negative binomial is a Poisson whose mean varies by a gamma distribution of shape r: its variance is μ +
μ²/r, for counts that come in bursts. Each function takes scores and gives nats, element by element.

Shapes: counts (…), scores (…, n_scores), n_scores being 1, for the third 2 → nats (…).

Reference: P. McCullagh & J. A. Nelder 1989, *Generalized Linear Models*, 2nd ed., ch. 4 and 6.2.3.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from scipy.special import digamma, gammaln

from models.errors import InputError
from models.layers.activations import compute_logistic
from models.types import Array, Pullback


def bernoulli_nats(score: Array, *, counts: Array) -> tuple[Array, Pullback]:
    """Return the nats of ``counts (…)``, 0 or 1, under ``score (…, 1)``: one for each count."""
    s, y = _take(score, counts, 1)
    nats = np.maximum(s, 0) + np.log1p(np.exp(-np.abs(s))) - y * s

    def pull_bernoulli(d_nats: Array, out: Array | None = None) -> tuple[Array]:
        d_score = np.empty_like(score) if out is None else out
        np.multiply(d_nats, compute_logistic(s) - y, out=d_score[..., 0])
        return (d_score,)

    return nats, pull_bernoulli


def poisson_nats(score: Array, *, counts: Array) -> tuple[Array, Pullback]:
    """Return the nats of ``counts (…)`` under ``score (…, 1)``, the logarithm of the expected count."""
    s, y = _take(score, counts, 1)
    mean = np.exp(s)
    nats = mean - y * s + gammaln(y + 1)

    def pull_poisson(d_nats: Array, out: Array | None = None) -> tuple[Array]:
        d_score = np.empty_like(score) if out is None else out
        np.multiply(d_nats, mean - y, out=d_score[..., 0])
        return (d_score,)

    return nats, pull_poisson


def negative_binomial_nats(score: Array, *, counts: Array) -> tuple[Array, Pullback]:
    """Return the nats of ``counts (…)`` under ``score (…, 2)``: logarithms of expected count and shape."""
    _take(score, counts, 2)
    s, t, y = score[..., 0], score[..., 1], np.asarray(counts, score.dtype)
    shape, total = np.exp(t), np.logaddexp(s, t)  # r, and L = log(r + μ)
    nats = gammaln(shape) + gammaln(y + 1) - gammaln(y + shape) - shape * t + (shape + y) * total - y * s

    def pull_negative_binomial(d_nats: Array, out: Array | None = None) -> tuple[Array]:
        d_score = np.empty_like(score) if out is None else out
        part = compute_logistic(s - t)  # μ / (r + μ)
        np.multiply(d_nats, (shape + y) * part - y, out=d_score[..., 0])
        slope = digamma(shape) - digamma(y + shape) - t - 1 + total + (1 + y / shape) * (1 - part)
        np.multiply(d_nats, shape * slope, out=d_score[..., 1])
        return (d_score,)

    return nats, pull_negative_binomial


class Likelihood(NamedTuple):
    """A distribution of counts: its nats, how many scores it takes, and how to draw from it."""

    nats: Callable[..., tuple[Array, Pullback]]
    n_scores: int
    draw: Callable[[np.random.Generator, Array], Array]  # (rng, scores (…, n_scores)) -> counts (…)


def _draw_negative_binomial(rng: np.random.Generator, score: Array) -> Array:
    shape = np.exp(score[..., 1])
    return rng.poisson(np.exp(score[..., 0]) * rng.gamma(shape) / shape)


BERNOULLI = Likelihood(
    bernoulli_nats, 1, lambda rng, s: (rng.random(s.shape[:-1]) < compute_logistic(s[..., 0])).astype(int)
)
POISSON = Likelihood(poisson_nats, 1, lambda rng, s: rng.poisson(np.exp(s[..., 0])))
NEGATIVE_BINOMIAL = Likelihood(negative_binomial_nats, 2, _draw_negative_binomial)


def _take(score: Array, counts: Array, n_scores: int) -> tuple[Array, Array]:
    """Return the first scores, and the counts in their type; raise ``InputError`` unless they fit."""
    if score.shape != (*np.shape(counts), n_scores):
        raise InputError(
            f"Counts of the shape {np.shape(counts)} have scores of the shape {score.shape}",
            where="likelihoods",
            remedy=f"Give {n_scores} for each count, along a last axis of their own.",
        )
    return score[..., 0], np.asarray(counts, score.dtype)
