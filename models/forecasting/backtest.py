"""How forecasts fared: made again from past dates with what was known by then, beside what came.

    pinball loss of a quantile q for the share α:  max(α·(y − q), (α − 1)·(y − q))

It is least, on average, for the true quantile; the more evenly spaced shares it is the mean over, the nearer
it is to half of the continuous ranked probability score. A band from the quantile of 10 to that of 90 in 100
should hold what came in 80 of 100 tries: more is a band too wide, which the loss charges as it charges one
that is too narrow.

Shapes: of n tries quantiles (n, n_shares), truth (n,) → losses (n,).

References: R. Koenker & G. Bassett 1978, *Regression Quantiles*, Econometrica 46; T. Gneiting & A. E. Raftery
2007, *Strictly Proper Scoring Rules, Prediction, and Estimation*, JASA 102; L. J. Tashman 2000,
*Out-of-sample tests of forecasting accuracy*, Int. J. Forecasting 16 (rolling origin).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeVar

import numpy as np

from models.errors import InputError
from models.types import Array

Origin = TypeVar("Origin")
SHARES = tuple(round(0.05 * k, 2) for k in range(1, 20))  # every twentieth


class Backtest(NamedTuple):
    """What was said from each of n origins, and what came."""

    quantiles: Array  # (n, n_shares)
    truth: Array  # (n,)
    shares: tuple[float, ...] = SHARES

    @property
    def losses(self) -> Array:
        """(n,) the pinball loss of each try, the mean over its shares."""
        losses = pinball_loss(self.quantiles, np.array(self.shares), self.truth[:, None])
        return np.asarray(losses.mean(axis=1))

    def hold(self, low: float = 0.1, high: float = 0.9) -> Array:
        """Say of each try whether the band between two of the shares held what came."""
        if low not in self.shares or high not in self.shares:
            raise InputError(
                f"There is no quantile for {low:g} or {high:g}",
                where="backtest",
                remedy=f"Known: {', '.join(f'{share:g}' for share in self.shares)}.",
            )
        lower, upper = (self.quantiles[:, self.shares.index(share)] for share in (low, high))
        return (lower <= self.truth) & (self.truth <= upper)


def pinball_loss(quantile: Array, share: Array, truth: Array) -> Array:
    """Return what stating ``quantile`` for ``share`` costs where ``truth`` came; all broadcast."""
    off = np.asarray(truth) - quantile
    return np.asarray(np.maximum(share * off, (share - 1) * off))


def roll_origin(
    origins: Iterable[Origin],
    draw: Callable[[Origin], Array],
    find_truth: Callable[[Origin], float],
    shares: tuple[float, ...] = SHARES,
) -> Backtest:
    """Forecast from each origin and look at what came.

    ``draw`` gives the drawn totals ``(n_draws,)`` of an origin, and has to look at what was known there
    alone.
    """
    tries = [(np.quantile(draw(origin), shares), find_truth(origin)) for origin in origins]
    quantiles = np.array([quantiles for quantiles, _ in tries]).reshape(-1, len(shares))
    return Backtest(quantiles, np.array([truth for _, truth in tries], np.float64), shares)
