"""Weeks dealt at random into two halves, and what one half tells of the other by eigenweeks.

What both halves have in common is the week; what they have not is chance. So a model that draws a week from
one half is measured by the other, which it has not seen: no noise need be invented, and no week without noise
need be known. For that an hour's halves must be independent. Searches come in bursts, of which the toss of a
coin for each search would put a part into both halves; so of each hour the coin's own chance is drawn first:

    p ~ Beta(r/2, r/2)      one ~ Binomial(count, p)      other = count − one

With r the shape of the hour's negative binomial (``flows.networks.hourly_counts``) the halves are
independent, each a negative binomial of the shape r/2; where bursts are none, r being large, p is a half.

Halves are seen as x = log(1 + count). The classical model keeps a few *eigenweeks*, the axes a along which
halves of the learned weeks differ most from their mean m, and of each score as much as the two halves share:

    y = m + Σ bₖ sₖ aₖ,   sₖ = (x − m)·aₖ,   bₖ = Σ sₖ s'ₖ / Σ sₖ²    (s' are the other half's scores)

References: A. Neufeld, A. Dharamshi, L. Gao & D. Witten 2024, *Data Thinning for Convolution-Closed
Distributions*, JMLR 25; J. Lehtinen et al. 2018, *Noise2Noise: Learning Image Restoration without Clean
Data*, arXiv 1803.04189.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.projections.pca import PCA
from models.types import Array

HOURS = (7, 24)


class Halves(NamedTuple):
    """Weeks dealt several times, each time both ways round."""

    shown: Array  # (n_deals, n, 7, 24)
    other: Array  # the half that each is measured by


class Eigenweeks(NamedTuple):
    """What the classical model learned."""

    mean: Array  # (168,)
    axes: Array  # (k, 168)
    kept: Array  # (k,) b


def deal(
    counts: Array, shapes: Array, rng: np.random.Generator, others: Array | None = None
) -> tuple[Array, Array]:
    """Deal ``counts (n, 7, 24)`` into halves, each as log(1 + count); the second of ``others`` if given.

    ``shapes (n, 7, 24)`` are r of each hour.
    """
    one = _halve(counts, shapes, rng)
    return np.log1p(one), np.log1p(counts - one if others is None else _halve(others, shapes, rng))


def deal_often(
    counts: Array, shapes: Array, n_times: int, rng: np.random.Generator, others: Array | None = None
) -> Halves:
    """Deal ``n_times``, and show each half once: 2 · ``n_times`` deals, measured by ``others`` if given."""
    if others is not None:
        deals = [deal(counts, shapes, rng, others) for _ in range(2 * n_times)]
        return Halves(*(np.stack([dealt[k] for dealt in deals]) for k in (0, 1)))
    pairs = [deal(counts, shapes, rng) for _ in range(n_times)]
    shown = [half for one, other in pairs for half in (one, other)]
    measured = [half for one, other in pairs for half in (other, one)]
    return Halves(np.stack(shown), np.stack(measured))


def learn_eigenweeks(halves: Halves, n_axes: int) -> Eigenweeks:
    """Learn the mean, the axes and what is kept of their scores from the halves of learned weeks."""
    shown, other = (part.reshape(-1, 168) for part in halves)
    mean = shown.mean(axis=0)
    axes = PCA(n_axes).fit(shown).axes_
    scores, others = (shown - mean) @ axes.T, (other - mean) @ axes.T
    squares = np.maximum(np.square(scores).sum(axis=0), np.finfo(np.float64).tiny)
    return Eigenweeks(mean, axes, (scores * others).sum(axis=0) / squares)


def draw_by_eigenweeks(model: Eigenweeks, shown: Array) -> Array:
    """Return the weeks that the classical model draws from halves ``shown (…, 7, 24)``."""
    scores = (shown.reshape(-1, 168) - model.mean) @ model.axes.T * model.kept
    drawn: Array = (model.mean + scores @ model.axes).reshape(shown.shape)
    return drawn


def measure_errors(drawn: Array, other: Array) -> Array:
    """Return the mean squared error of each week (n,), over all deals and hours."""
    errors: Array = np.square(drawn - other).mean(axis=(0, 2, 3))
    return errors


def _halve(counts: Array, shapes: Array, rng: np.random.Generator) -> Array:
    """Return one half of ``counts``; chances are drawn where there is a count alone."""
    half, some = np.zeros_like(counts), counts > 0
    half[some] = rng.binomial(counts[some], rng.beta(shapes[some] / 2, shapes[some] / 2))
    return half
