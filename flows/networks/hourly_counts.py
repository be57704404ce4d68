"""Counts of the hours of a week by simple distributions: by the hour alone, and by the hours before it too.

The hourly Poisson and the hourly negative binomial expect of an hour its share in the usual week times the
level of its time, the mean hourly count of the 52 whole weeks before (those there are; of half a count a week
at least):

    log μ = log profile[weekday, hour] + log level

A cell of the usual week is the mean of the learned weeks' counts there, drawn together with the product of
its weekday's and its hour's share as if that had been seen in twenty weeks more. Hours come in bursts: the
negative binomial's shape is a power of the expected count, r = eᵃ μᵇ, with a and b of the greatest likelihood
on the learned weeks. With b = 1 an hour's variance is a multiple of its mean, as with searches that come in
sessions; with b = 0 every hour has the same shape.

The log-linear negative binomial adds to the logarithms of both, μ and r, a weighted sum of what is known of
the hour, x (…, k): log μ + w·x + w₀, log r + v·x + v₀, with the least mean nats + ½ · l2 · (|w|² + |v|²).

Reference: W. Greene 2008, *Functional Forms for the Negative Binomial Model for Count Data*, Economics
Letters 99 (there as the variance μ + μᴾ/eᵃ, P = 2 − b).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.optimize import minimize

from models.likelihoods import negative_binomial_nats, poisson_nats
from models.types import Array
from pipeline.features.lags import average_rows_before
from pipeline.features.week_maps import YEAR

DRAWN = 20.0  # weeks that the product of margins counts for
LEAST_WEEK = 0.5  # counts in a week, for a level that has a logarithm
SHAPES, SLOPES = (-6.0, 14.0), (-1.0, 2.0)  # between which a, log r and b are looked for


class Hourly(NamedTuple):
    """What the two learned."""

    log_profile: Array  # (7, 24), rows from 04:00
    log_shape: float  # a
    slope: float  # b


def measure_levels(counts: Array) -> Array:
    """Return the mean hourly count of the weeks before each of ``counts (n, 7, 24)``, (n,)."""
    means = counts.mean(axis=(1, 2), dtype=np.float64)
    levels: Array = np.maximum(average_rows_before(means[:, None], YEAR)[:, 0], LEAST_WEEK / 168)
    return levels


def learn_hourly(counts: Array, levels: Array) -> Hourly:
    """Learn the usual week and the shape from the counts of learned weeks and their levels."""
    total = max(float(counts.sum()), LEAST_WEEK)
    day, hour = (counts.sum(axis=axes) + LEAST_WEEK for axes in ((0, 2), (0, 1)))
    margins = np.outer(day / day.sum(), hour / hour.sum())
    profile = (counts.sum(axis=0) / total * len(counts) + DRAWN * margins) / (len(counts) + DRAWN)
    log_profile = np.log(profile * 168)  # their mean is 1
    log_mean = log_profile + np.log(levels)[:, None, None]

    def measure(form: Array) -> tuple[float, Array]:
        nats, pull_nats = negative_binomial_nats(
            score_hours(Hourly(log_profile, *form), levels), counts=counts
        )
        free = form[0] + form[1] * log_mean
        d_shape = pull_nats(np.full_like(nats, 1 / nats.size))[0][..., 1]
        d_shape *= (free > SHAPES[0]) & (free < SHAPES[1])
        return float(nats.mean()), np.array([d_shape.sum(), (d_shape * log_mean).sum()])

    # The mean, not the sum, of which a first step would reach the clipped shapes, where no slope leads back.
    found = minimize(measure, [0.0, 0.0], jac=True, method="L-BFGS-B", bounds=[SHAPES, SLOPES])
    return Hourly(log_profile, *map(float, found.x))


def score_hours(hourly: Hourly, levels: Array) -> Array:
    """Return the scores (n, 7, 24, 2) of weeks of these levels: logarithms of expected count and shape."""
    log_mean = hourly.log_profile + np.log(levels)[:, None, None]
    log_shape = np.clip(hourly.log_shape + hourly.slope * log_mean, *SHAPES)
    return np.stack([log_mean, log_shape], axis=-1)


def learn_log_linear(counts: Array, offset: Array, x: Array, l2: float) -> Array:
    """Return the weights (1 + k, 2) of counts (…), their hourly scores (…, 2) and x (…, k); row 0 for 1."""
    y, known = counts.ravel(), _add_one(x).reshape(-1, x.shape[-1] + 1)
    begun, kept = offset.reshape(-1, 2), np.r_[0.0, np.full(x.shape[-1], l2)][:, None]

    def measure(flat: Array) -> tuple[float, Array]:
        weights = flat.reshape(-1, 2)
        nats, pull_nats = negative_binomial_nats(begun + known @ weights, counts=y)
        slope = known.T @ pull_nats(np.full_like(nats, 1 / nats.size))[0] + kept * weights
        return float(nats.mean() + 0.5 * (kept * weights**2).sum()), slope.ravel()

    found = minimize(measure, np.zeros(2 * known.shape[1]), jac=True, method="L-BFGS-B")
    weights: Array = found.x.reshape(-1, 2)
    return weights


def measure_log_linear(weights: Array, counts: Array, offset: Array, x: Array) -> Array:
    """Return the nats a week (n,) of the log-linear negative binomial."""
    nats, _ = negative_binomial_nats(offset + _add_one(x) @ weights, counts=counts)
    week: Array = nats.sum(axis=(1, 2))
    return week


def learn_shapes(counts: Array, learned: slice) -> Array:
    """Return the negative binomial's shape of each hour of ``counts (n, 7, 24)``, from those ``learned``."""
    levels = measure_levels(counts)
    shapes: Array = np.exp(score_hours(learn_hourly(counts[learned], levels[learned]), levels)[..., 1])
    return shapes


def measure_both(hourly: Hourly, counts: Array, levels: Array) -> tuple[Array, Array]:
    """Return the nats a week (n,) of the hourly Poisson and of the hourly negative binomial."""
    scores = score_hours(hourly, levels)
    poisson, _ = poisson_nats(scores[..., :1], counts=counts)
    binomial, _ = negative_binomial_nats(scores, counts=counts)
    return poisson.sum(axis=(1, 2)), binomial.sum(axis=(1, 2))


def _add_one(x: Array) -> Array:
    return np.concatenate([np.ones((*x.shape[:-1], 1)), x], axis=-1)
