"""Which curve fits a sample: the seven and Johnson's, by what they lose for each parameter, and by distance.

    AIC = 2k − 2·ln L        BIC = k·ln n − 2·ln L        KS = sup |F(x) − share of the sample up to x|

The distance has no p-value here: the curves were fitted to the very sample, for which the usual tables are
far too kind (Lilliefors 1967). AIC compares likelihoods, so that a curve under which some of the sample is
impossible is the last; such a Johnson SB can fit the rest well all the same. Johnson's is fitted by five
quantiles, not by likelihood: another curve of its system is likelier, so its AIC and BIC are upper bounds.

Shapes: a sample x (n,) → four numbers for each curve.

References: H. Akaike 1974, *A new look at the statistical model identification*, IEEE Trans. Autom. Control
19; G. Schwarz 1978, *Estimating the dimension of a model*, Ann. Stat. 6; H. W. Lilliefors 1967, *On the
Kolmogorov–Smirnov test for normality with mean and variance unknown*, JASA 62.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np

from models.errors import InputError
from models.forecasting.distributions import (
    Cauchy,
    Distribution,
    Exponential,
    Gamma,
    Logistic,
    LogNormal,
    Normal,
    Weibull,
    check_sample,
)
from models.forecasting.johnson import N_PARAMETERS, Johnson, fit_johnson
from models.types import Array

SEVEN: Mapping[str, Any] = {
    "normal": Normal,
    "exponential": Exponential,
    "Weibull": Weibull,
    "log-normal": LogNormal,
    "gamma": Gamma,
    "logistic": Logistic,
    "Cauchy": Cauchy,
}


class Fit(NamedTuple):
    """One curve and how it fits; ``aic`` and ``bic`` are infinite where it rules out some of the sample."""

    name: str
    distribution: Distribution
    n_parameters: int
    log_likelihood: float
    aic: float
    bic: float
    distance: float  # Kolmogorov's and Smirnov's


def fit_all(x: Array) -> tuple[Fit, ...]:
    """Fit all eight to ``x (n,)``, the lowest AIC first; a curve that cannot be fitted is left out.

    Raises ``InputError`` for a sample that none can be fitted to.
    """
    x = check_sample(x)
    ways: dict[str, Callable[[Array], Distribution]] = {name: kind.fit for name, kind in SEVEN.items()}
    ways["Johnson"] = fit_johnson
    fits = []
    for name, fit in ways.items():
        try:
            with np.errstate(all="ignore"):
                found = measure_fit(name, fit(x), x)
        except (ArithmeticError, InputError, np.linalg.LinAlgError):
            continue
        if not (np.isnan(found.aic) or np.isnan(found.distance)):
            fits.append(found)
    if not fits:
        raise InputError("No curve fits the sample", where="forecasting", remedy="Give it in another unit.")
    return tuple(sorted(fits, key=lambda fit: fit.aic))


def measure_fit(name: str, distribution: Distribution, x: Array) -> Fit:
    """Return the likelihood, AIC, BIC and distance of a fitted curve on its sample ``x (n,)``."""
    parameters: Any = distribution
    k = N_PARAMETERS[parameters.kind] if isinstance(distribution, Johnson) else len(parameters)
    with np.errstate(divide="ignore"):
        total = float(distribution.log_density(x).sum())
    return Fit(
        f"{name} {parameters.kind}" if isinstance(distribution, Johnson) else name,
        distribution, k, total, 2 * k - 2 * total, k * float(np.log(len(x))) - 2 * total,
        measure_distance(distribution, x),
    )  # fmt: skip


def measure_distance(distribution: Distribution, x: Array) -> float:
    """Return the largest distance between the curve's share and the sample's, on either side of each step."""
    share, n = distribution.cdf(np.sort(x)), len(x)
    steps = np.arange(n + 1) / n
    return float(max((steps[1:] - share).max(), (share - steps[:-1]).max()))
