"""A week as counts that rates give: a usual week, the shapes by which weeks differ from it, and sessions.

With μ the mean of each of the 168 hours over the learned weeks and r = √μ, the shapes a are the principal
axes of (c − μ)/r, and a week with the scores s has the rates

    λ = μ · max(1 + Σₖ sₖ aₖ/r, ε)

Each day has a level of its own besides, a gamma factor of mean 1 and variance ρ². Its counts come in
sessions: Poisson many, each of geometric size, so that the variance of an hour is φ·λ (the distribution of
Pólya and Aeppli). φ is what is left of the hours' variance when the shapes and the levels of days are taken
away, ρ² what is left of the days' when the shapes and φ are.

The eigenweek-Gaussian, the classical way to invent weeks, draws the scores from a normal distribution whose
mean follows the time of the year; what days and sessions will bring back comes off its variance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from models.types import Array
from pipeline.features.waves import YEAR_DAYS, make_waves, name_waves
from pipeline.patterns.nights import FIRST_HOUR

LOWEST = 0.02  # ε, a share of the usual rate
HARMONICS = 2
DAYS = 7
HOURS_BEFORE = FIRST_HOUR  # of a Monday, before its week begins
WAVES = name_waves("year", HARMONICS)


class Shapes(NamedTuple):
    """What was learned of an archive's weeks."""

    usual: Array  # (168,) μ, above 0
    axes: Array  # (k, 168) a, of length 1
    noise: float  # φ
    unrest: float  # ρ

    @property
    def root(self) -> Array:
        """r, (168,)."""
        root: Array = np.sqrt(self.usual)
        return root

    @property
    def session(self) -> float:
        """The mean size of a session: that of geometric ones whose counts have the variance φ·λ."""
        return max((self.noise + 1) / 2, 1.0)


class Normal(NamedTuple):
    """The normal distribution of scores, by the time of the year."""

    weight: Array  # (1 + n_waves, k)
    root: Array  # (k, k): its transposed product with itself is the covariance


def find_shapes(counts: Array, n_shapes: int) -> Shapes:
    """Learn from ``counts (n, 168)``; half a count more in every hour keeps each mean above 0."""
    n = len(counts)
    usual = (counts.sum(axis=0) + 0.5) / (n + 0.5)
    z = (counts - usual) / np.sqrt(usual)
    centred = z - z.mean(axis=0)
    _, _, axes = np.linalg.svd(centred, full_matrices=False)
    axes = axes[:n_shapes]
    left = centred - centred @ axes.T @ axes
    root = np.sqrt(usual).reshape(DAYS, -1)
    size = (root**2).sum(axis=1)  # the usual count of each day
    days = (left.reshape(n, DAYS, -1) * root).sum(axis=2)  # off the usual, in counts
    within = (left**2).sum() - (days**2 / size).sum()  # what no level of a day explains
    noise = float(within / ((n - 1) * (counts.shape[1] - DAYS - n_shapes)))
    more = (days**2).sum(axis=0) / (n - 1) - noise * size
    return Shapes(usual, axes, noise, float(np.sqrt(max(more.sum() / (size**2).sum(), 0))))


def find_scores(shapes: Shapes, counts: Array) -> Array:
    """Return the scores s (n, k) of counts (n, 168), with the noise of the counts in them."""
    scores: Array = ((counts - shapes.usual) / shapes.root) @ shapes.axes.T
    return scores


def make_rates(shapes: Shapes, scores: Array) -> Array:
    """Return the rates λ (…, 168) of scores (…, k)."""
    rates: Array = shapes.usual * np.maximum(1 + scores @ (shapes.axes / shapes.root), LOWEST)
    return rates


def draw_counts(shapes: Shapes, scores: Array, rng: np.random.Generator) -> Array:
    """Draw counts (n, 168) of weeks with these scores (n, k)."""
    rates = make_rates(shapes, scores)
    if shapes.unrest > 0:
        form = shapes.unrest**-2
        rates *= np.repeat(rng.gamma(form, 1 / form, (len(rates), DAYS)), rates.shape[1] // DAYS, axis=1)
    sessions = rng.poisson(rates / shapes.session)
    if shapes.session == 1:
        return sessions
    more = rng.negative_binomial(np.maximum(sessions, 1), 1 / shapes.session)  # beyond the first of each
    counts: Array = sessions + np.where(sessions > 0, more, 0)
    return counts


def wave_years(weeks: Array) -> Array:
    """Return (n, n_waves) sines and cosines of the time of the year of each week's Thursday."""
    thursdays = weeks.astype("datetime64[D]") + 3
    day = (thursdays - thursdays.astype("datetime64[Y]")).astype(np.float64)
    return np.column_stack(make_waves(day / YEAR_DAYS, HARMONICS))


def learn_normal(shapes: Shapes, counts: Array, waves: Array) -> Normal:
    """Fit the eigenweek-Gaussian: a line in the waves of the year, and what is left as a covariance."""
    scores, x = find_scores(shapes, counts), _add_one(waves)
    weight = np.linalg.lstsq(x, scores, rcond=None)[0]
    left = scores - x @ weight
    covariance = left.T @ left / (len(x) - x.shape[1]) - find_noise(shapes)
    values, vectors = np.linalg.eigh(covariance)
    return Normal(weight, (vectors * np.sqrt(np.maximum(values, 0))).T)


def find_noise(shapes: Shapes) -> Array:
    """Return (k, k): the covariance that days and sessions alone give the scores of usual weeks."""
    by_day = (shapes.axes * shapes.root).reshape(len(shapes.axes), DAYS, -1).sum(axis=2)
    noise: Array = shapes.noise * shapes.axes @ shapes.axes.T + shapes.unrest**2 * by_day @ by_day.T
    return noise


def draw_normal(normal: Normal, waves: Array, rng: np.random.Generator) -> Array:
    """Draw scores (n, k) for the times of the year ``waves (n, n_waves)``."""
    drawn: Array = _add_one(waves) @ normal.weight
    return drawn + rng.normal(size=drawn.shape) @ normal.root


def _add_one(waves: Array) -> Array:
    return np.column_stack([np.ones(len(waves)), waves])
