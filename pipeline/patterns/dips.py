"""The month that falls in every year, if one does by more than chance."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import BLOCK_DAYS, Floats, draw_weights, find_interval, resample_rates
from pipeline.patterns.days import DayTable, count_covered_days
from pipeline.patterns.subject import Subject

ENOUGH_MONTHS = 4  # months with a rate before a year's mean can judge one of them
SMALLEST_FALL = 0.05
N_SHUFFLES = 1000
FORTNIGHTS_CHANCE, MONTHS_CHANCE = 0.005, 0.05

Counts = NDArray[np.int64]


class Dip(NamedTuple):
    """A month that falls in every year that can judge it."""

    month: int
    falls: tuple[float, ...]  # 0.27: 27 % below the year's mean; one a judged year
    n_shown: int  # years in which the month has a rate, judged or not
    high: float  # upper end of the mean ratio's 95 % interval


def find_dip(frame: pd.DataFrame, subject: Subject, rng: np.random.Generator) -> Dip | None:
    """Return the month that falls furthest below its year's mean in every year, if one clearly does."""
    years = np.unique(frame["year"].to_numpy())
    rates = _spread(frame, "per_day", years)
    shown = np.isfinite(rates)
    judged = shown & (shown.sum(axis=1) >= ENOUGH_MONTHS)[:, None]
    with np.errstate(invalid="ignore", divide="ignore"):
        means = _spread(frame, "covered_searches", years).sum(axis=1) / _spread(
            frame, "covered_days", years
        ).sum(1)
        falls = np.where(judged, 1 - rates / means[:, None], np.nan)
    common = (judged.sum(axis=0) >= 2) & ~(falls < SMALLEST_FALL).any(axis=0)
    if not common.any():
        return None
    mean_falls = np.where(common, np.nansum(falls, axis=0) / np.maximum(judged.sum(axis=0), 1), -np.inf)
    month = int(np.argmax(mean_falls))
    kept = np.flatnonzero(judged[:, month])
    days = count_covered_days(subject)
    shuffles = [(_shuffle_fortnights(days, years[kept], judged[kept], rng), FORTNIGHTS_CHANCE)]
    if len(kept) >= 3:  # the months of two years meet by chance once in twelve times: no shuffling can tell
        shuffles.append((_shuffle_months(falls[kept], rng), MONTHS_CHANCE))
    if any(_find_chance(shuffled, mean_falls[month]) >= chance for shuffled, chance in shuffles):
        return None
    high = find_interval(_resample_ratios(days, years[kept], month, rng))[1]
    return Dip(month + 1, tuple(float(fall) for fall in falls[kept, month]), int(shown[:, month].sum()), high)


def _spread(frame: pd.DataFrame, column: str, years: np.ndarray) -> np.ndarray:
    """Return (n_years, 12), NaN (rates) or 0 (counts) where the archive has no such month."""
    grid = np.full((len(years), 12), np.nan if column == "per_day" else 0.0)
    grid[np.searchsorted(years, frame["year"].to_numpy()), frame["month"].to_numpy() - 1] = frame[column]
    return grid


def _resample_ratios(days: DayTable, years: Counts, month: int, rng: np.random.Generator) -> Floats:
    """Return (n,): the month's rate over the year's, averaged over the years whose month was drawn."""
    days = days.take(np.isin(days.year, years))
    weights = draw_weights(days.days, rng)
    place = np.searchsorted(years, days.year)
    whole = resample_rates(days.totals, place, len(years), weights)
    inside = days.month == month + 1
    part = resample_rates(days.totals[inside], place[inside], len(years), weights[:, inside])
    with np.errstate(invalid="ignore"):
        ratios = part / whole
    known = np.isfinite(ratios)
    sums = np.where(known, ratios, 0.0).sum(axis=1)
    return np.asarray(np.where(known.any(axis=1), sums / np.maximum(known.sum(axis=1), 1), 1.0))


def _shuffle_fortnights(
    days: DayTable, years: Counts, judged: NDArray[np.bool_], rng: np.random.Generator
) -> Floats:
    """Return (n, n_years, 12): the falls of the judged months once each year's fortnights are shuffled."""
    falls = np.full((N_SHUFFLES, *judged.shape), np.nan)
    for k, year in enumerate(years):
        here = days.take(days.year == year)
        shuffled = here.totals[_shuffle_blocks(len(here.days), rng)]
        members = here.month[:, None] == np.flatnonzero(judged[k]) + 1
        rates = (shuffled @ members.astype(float)) / members.sum(axis=0)
        falls[:, k, judged[k]] = 1 - rates / here.totals.mean()
    return falls


def _shuffle_blocks(n_days: int, rng: np.random.Generator) -> Counts:
    """Return (n, n_days): the days' places, blocks of 14 in another order from a random start."""
    place = np.arange(n_days)
    start = rng.integers(0, n_days, (N_SHUFFLES, 1))
    keys = rng.random((N_SHUFFLES, n_days // BLOCK_DAYS[0] + 1))
    order = np.argsort(keys[:, place // BLOCK_DAYS[0]], axis=1, kind="stable")
    return np.asarray((order + start) % n_days, dtype=np.int64)


def _shuffle_months(falls: Floats, rng: np.random.Generator) -> Floats:
    """Return (n, n_years, 12): the falls once each year's months are shuffled."""
    shuffled = np.full((N_SHUFFLES, *falls.shape), np.nan)
    for k, row in enumerate(falls):
        at = np.flatnonzero(np.isfinite(row))
        shuffled[:, k, at] = rng.permuted(np.tile(row[at], (N_SHUFFLES, 1)), axis=1)
    return shuffled


def _find_chance(shuffled: Floats, found: float) -> float:
    """Return how often some month of the shuffled falls by as much, on average, in every year."""
    together = np.isfinite(shuffled).all(axis=1) & (shuffled >= SMALLEST_FALL).all(axis=1)
    means = np.where(together, np.nan_to_num(shuffled).mean(axis=1), -np.inf)
    return float(np.mean(means.max(axis=1) >= found - 1e-12))
