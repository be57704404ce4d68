"""Means over people with their intervals, rounded before anything is drawn or written.

Shares are rounded to 0.1 %, hours to ten minutes, ratios to 1 %. An interval is Student’s t of what people
differ by, never a quantile of resamples, which of five people is nearly the number of one. It is rounded
outward, and at least one step of the rounding wide on each side.

A share cannot be under zero, so that a small mean with a wide interval would tell that one person holds
nearly all of it, and how much. How much people differ is therefore pooled over the shares that add up to one:
each varies as its mean times what is left of one, with one factor for all.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from pipeline.patterns.cohort_people import Floats, find_hour
from pipeline.patterns.quiet_nights import FIRST_HOUR
from pipeline.patterns.wording import NO_BREAK

LEVEL = 0.95
LEAST_HELD = 0.1  # of an arrow's length, before its direction is one
SHARE, HOUR, RATIO = 0.001, 1 / 6, 0.01  # the steps of rounding


class Estimate(NamedTuple):
    """A mean over people and its 95 % interval."""

    value: float
    low: float
    high: float


def say_change(change: float) -> str:
    """Write a change of a ratio, which is known to 1 %, without its sign: 7 %."""
    return f"{round(100 * abs(change))}{NO_BREAK}%"


def average(rows: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return the mean of each column over people, and half its interval by Student’s t."""
    n = len(rows)
    half = stdtrit(n - 1, (1 + level) / 2) * rows.std(axis=0, ddof=1) / math.sqrt(n)
    return rows.mean(axis=0), half


def average_shares(rows: Floats, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return the mean of each column of (n, m) shares, and half its interval, pooled over the columns."""
    n, mean = len(rows), rows.mean(axis=0)
    room = mean * (1 - mean)
    factor = float(rows.var(axis=0, ddof=1).sum() / room.sum()) if room.any() else 0.0
    return mean, stdtrit(n - 1, (1 + level) / 2) * np.sqrt(factor * room / n)


def estimate(
    value: float, half: float, step: float, *, least: float = -math.inf, most: float = math.inf
) -> Estimate:
    """Round a mean and its interval outward to steps; the interval is at least a step on each side."""
    middle = round(value / step) * step
    low = min(math.floor((value - half) / step + 1e-9) * step, middle - step)
    high = max(math.ceil((value + half) / step - 1e-9) * step, middle + step)
    return Estimate(*(round(end, 6) for end in (middle, max(low, least), min(high, most))))


def estimate_hour(arrows: Floats) -> Estimate:
    """Return the mean direction of people's arrows as a clock hour; NaN thrice where they have none.

    The error is that of the mean of what lies across the mean arrow (the delta method); low and high are
    about the value, so below 0 or over 24 near midnight.
    """
    across, up = arrows.mean(axis=0)
    length = math.hypot(across, up)
    if length < LEAST_HELD:
        return Estimate(math.nan, math.nan, math.nan)
    sideways = (arrows[:, 0] * up - arrows[:, 1] * across) / length
    _, half = average(sideways[:, None])
    reach = math.atan2(float(half[0]), length) / (2 * math.pi) * 24
    return estimate(find_hour(float(across), float(up)), reach, HOUR)


def compare(one: Floats, other: Floats, step: float) -> Estimate:
    """Return by how much the mean of ``other`` lies above that of ``one`` (each (n,)), by Welch’s t."""
    parts = [rows.var(ddof=1) / len(rows) for rows in (one, other)]
    error = math.sqrt(sum(parts))
    spread = sum(part**2 / (len(rows) - 1) for part, rows in zip(parts, (one, other), strict=True))
    free = error**4 / spread if spread > 0 else len(one) + len(other) - 2
    half = float(stdtrit(free, (1 + LEVEL) / 2)) * error
    return estimate(float(other.mean() - one.mean()), half, step)


def estimate_ratio(rows: Floats) -> Estimate:
    """Return the geometric mean of ratios given as logarithms, (n, 1), with its interval."""
    mean, half = (float(number[0]) for number in average(rows))
    value = math.exp(mean)
    found = estimate(value, 0.0, RATIO, least=0.0)
    low = min(math.floor(math.exp(mean - half) / RATIO + 1e-9) * RATIO, found.low)
    high = max(math.ceil(math.exp(mean + half) / RATIO - 1e-9) * RATIO, found.high)
    return Estimate(found.value, round(low, 6), round(high, 6))


def frame_shares(rows: Floats) -> pd.DataFrame:
    """Return place, share, low and high of rows of shares, rounded."""
    mean, half = average_shares(rows)
    found = [estimate(mean[k], half[k], SHARE, least=0.0, most=1.0) for k in range(rows.shape[1])]
    frame = pd.DataFrame(found, columns=["share", "low", "high"])
    frame.insert(0, "place", np.arange(len(found)))
    return frame


def frame_window(rows: Floats) -> pd.DataFrame:
    """Return the mean window of people’s begins and lengths, (n, 2), as one row.

    Columns: start, end (clock hours from the first day’s midnight, so also over 24) and hours, each with
    low and high. The end is that of the mean, so that start and hours sum to it.
    """
    mean, half = average(np.column_stack([rows, rows.sum(axis=1)]))
    start = estimate(mean[0] + FIRST_HOUR, half[0], HOUR)
    hours = estimate(mean[1], half[1], HOUR, least=0.0, most=24.0)
    shift = start.value + hours.value - (mean[2] + FIRST_HOUR)  # of rounding
    end = estimate(mean[2] + FIRST_HOUR + shift, half[2], HOUR)
    names = [f"{name}{end}" for name in ("start", "end", "hours") for end in ("", "_low", "_high")]
    return pd.DataFrame([[*start, *end, *hours]], columns=names)
