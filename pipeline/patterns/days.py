"""Activities gathered to days: every rate and every resample starts from these tables, however many rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.subject import Subject

ENOUGH_DAYS_A_YEAR = 60  # covered days before a year is shown or ranked
ENOUGH_SEARCHES = 100  # on covered days, before rates are compared; fewer make resamples far too sure


class DayTable(NamedTuple):
    """Days and, for each, its 24 counts (the doubled autumn hour summed, the missing spring hour zero)."""

    days: NDArray[np.datetime64]  # (n,) datetime64[D], sorted
    counts: NDArray[np.int64]  # (n, 24)

    @property
    def totals(self) -> NDArray[np.int64]:
        """(n,) activities a day."""
        totals: NDArray[np.int64] = self.counts.sum(axis=1, dtype=np.int64)
        return totals

    @property
    def weekday(self) -> NDArray[np.int64]:
        """(n,) 0 is Monday."""
        return (self.days.astype(np.int64) + 3) % 7  # 1 January 1970 was a Thursday

    @property
    def year(self) -> NDArray[np.int64]:
        """(n,) calendar year."""
        return self.days.astype("datetime64[Y]").astype(np.int64) + 1970

    @property
    def month(self) -> NDArray[np.int64]:
        """(n,) 1 to 12."""
        return self.days.astype("datetime64[M]").astype(np.int64) % 12 + 1

    def take(self, keep: NDArray[np.bool_]) -> DayTable:
        """Return the kept days."""
        return DayTable(self.days[keep], self.counts[keep])


_COVERED: WeakKeyDictionary[Subject, DayTable] = WeakKeyDictionary()
_ALL: WeakKeyDictionary[Subject, DayTable] = WeakKeyDictionary()


def count_covered_days(subject: Subject) -> DayTable:
    """Count activities by covered day and hour; rows on other days are left out. Read-only."""
    if subject not in _COVERED:
        _COVERED[subject] = _count_on(subject, as_days(subject.covered))
    return _COVERED[subject]


def count_all_days(subject: Subject) -> DayTable:
    """Count activities by day and hour on every day that is covered or has a row. Read-only."""
    if subject not in _ALL:
        _ALL[subject] = _count_on(subject, as_days(subject.days))
    return _ALL[subject]


def rate_by(
    subject: Subject,
    place: Callable[[DayTable], NDArray[np.int64]],
    n_groups: int,
    *,
    enough_days: int = 1,
) -> pd.DataFrame:
    """Count and rate by group of days; ``place`` gives each day its group, 0 to ``n_groups`` - 1.

    Columns: searches (all), covered_searches, covered_days, per_day (per covered day; NaN under
    ``enough_days`` of them).
    """
    whole, covered = count_all_days(subject), count_covered_days(subject)
    inside = place(covered)
    searches = np.bincount(place(whole), weights=whole.totals, minlength=n_groups)
    covered_searches = np.bincount(inside, weights=covered.totals, minlength=n_groups)
    n_days = np.bincount(inside, minlength=n_groups)
    return pd.DataFrame(
        {
            "searches": searches.astype(np.int64),
            "covered_searches": covered_searches.astype(np.int64),
            "covered_days": n_days,
            "per_day": np.where(n_days >= enough_days, covered_searches / np.maximum(n_days, 1), np.nan),
        }
    )


def list_years(subject: Subject) -> NDArray[np.int64]:
    """Return the years from the first to the last day of the subject, without a gap."""
    years = count_all_days(subject).year
    return np.arange(years[0], years[-1] + 1) if len(years) else np.zeros(0, dtype=np.int64)


def as_days(index: pd.DatetimeIndex) -> NDArray[np.datetime64]:
    """Return an index of midnights as datetime64[D]."""
    return np.asarray(index.to_numpy()).astype("datetime64[D]")


def _count_on(subject: Subject, days: NDArray[np.datetime64]) -> DayTable:
    counts = np.zeros((len(days), 24), dtype=np.int64)
    if len(days) and len(subject.rows):
        dates = subject.rows["date"].to_numpy().astype("datetime64[D]")
        hours = subject.rows["hour"].to_numpy(dtype=np.int64)
        place = np.minimum(np.searchsorted(days, dates), len(days) - 1)
        known = days[place] == dates
        cells = np.bincount(place[known] * 24 + hours[known], minlength=len(days) * 24)
        counts = cells.reshape(len(days), 24).astype(np.int64)
    days = days.view()
    for shared in (days, counts):
        shared.flags.writeable = False
    return DayTable(days, counts)
