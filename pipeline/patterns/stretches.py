"""The fullest three months of an archive, if they are clearly that."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import LIKELY, Floats, draw_weights, find_interval
from pipeline.patterns.days import ENOUGH_SEARCHES, DayTable
from pipeline.patterns.months import ENOUGH_DAYS_A_MONTH
from pipeline.patterns.shuffles import shuffle_blocks
from pipeline.patterns.wording import MONTHS

LENGTH = 3  # months
ENOUGH_STRETCHES = 6  # overlapping ones, so at least eight months
ENOUGH_DAYS = LENGTH * ENOUGH_DAYS_A_MONTH  # that a resample must have drawn of a stretch
SHUFFLED_CHANCE = 0.01


class Stretch(NamedTuple):
    """Three months in a row, whose rate no other three reach."""

    first: date
    last: date
    rate: float  # per covered day
    low: float
    high: float
    mean: float  # of all covered days
    chance: float  # share of resamples whose fullest stretch shares at least two of its months

    @property
    def name(self) -> str:
        """April to June 2022, or December 2022 to February 2023."""
        year = "" if self.first.year == self.last.year else f" {self.first.year}"
        return f"{MONTHS[self.first.month - 1]}{year} to {MONTHS[self.last.month - 1]} {self.last.year}"


def find_fullest_stretch(days: DayTable, rng: np.random.Generator) -> Stretch | None:
    """Return the fullest three months in a row, each with ten covered days, if they clearly are that.

    Clearly: among 1,000 resamples of fortnights at least 97.5 % have their fullest stretch there, give or
    take a month; and of 1,000 shuffles of the fortnights less than 1 % make some stretch as full.
    """
    if days.totals.sum() < ENOUGH_SEARCHES:
        return None
    month = days.days.astype("datetime64[M]").astype(np.int64)
    place = month - month[0]
    firsts = np.flatnonzero(np.diff(place, prepend=-1))  # where each month with a covered day begins
    held = place[firsts]

    def gather(values: Floats) -> Floats:
        """Sum (n, n_days) by month: (n, n_months), 0 in a month without a covered day."""
        sums = np.zeros((len(values), int(place[-1]) + 1))
        sums[:, held] = np.add.reduceat(values, firsts, axis=1)
        return sums

    totals = days.totals.astype(float)
    n_days = gather(np.ones((1, len(place))))
    known = _slide((n_days >= ENOUGH_DAYS_A_MONTH).astype(float))[0] == LENGTH
    if known.sum() < ENOUGH_STRETCHES:
        return None
    rates = _rate(gather(totals[None, :]), n_days, known)[0]
    best = int(np.argmax(rates))
    shuffled = _rate(gather(totals[shuffle_blocks(len(place), rng)]), n_days, known)
    if np.mean(shuffled.max(axis=1) >= rates[best]) >= SHUFFLED_CHANCE:
        return None
    weights = draw_weights(days.days, rng)
    drawn = _rate(gather(weights * totals), gather(weights), known)
    chance = float(np.mean(np.abs(np.argmax(drawn, axis=1) - best) <= 1))
    if chance < LIKELY:
        return None
    low, high = find_interval(np.where(drawn[:, best] < 0, np.nan, drawn[:, best]))
    if np.isnan(low):
        return None
    first = np.datetime64(int(month[0]) + best, "M")
    ends = first.astype("datetime64[D]"), (first + LENGTH).astype("datetime64[D]") - 1
    return Stretch(
        ends[0].item(), ends[1].item(), float(rates[best]), low, high, float(days.totals.mean()), chance
    )


def _slide(values: Floats) -> Floats:
    """Return (n, k - 2): sums over three columns in a row."""
    sums = np.cumsum(np.pad(values, ((0, 0), (1, 0))), axis=1)
    return np.asarray(sums[:, LENGTH:] - sums[:, :-LENGTH])


def _rate(sums: Floats, n_days: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return (n, k - 2): the rates of the known stretches; −1: another, or too few of its days drawn."""
    long_sums, long_days = _slide(sums), _slide(n_days)
    held = known & (long_days >= ENOUGH_DAYS)
    return np.where(held, long_sums / np.maximum(long_days, 1), -1.0)
