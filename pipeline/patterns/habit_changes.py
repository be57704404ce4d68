"""When the habit of the nights changed: the steps of its weekly medians, dated to the night."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Days = NDArray[np.datetime64]

ENOUGH_A_WEEK = 4  # usable nights
LEAST_WEEKS = 8  # of a period between two changes: what is shorter is a stay or a season
SLOW_WEEKS = 25  # the spread is that about the median of so many weeks
LEAST_SPREAD = 0.25  # hours
PENALTY = 9.0  # of each step, times ln(number of weeks), in squared spreads
NEAR_DAYS = 28  # about a step of the weeks, within which its night is sought


def list_weeks(nights: pd.DataFrame) -> pd.DataFrame:
    """List the ISO weeks of ``nights`` (as by ``list_quiet_nights``) with the medians of their usable nights.

    Columns: week (datetime64[ms], its Monday), start, end (hours after 15:00; NaN under four usable
    nights), nights (usable ones).
    """
    night = nights["night"].to_numpy().astype("datetime64[D]")
    monday = night - (night.astype(np.int64) + 3) % 7
    groups = nights.assign(week=monday.astype("datetime64[ms]")).groupby("week")
    weeks = groups[["start", "end"]].median()
    weeks["nights"] = groups["usable"].sum().astype("int64")
    weeks.loc[weeks["nights"] < ENOUGH_A_WEEK, ["start", "end"]] = np.nan
    weeks = weeks.reset_index()
    return weeks.astype({"week": "datetime64[ms]", "start": float, "end": float, "nights": "int64"})


def find_changes(nights: pd.DataFrame, away: NDArray[np.bool_]) -> Days:
    """Return the first nights (datetime64[D]) of each new habit; those spent ``away`` (n,) make no habit.

    The weekly medians of both ends are split where the squares about each part's means, plus a penalty for
    every step, are least: Jackson et al. 2005, An Algorithm for Optimal Partitioning of Data on an
    Interval, IEEE Signal Processing Letters 12, eq. 3. No part is shorter than eight weeks. The night of
    a step is that which divides all nights about it best, in absolute hours from both parts' medians.
    """
    weeks = list_weeks(nights[~away]).dropna()
    values = weeks[["start", "end"]]
    if len(weeks) < 2 * LEAST_WEEKS:
        return np.zeros(0, dtype="datetime64[D]")
    slow = values.rolling(SLOW_WEEKS, center=True, min_periods=1).median()
    spread = 1.4826 * (values - slow).abs().median().to_numpy(dtype=float)
    scaled = values.to_numpy(dtype=float) / np.maximum(spread, LEAST_SPREAD)
    steps = partition(scaled, PENALTY * float(np.log(len(weeks))), LEAST_WEEKS)
    mondays = weeks["week"].to_numpy().astype("datetime64[D]")
    known = nights[nights["usable"]]
    days = known["night"].to_numpy().astype("datetime64[D]")
    ends = known[["start", "end"]].to_numpy(dtype=float)
    borders = [mondays[0], *(mondays[k] for k in steps), mondays[-1] + 7]
    dates = [
        _date_step(days, ends, *borders[k - 1 : k + 2])  # the step and its neighbours
        for k in range(1, len(borders) - 1)
    ]
    return np.array(dates, dtype="datetime64[D]")


def partition(values: Floats, penalty: float, least: int) -> list[int]:
    """Return where ``values`` (n, k) are best cut into parts of ``least`` or more rows about their means."""
    n = len(values)
    sums = np.concatenate([np.zeros((1, values.shape[1])), np.cumsum(values, axis=0)])
    squares = np.concatenate([[0.0], np.cumsum((values**2).sum(axis=1))])
    cost = np.full(n + 1, np.inf)
    cost[0] = -penalty
    last = np.zeros(n + 1, dtype=np.int64)
    for stop in range(least, n + 1):
        begin = np.arange(0, stop - least + 1)
        parts = squares[stop] - squares[begin]
        parts = parts - ((sums[stop] - sums[begin]) ** 2).sum(axis=1) / (stop - begin)
        total = cost[begin] + parts + penalty
        last[stop] = int(np.argmin(total))
        cost[stop] = total[last[stop]]
    steps: list[int] = []
    at = int(last[n])
    while at > 0:
        steps.append(at)
        at = int(last[at])
    return steps[::-1]


def _date_step(
    days: Days, ends: Floats, since: np.datetime64, step: np.datetime64, until: np.datetime64
) -> np.datetime64:
    before = np.median(ends[(days >= since) & (days < step)], axis=0)
    after = np.median(ends[(days >= step) & (days < until)], axis=0)
    near = np.flatnonzero(np.abs((days - step).astype(np.int64)) <= NEAR_DAYS)
    excess = (np.abs(ends[near] - before) - np.abs(ends[near] - after)).sum(axis=1)
    kept = np.concatenate([[0.0], np.cumsum(excess)])
    night: np.datetime64 = days[near][min(int(np.argmin(kept)), len(near) - 1)]
    return night
