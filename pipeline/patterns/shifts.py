"""Runs of nights in which the whole quiet pause lies hours away from its usual place."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEAST_HOURS, MOST_HOURS = 3, 12  # nearer ones look like late evenings
ENOUGH_DAYS = 3
WINDOW = 121  # usable nights about each, of whose pauses the median is the usual place
ODD = 0.2  # share of nights whose pause lies anywhere: a single strange night proves little
LEAST_SPREAD, MOST_SPREAD = 0.5, 3.0  # hours; nights that vary more show no stay
USUAL_STAY = 14  # nights
MOST_PASSES = 4  # the usual place is found again without the nights away, until the path stays


def list_shifts(nights: pd.DataFrame, changes: NDArray[np.datetime64]) -> pd.DataFrame:
    """List the stays of three days or more with the pause shifted by three hours or more at both ends.

    ``nights`` as by ``list_quiet_nights``, ``changes`` the first nights of new habits: the usual place is
    sought on its own side of each. Columns: first and last (datetime64[ms], the first and last such
    night), days (from one to the other, both counted), hours (int64; of that clock ahead of home's, + where
    the pause comes earlier by the home clock).

    Each usable night is at home or k hours away: then its two ends lie normally about their usual place
    less k hours, but one night in five lies anywhere. The run of nights whose log odds for being away sum
    up to the most is a stay if they outweigh those against one: stays are as rare as once in the
    archive, all k as likely, and last two weeks on average; so on with the nights left and right of it
    (largest sum of a run: Bentley 1984, Programming Pearls: Algorithm Design Techniques, Communications
    of the ACM 27). Own definition.
    """
    known = nights[nights["usable"]]
    if len(known) < 2 * ENOUGH_DAYS:
        return _list_rows([])
    ends, dates = known[["start", "end"]], known["night"].to_numpy().astype("datetime64[D]")
    period = np.searchsorted(changes, dates, side="right")
    path = np.zeros(len(ends), dtype=np.int64)
    for _ in range(MOST_PASSES):
        before, path = path, _follow((ends - _find_usual(ends, period, path != 0)).to_numpy(dtype=float))
        if np.array_equal(before, path):
            break
    edges = np.flatnonzero(np.diff(path, prepend=0, append=0))
    spans = []
    for begin, stop in pairwise(edges):
        hours = int(path[begin])
        days = int((dates[stop - 1] - dates[begin]).astype(int)) + 1
        if hours and days >= ENOUGH_DAYS and stop - begin >= ENOUGH_DAYS:
            spans.append((dates[begin], dates[stop - 1], days, hours))
    return _list_rows(spans)


def is_shifted(nights: pd.DataFrame, shifts: pd.DataFrame) -> NDArray[np.bool_]:
    """Return for each night whether it lies in one of the shifts."""
    night = nights["night"].to_numpy().astype("datetime64[D]")
    inside = np.zeros(len(night), dtype=bool)
    for first, last in zip(shifts["first"], shifts["last"], strict=True):
        inside |= (night >= np.datetime64(first, "D")) & (night <= np.datetime64(last, "D"))
    return inside


def _find_usual(ends: pd.DataFrame, period: NDArray[np.int64], away: NDArray[np.bool_]) -> pd.DataFrame:
    """Return the median ends of the 121 nights about each, of its own period and without those spent away."""
    parts = []
    for k in np.unique(period):
        part, gone = ends[period == k], away[period == k]
        home = part.mask(np.repeat(gone[:, None], 2, axis=1))
        near = home.rolling(WINDOW, center=True, min_periods=1).median()
        parts.append(near.ffill().bfill().fillna(part.median()))
    usual: pd.DataFrame = pd.concat(parts)
    return usual


def _follow(apart: Floats) -> NDArray[np.int64]:
    """Return each night's hours ahead of home, 0 at home; ``apart`` (n, 2) is from the usual place."""
    away = np.arange(LEAST_HOURS, MOST_HOURS + 1)
    hours = np.concatenate([-away, away])
    spread = np.maximum(1.4826 * np.median(np.abs(apart - np.median(apart, axis=0)), axis=0), LEAST_SPREAD)
    z = (apart[:, None, :] + np.append(0, hours)[None, :, None]) / spread
    density = np.exp(-(z**2).sum(axis=2) / 2) / (2 * np.pi * spread.prod())
    log = np.log((1 - ODD) * density + ODD / 24**2)
    found = np.zeros(len(apart), dtype=np.int64)
    if spread.max() > MOST_SPREAD:
        return found
    cost = float(np.log(len(apart)) + np.log(len(hours)) + np.log(USUAL_STAY))
    _take_best(log[:, 1:] - log[:, :1], hours, cost, 0, found)
    return found


def _take_best(
    odds: Floats, hours: NDArray[np.int64], cost: float, offset: int, found: NDArray[np.int64]
) -> None:
    """Write into ``found`` the run with the largest sum of log odds, if it is worth its cost; then go on
    to the left and to the right of it.
    """
    if len(odds) == 0:
        return
    sums = np.concatenate([np.zeros((1, odds.shape[1])), np.cumsum(odds, axis=0)])
    rise = sums - np.minimum.accumulate(sums, axis=0)
    stop, k = np.unravel_index(int(np.argmax(rise)), rise.shape)
    if rise[stop, k] <= cost:
        return
    begin = int(np.argmin(sums[:stop, k]))
    found[offset + begin : offset + int(stop)] = hours[k]
    _take_best(odds[:begin], hours, cost, offset, found)
    _take_best(odds[int(stop) :], hours, cost, offset + int(stop), found)


def _list_rows(spans: list[tuple[np.datetime64, np.datetime64, int, int]]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "first": np.array([span[0] for span in spans], dtype="datetime64[ms]"),
            "last": np.array([span[1] for span in spans], dtype="datetime64[ms]"),
            "days": np.array([span[2] for span in spans], dtype=np.int64),
            "hours": np.array([span[3] for span in spans], dtype=np.int64),
        }
    )
