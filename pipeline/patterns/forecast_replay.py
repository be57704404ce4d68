"""The days to come, replayed: past weeks from the same season, set on the present level.

A replayed week is the level reached so far × the season × a past week's error, with that week's own days;
the next level follows as it followed all along, so that a pace that wandered goes on wandering. Weeks are
drawn two by two, from around the same date of past years. Few past years are a small sample, and so is the
season that they gave: errors are widened for both.

Reference: H. R. Künsch 1989, *The Jackknife and the Bootstrap for General Stationary Observations* (blocks).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from pipeline.patterns.bootstrap import widen
from pipeline.patterns.forecast_levels import (
    GAINS,
    WEEK,
    Days,
    Floats,
    Levels,
    Weeks,
    count_weeks,
    find_season,
    follow_level,
    place_in_year,
)
from pipeline.patterns.wording import DAYS_A_YEAR

N_REPLAYS = 4000
BLOCK_WEEKS = 2
ENOUGH_BLOCKS = 40  # to draw from: the fewer past years, the farther around the date
LEAST_REACH = 2  # weeks around it
RECENT_WEEKS = 26  # to draw from where there is no past year
HELD = 0.8  # of the dates to come, in a past year that counts


class Replays(NamedTuple):
    """Replayed ``counts`` (n_replays, n_days) of the days after the last, and from how many past years.

    Without a past year that holds these dates (0) the recent months were replayed, without a season.
    """

    counts: Floats
    n_years: int


def replay_seasons(
    days: Days, counts: Floats, until: np.datetime64, rng: np.random.Generator, n_replays: int = N_REPLAYS
) -> Replays:
    """Replay every day after the last of ``days`` up to ``until``.

    ``days`` (n,) are the covered days, sorted, with a count each; two weeks in a row of them must hold
    four covered days each.
    """
    last = days[-1]
    n_days = int((until - last).astype(np.int64))
    n_weeks = -(-n_days // WEEK)
    weeks = count_weeks(days, counts, last)
    n_years = count_past_years(weeks, n_weeks)
    plain = np.ones_like(season := find_season(weeks))
    # One year cannot tell a season from a pace that wandered: half of the replays take it for either.
    n_plain = {0: n_replays, 1: n_replays // 2}.get(n_years, 0)
    parts = []
    if n_plain:
        parts.append(_replay(weeks, plain, last, n_weeks, 0, rng, n_plain))
    if n_plain < n_replays:
        parts.append(_replay(weeks, season, last, n_weeks, n_years, rng, n_replays - n_plain))
    return Replays(np.concatenate(parts)[:, :n_days], n_years)


def count_past_years(weeks: Weeks, n_weeks: int) -> int:
    """Return how many past years in a row hold four in five of the dates of the next ``n_weeks``."""
    n_years, total = 0, len(weeks.means)
    while True:
        places = total + np.arange(n_weeks) - _count_weeks_back(n_years + 1)
        places = places[(places >= 0) & (places < total)]
        if np.isfinite(weeks.means[places]).sum() < HELD * n_weeks:
            return n_years
        n_years += 1


def list_blocks(levels: Levels, start: int, n_years: int) -> NDArray[np.int64]:
    """Return the first weeks of the blocks that may stand ``start`` weeks after the last one."""
    known = np.isfinite(levels.ratios[0])
    total = len(known)
    whole = np.flatnonzero(known[:-1] & known[1:])  # blocks are of two weeks
    if n_years == 0:
        recent = whole[whole >= total - RECENT_WEEKS]
        return recent if len(recent) else whole
    reach = max(LEAST_REACH, ENOUGH_BLOCKS // n_years // 2)
    same = total + start - np.array([_count_weeks_back(k) for k in range(1, n_years + 1)])
    near = whole[np.abs(whole[:, None] - same).min(axis=1) <= reach]
    return near if len(near) else whole


def _count_weeks_back(n_years: int) -> int:
    return round(n_years * DAYS_A_YEAR / WEEK)


def _replay(
    weeks: Weeks,
    season: Floats,
    last: np.datetime64,
    n_weeks: int,
    n_years: int,
    rng: np.random.Generator,
    n_replays: int,
) -> Floats:
    """Return (n_replays, n_weeks * 7) counts."""
    levels = follow_level(weeks, season)
    gain = rng.choice(len(GAINS), size=n_replays, p=levels.likely)
    sources = np.empty((n_replays, n_weeks), dtype=np.int64)
    for start in range(0, n_weeks, BLOCK_WEEKS):
        length = min(BLOCK_WEEKS, n_weeks - start)
        chosen = rng.choice(list_blocks(levels, start, n_years), size=n_replays)
        sources[:, start : start + length] = chosen[:, None] + np.arange(length)
    ratios = levels.ratios[gain[:, None], sources]
    centre = ratios.mean(axis=0)
    errors = widen(ratios, centre, len(np.unique(sources)) / BLOCK_WEEKS) - centre
    unsure = np.sqrt(1 + 1 / n_years) if n_years else 1.0  # the season is a mean of so many years
    expected = season[place_in_year(last + WEEK * np.arange(n_weeks) + 4)]
    level, means = levels.last[gain], np.empty((n_replays, n_weeks))
    for w in range(n_weeks):
        means[:, w] = level * expected[w] * np.maximum(1 + errors[:, w] * unsure, 0.0)
        share = np.maximum(GAINS[gain], 1 / (levels.n_known + w + 1))
        level = level * np.maximum(1 + share * errors[:, w], 0.0)
    return np.asarray((means[:, :, None] * weeks.shapes[sources]).reshape(n_replays, n_weeks * WEEK))
