"""Seven distributions of one quantity, each fitted by maximum likelihood.

Each is a record of its parameters with ``log_density``, ``cdf`` and ``quantile``, all element by element, and
``fit``, which takes a sample ``x (n,)`` and raises ``InputError`` where ln L = Σ ln f(x) has no one peak.

References: N. L. Johnson, S. Kotz & N. Balakrishnan 1994–1995, *Continuous Univariate Distributions*, 2nd
ed., vol. 1 ch. 13 (normal), 14 (log-normal), 16 (Cauchy), 17 (gamma), 19 (exponential), 21 (Weibull), vol. 2
ch. 23 (logistic); J. B. Copas 1975, *On the unimodality of the likelihood for the Cauchy distribution*,
Biometrika 62; K. L. Lange, R. J. A. Little & J. M. G. Taylor 1989, *Robust statistical modeling using the t
distribution*, JASA 84 (the Cauchy's fit by weights).
"""

from __future__ import annotations

from typing import NamedTuple, Protocol, Self

import numpy as np
from scipy.special import expit, gammainc, gammaincinv, gammaln, logit, ndtr, ndtri, polygamma, psi

from models.errors import InputError
from models.forecasting.roots import find_root
from models.types import Array

LOG_ROOT_2_PI = 0.5 * np.log(2 * np.pi)
MOST_ROUNDS = 2000
CLOSE = 1e-12  # relative: rounds end here
LARGE = 1e4


class Distribution(Protocol):
    """What can be fitted, compared and drawn from."""

    def log_density(self, x: Array) -> Array:
        """Return ln f(x); −∞ outside."""
        ...

    def cdf(self, x: Array) -> Array:
        """Return the share below ``x``."""
        ...

    def quantile(self, share: Array) -> Array:
        """Return where the ``share`` below is reached."""
        ...


class Normal(NamedTuple):
    """f(x) = exp(−z²/2) / (spread·√2π), z = (x − mean)/spread."""

    mean: float
    spread: float

    def log_density(self, x: Array) -> Array:
        z = (x - self.mean) / self.spread
        return np.asarray(-0.5 * z * z - np.log(self.spread) - LOG_ROOT_2_PI)

    def cdf(self, x: Array) -> Array:
        return np.asarray(ndtr((x - self.mean) / self.spread))

    def quantile(self, share: Array) -> Array:
        return np.asarray(self.mean + self.spread * ndtri(share))

    @classmethod
    def fit(cls, x: Array) -> Self:
        """The mean, and the root of the mean square around it."""
        x = check_sample(x)
        return cls(float(x.mean()), float(x.std()))


class Exponential(NamedTuple):
    """f(x) = exp(−x/mean) / mean, x ≥ 0."""

    mean: float

    def log_density(self, x: Array) -> Array:
        return np.where(x >= 0, -x / self.mean - np.log(self.mean), -np.inf)

    def cdf(self, x: Array) -> Array:
        return np.asarray(-np.expm1(-np.maximum(x, 0) / self.mean))

    def quantile(self, share: Array) -> Array:
        return np.asarray(-self.mean * np.log1p(-np.asarray(share)))

    @classmethod
    def fit(cls, x: Array) -> Self:
        """The mean."""
        return cls(float(check_sample(x, least=0.0).mean()))


class Weibull(NamedTuple):
    """f(x) = (k/λ)·(x/λ)ᵏ⁻¹·exp(−(x/λ)ᵏ), x > 0; k = shape, λ = scale."""

    shape: float
    scale: float

    def log_density(self, x: Array) -> Array:
        k, log_z = self.shape, _log(x) - np.log(self.scale)
        return np.where(x > 0, np.log(k / self.scale) + (k - 1) * log_z - np.exp(k * log_z), -np.inf)

    def cdf(self, x: Array) -> Array:
        return np.asarray(-np.expm1(-((np.maximum(x, 0) / self.scale) ** self.shape)))

    def quantile(self, share: Array) -> Array:
        return np.asarray(self.scale * (-np.log1p(-np.asarray(share))) ** (1 / self.shape))

    @classmethod
    def fit(cls, x: Array) -> Self:
        """∂ ln L/∂λ = (k/λ)·(Σ (x/λ)ᵏ − n) is 0 at λᵏ = mean xᵏ; there, with wᵢ = xᵢᵏ / Σ xᵏ,

        ∂ ln L/∂k = −n·g(k)        g(k) = Σ wᵢ·ln xᵢ − 1/k − mean ln x        g′(k) = var_w ln x + 1/k²
        """
        logs = np.log(check_sample(x, above=0.0))
        around = logs - logs.max()  # xᵏ stays below 1

        def measure_slope(k: float) -> tuple[float, float]:
            w = np.exp(k * around)
            w /= w.sum()
            mean = w @ around
            return mean - 1 / k - around.mean(), w @ (around - mean) ** 2 + 1 / k**2

        k = find_root(measure_slope, 1 / float(np.std(logs)))
        return cls(k, float(np.exp(logs.max() + np.log(np.exp(k * around).mean()) / k)))


class LogNormal(NamedTuple):
    """ln x is normal with ``mean`` and ``spread``, x > 0."""

    mean: float
    spread: float

    def log_density(self, x: Array) -> Array:
        log_x = _log(x)
        return np.where(x > 0, Normal(self.mean, self.spread).log_density(log_x) - log_x, -np.inf)

    def cdf(self, x: Array) -> Array:
        return np.where(x > 0, Normal(self.mean, self.spread).cdf(_log(x)), 0.0)

    def quantile(self, share: Array) -> Array:
        return np.exp(Normal(self.mean, self.spread).quantile(share))

    @classmethod
    def fit(cls, x: Array) -> Self:
        """Mean and spread of the logarithms."""
        return cls(*Normal.fit(np.log(check_sample(x, above=0.0))))


class Gamma(NamedTuple):
    """f(x) = xᵃ⁻¹·exp(−x/θ) / (Γ(a)·θᵃ), x > 0; a = shape, θ = scale."""

    shape: float
    scale: float

    def log_density(self, x: Array) -> Array:
        """With t = x/(aθ) − 1: a·(ln(1 + t) − t) − ln x + (a·ln a − a − ln Γ(a)), whose terms stay small."""
        a, mean = self.shape, self.shape * self.scale
        if a > LARGE:  # Stirling's series, where the three would leave nothing
            constant = 0.5 * np.log(a / (2 * np.pi)) - 1 / (12 * a)
        else:
            constant = a * np.log(a) - a - gammaln(a)
        return np.where(x > 0, constant - _log(x) - a * _lose_log(x, mean), -np.inf)

    def cdf(self, x: Array) -> Array:
        return np.asarray(gammainc(self.shape, np.maximum(x, 0) / self.scale))

    def quantile(self, share: Array) -> Array:
        return np.asarray(self.scale * gammaincinv(self.shape, share))

    @classmethod
    def fit(cls, x: Array) -> Self:
        """∂ ln L/∂θ = Σ x/θ² − n·a/θ is 0 at θ = mean x / a; there, with s = ln mean x − mean ln x,

        ∂ ln L/∂a = −n·g(a)        g(a) = s − ln a + ψ(a)        g′(a) = ψ′(a) − 1/a
        """
        x = check_sample(x, above=0.0)
        s = float(_lose_log(x, x.mean()).mean())
        if not s > 0:
            raise _refuse("The numbers of the sample are next to equal", "Give some that differ more.")

        def measure_slope(a: float) -> tuple[float, float]:
            if a > LARGE:  # ln a − ψ(a) = 1/2a + 1/12a² − …, where the two would leave nothing
                return s - 1 / (2 * a) - 1 / (12 * a * a), 1 / (2 * a * a) + 1 / (6 * a**3)
            return s - np.log(a) + psi(a), polygamma(1, a) - 1 / a

        a = find_root(measure_slope, 0.5 / s)
        return cls(a, float(x.mean() / a))


class Logistic(NamedTuple):
    """F(x) = 1 / (1 + exp(−z)), z = (x − centre)/scale."""

    centre: float
    scale: float

    def log_density(self, x: Array) -> Array:
        z = np.abs(x - self.centre) / self.scale
        return np.asarray(-z - 2 * np.log1p(np.exp(-z)) - np.log(self.scale))

    def cdf(self, x: Array) -> Array:
        return np.asarray(expit((x - self.centre) / self.scale))

    def quantile(self, share: Array) -> Array:
        return np.asarray(self.centre + self.scale * logit(share))

    @classmethod
    def fit(cls, x: Array) -> Self:
        """Newton's steps in (a, b), where z = a·y − b of the standardised sample y: there ln f is concave.

        With t = tanh(z/2), Σ ln f has the gradient n/a − Σ t·y, Σ t and, with w = (1 − t²)/2, the second
        derivatives −n/a² − Σ w·y², Σ w·y, −Σ w. A step that loses likelihood, or makes a negative, is halved.
        """
        x = check_sample(x)
        mean, spread = x.mean(), x.std()
        y = (x - mean) / spread

        def measure(p: Array) -> float:
            if p[0] <= 0:
                return -np.inf
            return float(cls(p[1] / p[0], 1 / p[0]).log_density(y).sum())

        p, n = np.array([np.pi / np.sqrt(3), 0.0]), len(y)  # the logistic of mean 0 and spread 1
        for _ in range(MOST_ROUNDS):
            t = np.tanh((p[0] * y - p[1]) / 2)
            w = (1 - t * t) / 2
            slope = np.array([n / p[0] - t @ y, t.sum()])
            bend = np.array([[-n / p[0] ** 2 - w @ y**2, w @ y], [w @ y, -w.sum()]])
            step, now = -np.linalg.solve(bend, slope), measure(p)
            while measure(p + step) < now and np.abs(step).max() > CLOSE:
                step /= 2
            p = p + step
            if np.abs(step).max() <= CLOSE:
                break
        return cls(float(mean + spread * p[1] / p[0]), float(spread / p[0]))


class Cauchy(NamedTuple):
    """f(x) = 1 / (π·scale·(1 + z²)), z = (x − centre)/scale."""

    centre: float
    scale: float

    def log_density(self, x: Array) -> Array:
        return np.asarray(-np.log(np.pi * self.scale) - np.log1p(((x - self.centre) / self.scale) ** 2))

    def cdf(self, x: Array) -> Array:
        return np.asarray(0.5 + np.arctan((x - self.centre) / self.scale) / np.pi)

    def quantile(self, share: Array) -> Array:
        return np.asarray(self.centre + self.scale * np.tan(np.pi * (np.asarray(share) - 0.5)))

    @classmethod
    def fit(cls, x: Array) -> Self:
        """With w = 2/(1 + z²), both are 0 where centre = Σ w·x / Σ w and scale² = mean w·(x − centre)²:

            ∂ ln L/∂centre = Σ w·z / scale        ∂ ln L/∂scale = (Σ w·z² − n) / scale

        These give the next w, until they stand. There is one peak (Copas 1975), but none, or a ridge, where
        half of the sample is one value.
        """
        x = check_sample(x)
        if 2 * np.unique(x, return_counts=True)[1].max() >= len(x):
            raise _refuse("Half of the sample is one value", "A Cauchy curve fits any of these best.")
        low, middle, high = np.quantile(x, [0.25, 0.5, 0.75])
        y = x - middle  # else a centre far from 0 has no digits in which to settle
        centre, scale = 0.0, float(max((high - low) / 2, 0.1 * x.std()))
        for _ in range(MOST_ROUNDS):
            w = 2 / (1 + ((y - centre) / scale) ** 2)
            former = centre, scale
            centre = float(w @ y / w.sum())
            scale = float(np.sqrt(w @ (y - centre) ** 2 / len(y)))
            if abs(centre - former[0]) + abs(scale - former[1]) <= CLOSE * scale:
                return cls(float(middle) + centre, scale)
        raise _refuse(f"A Cauchy curve has not settled after {MOST_ROUNDS} rounds", "Fit another curve.")


def check_sample(x: Array, *, least: float = -np.inf, above: float = -np.inf) -> Array:
    """Return ``x`` as two or more finite, unequal float64 numbers; raise ``InputError`` for others."""
    x = np.asarray(x, np.float64)
    if x.ndim != 1 or len(x) < 2 or not np.isfinite(x).all():
        raise _refuse("The sample is not a row of finite numbers", "Give two or more of them.")
    if x.min() == x.max():
        raise _refuse("All numbers of the sample are equal", "Give some that differ.")
    if x.min() < least or x.min() <= above:
        raise _refuse(f"The sample holds {x.min():g}", "This curve lies above zero alone.")
    return x


def _refuse(what: str, remedy: str) -> InputError:
    return InputError(what, where="forecasting", remedy=remedy)


def _log(x: Array) -> Array:
    """Return ln x; where x is not positive, 0, which its caller leaves out."""
    positive = np.asarray(x) > 0
    return np.log(np.where(positive, x, 1.0))


def _lose_log(x: Array, mean: float) -> Array:
    """Return t − ln(1 + t), t = x/mean − 1, without loss where x is near to the mean or to 0."""
    t = (x - mean) / mean
    near = np.abs(t) < 0.5
    return np.where(near, t - np.log1p(np.where(near, t, 0.0)), t - _log(x) + np.log(mean))
