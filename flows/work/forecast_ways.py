"""Three ways to look ahead from the same days, each made again from past dates, beside what came.

*Replayed seasons* are the pattern's: past weeks from around the same date, on the present level. *Seasonal
months* draw whole months in blocks that keep their place in the year. *Months alike* are drawn independently
from the best of seven curves by AIC, cut to the months that were seen: no season and no level, as if every
month were like every other.

A month is a rate, of its covered days, and stands for as many of its days as are still to come: within one
nothing is left to chance, so the two ways made of months are for a month and more.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from datetime import date, timedelta
from functools import reduce
from typing import NamedTuple, TypeAlias

import numpy as np

from models.errors import InputError
from models.forecasting.backtest import Backtest, roll_origin
from models.forecasting.block_bootstrap import draw_seasons
from models.forecasting.fits import Fit, fit_all
from models.forecasting.monte_carlo import draw_between
from models.types import Array
from pipeline.features.month_series import make_month_series
from pipeline.patterns.forecast_replay import replay_seasons
from pipeline.patterns.forecast_tries import has_enough

WEEKS, BLOCKS, ALIKE = "replayed seasons", "seasonal months", "months alike"
N_DRAWS, N_TRY_DRAWS = 4000, 500
ENOUGH_MONTHS = 12
MOST_TRIES = 36
ENOUGH_TRIES = 6  # a way that made fewer than this, and than another way, is not set beside the others
ENOUGH_AHEAD = 28  # days
FEW_OUTCOMES = 50  # a way that can end in fewer totals has no chance finer than one of them
HELD = 0.9  # of the days ahead were covered, so that it is known what came


class Known(NamedTuple):
    """Covered ``days`` (datetime64[D], sorted), with a count each: what is known on the last of them."""

    days: Array
    counts: Array

    def until(self, day: np.datetime64) -> Known:
        """Return what was known on ``day``."""
        kept = self.days <= day
        return Known(self.days[kept], self.counts[kept])


Draw: TypeAlias = Callable[[Known, np.datetime64, np.random.Generator, int], Array]


def draw_weeks(known: Known, until: np.datetime64, rng: np.random.Generator, n_draws: int) -> Array:
    """Replay past weeks: counts ``(n_draws, n_days)`` of every day after the last known up to ``until``."""
    return replay_seasons(known.days, known.counts, until, rng, n_draws).counts


def draw_blocks(known: Known, until: np.datetime64, rng: np.random.Generator, n_draws: int) -> Array:
    """Draw whole months in blocks that keep their place in the year; raise ``InputError`` for few years."""
    rates, n_months, place = _place_months(known, until)
    return np.maximum(draw_seasons(rates, n_months, rng=rng, n_draws=n_draws), 0.0)[:, place]


def draw_alike(known: Known, until: np.datetime64, rng: np.random.Generator, n_draws: int) -> Array:
    """Draw months independently from the best of seven curves; raise ``InputError`` for few months."""
    rates, n_months, place = _place_months(known, until)
    best, rates = choose_curve(rates), rates[np.isfinite(rates)]
    drawn = draw_between(best.distribution, rates.min(), rates.max(), (n_draws, n_months), rng=rng)
    return drawn[:, place]


WAYS: Mapping[str, Draw] = {WEEKS: draw_weeks, BLOCKS: draw_blocks, ALIKE: draw_alike}


def is_near(now: date, until: date) -> bool:
    """Say whether less than a month is to come, for which a month's rate says nothing of the spread."""
    return until - now < timedelta(days=ENOUGH_AHEAD) or (now.year, now.month) == (until.year, until.month)


def seed_way(name: str, seed: int) -> np.random.Generator:
    """Return the generator of a way's draws, which the page and the command share."""
    return np.random.default_rng([seed, zlib.crc32(b"forecast" if name == WEEKS else name.encode())])


class Outcomes(NamedTuple):
    """How many different totals a way can come to, each as likely as any other, and how many of them pass."""

    n: int
    n_passing: int


def count_outcomes(name: str, totals: Array, target: int) -> Outcomes | None:
    """Count the different totals that were drawn, where they are a handful: blocks of few past years."""
    different = np.unique(np.round(totals, 3))
    if name != BLOCKS or len(different) >= FEW_OUTCOMES:
        return None
    return Outcomes(len(different), int((np.rint(different) > target).sum()))


def measure_months(known: Known) -> tuple[Array, int]:
    """Return the rate a covered day of each whole month up to the last, NaN for one with few; and the first.

    Months are numbered from January 1970. The last month counts once its last day is known.
    """
    series = make_month_series(known.days, known.counts)
    whole = series.months < (known.days[-1] + 1).astype("datetime64[M]")
    return series.per_day[whole], int(series.months[0].astype(np.int64))


def choose_curve(rates: Array) -> Fit:
    """Return which of the seven curves fits the monthly ``rates`` best, by AIC."""
    return next(fit for fit in list_fits(rates) if not fit.name.startswith("Johnson"))


def list_fits(rates: Array) -> tuple[Fit, ...]:
    """Fit every curve to the months that have a rate, the best first."""
    rates = rates[np.isfinite(rates)]
    if len(rates) < ENOUGH_MONTHS:
        raise InputError(
            f"{len(rates)} whole months are known", where="forecast", remedy=f"It takes {ENOUGH_MONTHS}."
        )
    return fit_all(rates)


def try_way(draw: Draw, known: Known, n_ahead: int, seed: int) -> tuple[Backtest, Array]:
    """Forecast ``n_ahead`` days from the last day of each past month, at most 36; return also their origins.

    A try sees only what was known on its day, and counts covered days alone. Months from which less than
    nine tenths of the days ahead are covered are left out, and those that held too little to forecast from.
    """
    totals: dict[np.datetime64, Array] = {}
    for origin in _list_origins(known, n_ahead):
        past, ahead = known.until(origin), _list_ahead(known, origin, n_ahead)
        if not has_enough(past.days, past.counts) or past.days[-1] < origin - 6:
            continue
        rng = np.random.default_rng([seed, int(origin.astype(np.int64))])
        try:
            drawn = draw(past, origin + n_ahead, rng, N_TRY_DRAWS)
        except InputError:
            continue
        totals[origin] = drawn[:, (ahead - past.days[-1]).astype(np.int64) - 1].sum(axis=1)

    def find_truth(origin: np.datetime64) -> float:
        ahead = _list_ahead(known, origin, n_ahead)
        return float(known.counts[np.searchsorted(known.days, ahead)].sum())

    origins = np.array(sorted(totals), dtype="datetime64[D]")
    return roll_origin(origins, totals.__getitem__, find_truth), origins


def keep_common(tried: Mapping[str, tuple[Backtest, Array]]) -> dict[str, Backtest]:
    """Return of each way the tries that all ways made: other months have other levels, and other losses.

    A way that made fewer than six, and fewer than another, keeps none, and does not count as one of them.
    """
    most = max(len(origins) for _, origins in tried.values())
    enough = {name for name, (_, origins) in tried.items() if len(origins) >= min(ENOUGH_TRIES, most)}
    common = reduce(np.intersect1d, [tried[name][1] for name in enough])
    kept = {}
    for name, (tries, origins) in tried.items():
        rows = np.isin(origins, common) & (name in enough)
        kept[name] = tries._replace(quantiles=tries.quantiles[rows], truth=tries.truth[rows])
    return kept


def _list_origins(known: Known, n_ahead: int) -> Array:
    """Return the last days of past months from which it is known what came."""
    last = known.days[-1] - n_ahead
    months = np.arange(known.days[0].astype("datetime64[M]"), last.astype("datetime64[M]") + 2)
    ends = months.astype("datetime64[D]") - 1
    ends = ends[(ends >= known.days[0]) & (ends <= last)]
    enough = [len(_list_ahead(known, end, n_ahead)) >= HELD * n_ahead for end in ends]
    return np.asarray(ends[np.array(enough, dtype=bool)][-MOST_TRIES:])


def _list_ahead(known: Known, origin: np.datetime64, n_ahead: int) -> Array:
    """Return the covered days among the ``n_ahead`` after ``origin``."""
    return known.days[(known.days > origin) & (known.days <= origin + n_ahead)]


def _place_months(known: Known, until: np.datetime64) -> tuple[Array, int, Array]:
    """Return the months' rates, how many months follow them, and in which of these each day ahead lies."""
    rates, first = measure_months(known)
    ahead = np.arange(known.days[-1] + 1, until + 1).astype("datetime64[M]").astype(np.int64)
    place = ahead - first - len(rates)
    return rates, int(place[-1]) + 1, place
