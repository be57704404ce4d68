"""The longest pause of every night, on the home clock; what happens in the pause, no archive can say."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.days import as_days
from pipeline.patterns.subject import Subject

FIRST_HOUR = 15  # of a night's twenty-four hours, which end at 15:00 on the next day
EVENING, NOON = 5.0, 21.0  # 20:00 and 12:00, in hours after 15:00: the pause lies at least partly between
ENOUGH_A_NIGHT = 4  # activities from 15:00 to 15:00, before the night can say anything
MOST_OUTSIDE = 6.0  # hours by which a pause may begin before its own 15:00, or end after the next one

Floats = NDArray[np.float64]


def list_quiet_nights(subject: Subject) -> pd.DataFrame:
    """List every night both of whose days are covered, with the longest pause that overlaps 20:00–12:00.

    Columns: night (datetime64[ms], the day on which it begins at 15:00), start and end (of the pause, in
    hours of the home clock after that 15:00, −6 to 30; NaN where the night is not usable), n (activities
    from 15:00 to 15:00), usable (bool), free (the day on which the pause ends is a weekend or free day).

    A pause belongs to the night in which its middle lies. A night is usable with four or more activities,
    if no pause from outside it is longer than its own, and if its own does not begin before 09:00 or end
    after 21:00: those are silent days, not nights.

    The day that begins at 15:00 and the pause that overlaps the night follow Cuttone, Bækgaard, Sekara,
    Jonsson, Larsen and Lehmann 2017, SensibleSleep: A Bayesian Model for Learning Sleep Patterns from
    Smartphone Events, whose events are far denser: this is a pause between activities and no more.
    """
    days = as_days(subject.covered)
    nights = days[np.isin(days + 1, days)]
    local = subject.rows["local"].to_numpy().astype("datetime64[ms]").astype(np.int64)
    hours = np.sort(local, kind="stable") / 3_600_000 - FIRST_HOUR
    day = nights.astype(np.int64)
    n = np.diff(np.searchsorted(hours, [24.0 * day, 24.0 * (day + 1)]), axis=0)[0]
    start, end = _find_longest(hours, day)
    usable = (n >= ENOUGH_A_NIGHT) & (start >= -MOST_OUTSIDE) & (end <= 24 + MOST_OUTSIDE)
    return pd.DataFrame(
        {
            "night": nights.astype("datetime64[ms]"),
            "start": np.where(usable, start, np.nan),
            "end": np.where(usable, end, np.nan),
            "n": n.astype(np.int64),
            "usable": usable,
            "free": subject.is_free(nights + 1),
        }
    )


def _find_longest(hours: Floats, day: NDArray[np.int64]) -> tuple[Floats, Floats]:
    """Return start and end of each night's longest pause, in hours after its 15:00; NaN without one.

    ``hours`` are all activities in order, in hours after 15:00 on 1 January 1970; ``day`` numbers the
    nights by the same day. Of pauses of one length the earliest counts.
    """
    start, end = (np.full(len(day), np.nan) for _ in range(2))
    if len(hours) < 2:
        return start, end
    early, late = hours[:-1], hours[1:]
    night = np.floor((early + late) / 48)
    inside = (early - 24 * night < NOON) & (late - 24 * night > EVENING)
    length = np.where(inside, late - early, -1.0)
    begin = np.flatnonzero(np.diff(night, prepend=-np.inf) > 0)
    longest = np.maximum.reduceat(length, begin)
    which = np.repeat(np.arange(len(begin)), np.diff(begin, append=len(night)))
    at = np.flatnonzero((length == longest[which]) & inside)
    named, first = np.unique(night[at], return_index=True)
    place = np.minimum(np.searchsorted(named, day), max(len(named) - 1, 0))
    known = named[place] == day if len(named) else np.zeros(len(day), dtype=bool)
    best = at[first[place[known]]]
    start[known], end[known] = early[best] - 24 * day[known], late[best] - 24 * day[known]
    # The pauses over both edges of the night, whichever night they belong to.
    for edge, within in ((0.0, EVENING), (24.0, NOON)):
        moment = np.searchsorted(hours, 24.0 * day + edge)
        before = np.append(-np.inf, hours)[moment] - 24.0 * day
        after = np.append(hours, np.inf)[moment] - 24.0 * day
        overlaps = after > within if edge == 0 else before < within
        longer = overlaps & (after - before > end - start)
        start[longer] = end[longer] = np.nan
    return start, end
