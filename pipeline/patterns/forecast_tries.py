"""What the same forecast would have said in past years, on the same date and from what was known by then."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from pipeline.patterns.forecast_levels import WEEK, Days, Floats, count_weeks
from pipeline.patterns.forecast_replay import replay_seasons
from pipeline.patterns.wording import NO_BREAK, SMALL, say_count, spell_small

N_REPLAYS = 1000
BAND = (0.10, 0.90)
ENOUGH_DAYS = 90  # covered, before a forecast is made
ENOUGH_WEEKS = 10  # of four covered days or more
ENOUGH_COUNTED = 100
HELD = 0.9  # of the days to come were covered, so that it is known what came
COLUMNS = ("year", "predicted_low", "predicted_high", "true")


def count_known_weeks(days: Days, counts: Floats) -> int:
    """Return how many weeks back from the last day have enough covered days."""
    return int(np.isfinite(count_weeks(days, counts, days[-1]).means).sum()) if len(days) else 0


def has_enough(days: Days, counts: Floats) -> bool:
    """Say whether covered ``days`` are enough to replay anything from."""
    return (
        len(days) >= ENOUGH_DAYS
        and counts.sum() >= ENOUGH_COUNTED
        and count_known_weeks(days, counts) >= ENOUGH_WEEKS
    )


def find_until(now: date) -> date:
    """Return the last day of the year that is forecast: the present one, from 30 December the coming one."""
    return date(now.year + (1 if (now.month, now.day) >= (12, 30) else 0), 12, 31)


def try_past_years(days: Days, counts: Floats, rng: np.random.Generator) -> pd.DataFrame:
    """List year, predicted_low, predicted_high (the 80 % band of its total), true; covered days alone.

    A rolling origin: each forecast sees only the days up to its own date.
    """
    now, rows = days[-1].astype(object), []
    for year in range(days[0].astype(object).year, now.year):
        origin = date(year, now.month, min(now.day, 28) if now.month == 2 else now.day)
        until = find_until(origin)
        known = days <= np.datetime64(origin)
        of_year = days >= np.datetime64(date(until.year, 1, 1))
        to_come = ~known & (days <= np.datetime64(until))
        if to_come.sum() < HELD * (until - origin).days or not has_enough(days[known], counts[known]):
            continue
        last = days[known][-1]
        if (np.datetime64(origin) - last).astype(np.int64) >= WEEK:
            continue
        replays = replay_seasons(days[known], counts[known], np.datetime64(until), rng, N_REPLAYS)
        place = (days[to_come & of_year] - last).astype(np.int64) - 1
        so_far = counts[known & of_year].sum()
        low, high = np.quantile(so_far + replays.counts[:, place].sum(axis=1), BAND)
        rows.append((until.year, round(low), round(high), int(so_far + counts[to_come & of_year].sum())))
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS, "int64"))


def count_held(tries: pd.DataFrame) -> int:
    """Return how many of the bands held what came."""
    return int(tries["true"].between(tries["predicted_low"], tries["predicted_high"]).sum())


def say_tries(tries: pd.DataFrame) -> str:
    """Write how the bands fared: in four past years the 80 % band held three times."""
    n, held = len(tries), count_held(tries)
    if n == 0:
        return "no past year could be tried"
    times = ("never", "once", "twice")[held] if held < 3 else f"{_spell(held)} times"
    years = "the one past year" if n == 1 else f"{_spell(n)} past years"
    return f"in {years} that could be tried, the 80{NO_BREAK}% band held {times}"


def _spell(n: int) -> str:
    return spell_small(n) if n < len(SMALL) else say_count(n)
