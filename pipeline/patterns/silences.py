"""Runs of covered days without an activity that the owner's own pace does not explain."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.days import DayTable, count_covered_days
from pipeline.patterns.subject import Subject

Floats = NDArray[np.float64]

REACH = 91  # days on either side of a silence by which the owner’s pace of the time is told
LEAST_DAYS = 3
UNLIKELY = 0.001


def list_improbable_silences(subject: Subject) -> pd.DataFrame:
    """List the silences of three days or more whose chance in an archive of so many days is under 0.001.

    Columns: first and last (datetime64[ms], both silent), days, chance. The chance that a day is silent
    is the larger of exp(−rate) and (silent days + ½)/(days + 1), over the covered days of its kind
    (workdays, or weekends and free days) of the 13 weeks before the silence or of those after it,
    whichever makes it likelier: the owner's pace may change beside it. The product over the silence, times
    the covered days at which it might have begun, bounds the chance that the archive holds such a
    silence at all (Boole's inequality).
    """
    table = count_covered_days(subject)
    free = subject.is_free(table.days)
    spans = [
        (first, last, chance)
        for first, last in _list_runs(table)
        if (chance := _measure_chance(table, free, first, last)) < UNLIKELY
    ]
    firsts = table.days[[first for first, _, _ in spans]]
    lasts = table.days[[last for _, last, _ in spans]]
    return pd.DataFrame(
        {
            "first": firsts.astype("datetime64[ms]"),
            "last": lasts.astype("datetime64[ms]"),
            "days": (lasts - firsts).astype(np.int64) + 1,
            "chance": np.array([chance for _, _, chance in spans], dtype=float),
        }
    )


def _list_runs(table: DayTable) -> list[tuple[int, int]]:
    """List first and last place of every run of LEAST_DAYS silent days, next to one another."""
    silent = table.totals == 0
    if silent.all():
        return []
    joined = np.diff(table.days, prepend=table.days[:1] - 2) == np.timedelta64(1, "D")
    opens = np.flatnonzero(silent & ~(joined & np.append(False, silent[:-1])))
    ends = np.flatnonzero(silent & ~(np.append(joined[1:], False) & np.append(silent[1:], False)))
    long = ends - opens + 1 >= LEAST_DAYS
    return list(zip(opens[long].tolist(), ends[long].tolist(), strict=True))


def _measure_chance(table: DayTable, free: NDArray[np.bool_], first: int, last: int) -> float:
    days = table.days
    low = int(np.searchsorted(days, days[first] - REACH))
    high = int(np.searchsorted(days, days[last] + REACH, side="right"))
    inside = free[first : last + 1]
    chances = []
    for side in (slice(low, first), slice(last + 1, high)):
        totals, kinds = table.totals[side], free[side]
        logs = [np.sum(inside == kind) * _measure_day(totals[kinds == kind]) for kind in (False, True)]
        chances.append(sum(logs))
    return float(min(1.0, len(days) * np.exp(max(chances))))


def _measure_day(totals: NDArray[np.int64]) -> float:
    """Return the log of the chance that a day like these is silent."""
    share = (np.sum(totals == 0) + 0.5) / (len(totals) + 1)
    rate = float(totals.mean()) if len(totals) else 0.0
    return float(np.log(max(share, np.exp(-rate))))
