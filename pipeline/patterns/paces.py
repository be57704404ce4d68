"""Stretches of days at one pace, and how sure the step from one to the next is."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import (
    CLEAR,
    Floats,
    choose_block_days,
    draw_weights,
    find_interval,
    resample_rates,
    widen,
)
from pipeline.patterns.days import ENOUGH_SEARCHES, DayTable
from pipeline.patterns.pelt import cost_of, find_changes, measure_gains
from pipeline.patterns.shuffles import shuffle_blocks

SHORTEST = 56  # days of a stretch: shorter ups and downs are no change of pace
ENOUGH_DAYS = 182
SMALLEST_CHANGE = 1.1  # a ratio
RESTLESS_DAYS = (14, 28, 56, 91)
SHORT_SPAN = 62  # days within which a change is still dated to a day
SHUFFLED_DAYS = 28  # kept together: a busy fortnight often comes before another
SHUFFLED_LEVEL = 0.99  # of the shuffles find no change at the penalty


class Change(NamedTuple):
    """The step between two stretches: the second one's rate over the first one's, and the day."""

    place: int  # of the second stretch
    before: float
    after: float
    low: float  # 95 % interval of the ratio
    high: float
    day: date
    earliest: date
    latest: date
    is_clear: bool  # by at least a tenth, and outside the 99 % interval


def list_stretches(days: DayTable, rng: np.random.Generator) -> tuple[pd.DataFrame, list[Change]]:
    """List the stretches of one rate, and the changes between them; without a change one stretch.

    Columns: since and until (datetime64[ms], the first and the last covered day), days (covered), per_day,
    low, high (95 % interval by blocks of days).
    """
    n = len(days.days)
    if n < ENOUGH_DAYS or days.totals.sum() < ENOUGH_SEARCHES:
        return _list_rows(days, np.array([0, n])[: 1 + (n > 0)], None), []
    starts = np.append(0, find_changes(days.totals, choose_penalty(days.totals, rng), SHORTEST))
    weights = draw_weights(days.days, rng)
    while True:
        bounds = np.append(starts, n)
        drawn = _resample(days, bounds, weights)
        changes = [_measure_change(days, bounds, drawn, k) for k in range(1, len(starts))]
        weak = [k for k, change in enumerate(changes) if not change.is_clear]
        if not weak:
            return _list_rows(days, bounds, drawn), changes
        least = min(weak, key=lambda k: _size_of(changes[k]))
        starts = np.delete(starts, least + 1)


def choose_penalty(counts: NDArray[np.int64], rng: np.random.Generator) -> float:
    """Return the cost of a change at which 99 % of shuffled archives have none.

    Days are restless and busy weeks come in rows, so a Poisson penalty would find changes everywhere.
    Blocks of four weeks in another order keep both. The first round shuffles the counts as they are; the
    second one takes out the changes that the first found, so that these do not hide others.
    """
    n, level = len(counts), np.full(len(counts), counts.mean())
    penalty = np.inf
    for _ in range(2):
        steady = np.where(level > 0, counts / np.maximum(level, 1e-9), 1.0) * counts.mean()
        shuffled = steady[shuffle_blocks(n, rng, SHUFFLED_DAYS)]
        penalty = float(np.quantile(measure_gains(shuffled, SHORTEST, 7).max(axis=1), SHUFFLED_LEVEL))
        starts = np.append(0, find_changes(counts, penalty, SHORTEST, 7))
        lengths = np.diff(np.append(starts, n))
        level = np.repeat(np.add.reduceat(counts, starts) / lengths, lengths)
    return penalty


def _resample(days: DayTable, bounds: NDArray[np.int64], weights: Floats) -> Floats:
    """Return (n, k): the stretches' rates drawn again, widened for how few blocks each holds."""
    lengths = np.diff(bounds)
    groups = np.repeat(np.arange(len(lengths)), lengths)
    drawn = resample_rates(days.totals, groups, len(lengths), weights)
    rates = np.add.reduceat(days.totals, bounds[:-1]) / lengths
    block = choose_block_days(len(days.days))
    wide = [widen(drawn[:, k], rates[k], lengths[k] / block) for k in range(len(lengths))]
    return np.maximum(np.column_stack(wide), 0.0)


def _measure_change(days: DayTable, bounds: NDArray[np.int64], drawn: Floats, k: int) -> Change:
    start, middle, end = (int(bounds[k + j]) for j in (-1, 0, 1))
    before, after = float(days.totals[start:middle].mean()), float(days.totals[middle:end].mean())
    ratios = drawn[:, k] / np.maximum(drawn[:, k - 1], 1e-9)
    low, high = find_interval(ratios)
    lowest, highest = find_interval(ratios, CLEAR)
    is_clear = not lowest <= 1 <= highest and max(before, after) >= SMALLEST_CHANGE * min(before, after)
    first, last = _find_when(days.totals[start:end], middle - start)
    day, earliest, latest = (days.days[place].item() for place in (middle, start + first, start + last))
    return Change(k, before, after, low, high, day, earliest, latest, is_clear)


def _find_when(counts: NDArray[np.int64], place: int) -> tuple[int, int]:
    """Return the first and last place at which the change may lie: where the split costs little more.

    The limit of 95 % is 7.35 (Hansen 2000, Sample Splitting and Threshold Estimation, Econometrica 68,
    table 1: (1 − exp(−x/2))² = 0.95), times how restless the counts are: over stretches from a fortnight to
    a season the most, since seasons and busy months blur a change more than single days do.
    """
    n = len(counts)
    places = np.arange(min(SHORTEST, place), max(n - SHORTEST, place) + 1)
    sums = np.cumsum(counts, dtype=float)
    costs = cost_of(sums[places - 1], places) + cost_of(sums[-1] - sums[places - 1], n - places)
    level = np.repeat([counts[:place].mean(), counts[place:].mean()], [place, n - place])
    restless = max(_measure_restlessness(counts, level, days) for days in RESTLESS_DAYS)
    near = places[costs <= costs.min() + 7.35 * max(restless, 1.0)]
    return min(int(near[0]), place), max(int(near[-1]), place)


def _measure_restlessness(counts: NDArray[np.int64], level: Floats, days: int) -> float:
    """Return the variance of stretches of so many days over what a Poisson process has; 0 for under four."""
    starts = np.arange(0, len(counts) - days + 1, days)
    if len(starts) < 4:
        return 0.0
    expected, held = np.add.reduceat(level, starts), np.add.reduceat(counts, starts)
    return float(np.mean((held - expected) ** 2 / np.maximum(expected, 1.0)))


def _size_of(change: Change) -> float:
    """Return |ln ratio|."""
    before, after = np.log(np.maximum([change.before, change.after], 1e-9))
    return float(abs(after - before))


def _list_rows(days: DayTable, bounds: NDArray[np.int64], drawn: Floats | None) -> pd.DataFrame:
    lengths = np.diff(bounds)
    sums = np.add.reduceat(days.totals, bounds[:-1]) if len(lengths) else np.zeros(0)
    ends = [find_interval(drawn[:, k]) for k in range(len(lengths))] if drawn is not None else []
    low, high = np.array(ends or [(np.nan, np.nan)] * len(lengths), dtype=float).reshape(-1, 2).T
    return pd.DataFrame(
        {
            "since": days.days[bounds[:-1]].astype("datetime64[ms]"),
            "until": days.days[bounds[1:] - 1].astype("datetime64[ms]"),
            "days": lengths.astype(np.int64),
            "per_day": sums / np.maximum(lengths, 1),
            "low": low,
            "high": high,
        }
    )
