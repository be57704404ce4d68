"""What the learner of the next hour believes: the day as it expects it, how far it may be off, what changed.

The interval around a guess is wider where the guess is larger (its unit is the root of the guess plus one,
as counts spread); it begins with the fifth of the days on which the baseline is chosen, and whether it held
what it promised is counted on the scored hours alone.

Whether the error itself has changed is asked of each day's root mean squared error, once a week, by ADWIN;
what has passed again is no lasting change.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from scipy.special import stdtrit

from flows.work.result import Belief
from models.online.conformal import AdaptiveInterval
from models.online.drift import ADWIN
from models.types import Array, Flags
from pipeline.features.hour_series import DAY, HourSeries
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    join_and,
    say_count,
    say_day,
    say_hour,
    say_percent,
    say_rate,
    spell_small,
)

LEARNED_HOURS = "learned_hours"
COLUMNS = ("hour", "workday_guessed", "workday_came", "weekend_guessed", "weekend_came")
PROMISED = 0.9
LOOK_DAYS, LASTING_DAYS = 7, 28  # a look a week, at parts of four weeks or more
YEAR_DAYS = 364
ENOUGH_STRETCHES = 3  # of four weeks, before and after a change
SURE = 0.99
TINY = 1e-12
HELD = 0.02  # a share of held intervals this near to what was promised is called so


class Coverage(NamedTuple):
    """How the intervals did on the scored hours."""

    held: float  # the share of counts that lay in their interval
    width: float  # the middle width, in entries an hour
    n: int


def measure_coverage(series: HourSeries, guesses: Array, choosing: Flags, scored: Flags) -> Coverage:
    """Make the interval of each hour before its count is known; count how many of the scored ones held."""
    hours = np.flatnonzero(choosing | scored)
    interval = AdaptiveInterval(miss=1 - PROMISED)
    counts, said = series.counts[hours], guesses[hours]
    low, high = interval.learn_many(said, counts, np.sqrt(said + 1))
    inside, last = (low <= counts) & (counts <= high), scored[hours]
    width = np.median(np.maximum(high, 0.0)[last] - np.maximum(low, 0.0)[last])
    return Coverage(float(inside[last].mean()), float(width), int(last.sum()))


def say_coverage(coverage: Coverage, nouns: str) -> tuple[str, str]:
    """Return a margin note on what the intervals promised and held."""
    kept = (
        "as promised"
        if abs(coverage.held - PROMISED) <= HELD
        else f"not the {say_percent(PROMISED)} promised"
    )
    return (
        "How far off it may be",
        f"Around each guess it gives a range that is to hold nine times in ten. Of {say_count(coverage.n)} "
        f"scored hours {say_percent(coverage.held)} lay inside, {kept}; half of the ranges were narrower "
        f"than {say_rate(coverage.width)} {nouns}.",
    )


class Drift(NamedTuple):
    """A lasting change of the error: the day on which it was noticed, the mean before and after."""

    noticed: date
    before: float  # in entries an hour, of up to a year before it began
    after: float  # of up to a year after it was noticed


def find_drifts(series: HourSeries, squares: Array) -> tuple[Drift, ...]:
    """Return the lasting changes of the error; ``squares`` are by hour, or NaN.

    ADWIN notices that something has changed, also where it is over again a month later. So a change counts
    only if the year after it was noticed (twelve weeks at least) is still off the year before it began, by
    more than their stretches of four weeks differ among themselves.
    """
    errors = np.sqrt(squares.reshape(-1, DAY).mean(axis=1))
    known = np.isfinite(errors)
    days, errors = series.hours[::DAY].astype("datetime64[D]")[known], errors[known]
    detector = ADWIN(n_between=LOOK_DAYS, n_shortest=LASTING_DAYS, n_least=2 * LASTING_DAYS)
    drifts, last_kept, last_noticed = [], 0, 0
    for noticed in np.flatnonzero(detector.learn_many(errors)):
        began = last_noticed + _find_cut(errors[last_noticed : noticed + 1])
        last_noticed = int(noticed)
        before = errors[max(last_kept, began - YEAR_DAYS) : began]
        after = errors[noticed + 1 : noticed + 1 + YEAR_DAYS]
        if _has_lasted(before, after):
            drifts.append(Drift(days[noticed].astype(object), float(before.mean()), float(after.mean())))
            last_kept = last_noticed
    return tuple(drifts)


def _find_cut(values: Array) -> int:
    """Return where ``values`` fall apart best into old and new ones, by their means."""
    cuts = np.arange(LASTING_DAYS, len(values) - LOOK_DAYS)
    n, total = len(values), np.cumsum(values)
    old, new = total[cuts - 1] / cuts, (total[-1] - total[cuts - 1]) / (n - cuts)
    return int(cuts[np.argmax((old - new) ** 2 * cuts * (n - cuts))])


def _has_lasted(before: Array, after: Array) -> bool:
    """Say whether the means of whole stretches of four weeks differ, by the interval of Welch's t."""
    old, new = (
        part[: len(part) // LASTING_DAYS * LASTING_DAYS].reshape(-1, LASTING_DAYS).mean(axis=1)
        for part in (before[::-1], after)
    )
    if min(len(old), len(new)) < ENOUGH_STRETCHES:
        return False
    of_old, of_new = old.var(ddof=1) / len(old), new.var(ddof=1) / len(new)
    both = max(of_old + of_new, TINY)
    freedom = both**2 / max(of_old**2 / (len(old) - 1) + of_new**2 / (len(new) - 1), TINY**2)
    return bool(abs(old.mean() - new.mean()) > stdtrit(freedom, (1 + SURE) / 2) * np.sqrt(both))


def say_drifts(drifts: Sequence[Drift], nouns: str) -> tuple[tuple[str, str], ...]:
    """Return a margin note on the changes that have lasted, none where there are none."""
    if not drifts:
        return ()
    days = join_and(
        [
            f"{say_day(one.noticed)} (from {say_rate(one.before)} to {say_rate(one.after)} {nouns} an hour)"
            for one in drifts
        ]
    )
    changed = "a lasting change" if len(drifts) == 1 else f"{spell_small(len(drifts))} lasting changes"
    return (
        (
            "What changed",
            f"The size of the error shows {changed}, noticed on {days}: some weeks after it began, since one "
            "busy week is no change.",
        ),
    )


def learn_daily_curve(subject: Subject, series: HourSeries, guesses: Array, scored: Flags) -> Belief:
    """Return the mean guess of each clock hour of the scored days, beside what came."""
    days = series.hours.astype("datetime64[D]").astype(np.int64)
    weekend = np.isin((days + 3) % 7, subject.weekend)  # 1 January 1970 was a Thursday
    hour = series.hours.astype(np.int64) % DAY
    columns = []
    for kind in (scored & ~weekend, scored & weekend):
        n = np.bincount(hour[kind], minlength=DAY)
        for values in (guesses, series.counts):
            sums = np.bincount(hour[kind], weights=values[kind], minlength=DAY)
            columns.append(np.divide(sums, n, out=np.full(DAY, np.nan), where=n > 0).round(6))
    table = np.stack(columns, axis=1).tolist()
    rows = tuple((k, *(None if one != one else one for one in row)) for k, row in enumerate(table))
    peaks = [_find_peak(column) for column in columns[::2]]
    deck = (
        f"{subject.nouns[0].upper()}{subject.nouns[1:]} an hour on the scored days: the mean of the guesses, "
        "each made before its hour, and of what came."
    )
    said = [
        f"{kind}, most at {say_hour(peak)}, {say_rate(float(column[peak]))}"
        for kind, column, peak in zip(("Workdays", "weekend days"), columns[::2], peaks, strict=True)
        if peak is not None
    ]
    alt = f"Lines, guessed by clock hour, and dots, what came. {'; '.join(said)}."
    return Belief(LEARNED_HOURS, _head(peaks), deck, alt, COLUMNS, rows)


def _find_peak(column: Array) -> int | None:
    return None if np.isnan(column).any() else int(column.argmax())


def _head(peaks: list[int | None]) -> str:
    workday, weekend = peaks
    if workday is None or weekend is None or workday == weekend:
        peak = workday if workday is not None else weekend
        alike = "" if None in peaks else ", on workdays and on weekend days alike"
        return f"The learner expects most at {say_hour(peak or 0)}{alike}"
    return (
        f"The learner expects most at {say_hour(workday)} on workdays, at {say_hour(weekend)} on weekend days"
    )
