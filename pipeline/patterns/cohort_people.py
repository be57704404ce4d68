"""One person's part in a cohort: a few bounded numbers by time, each a share of that person's own total.

Everybody weighs the same, whoever searches most: shares add up to one, a rate counts as a logarithm within
bounds, a window lies within a day. No name, date, text or address is read: ``NEEDED`` lists the columns.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.clock import find_distance
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.hours import ENOUGH_FOR_SHARES

Floats = NDArray[np.float64]
NEEDED: Mapping[str, tuple[str, ...]] = {
    "week": ("weekday", "hour", "per_week"),
    "weekdays": ("weekday", "covered_searches", "covered_days", "per_day"),
    "months": ("year", "month", "searches", "per_day"),
    "clock": ("year", "n", "mean_hour", "low", "high", "length"),
    "quiet--habit": ("start", "end"),
}
"""The tables of a person's patterns that are read, and of them the columns: counts by time and no more."""
ENOUGH_DAYS, ENOUGH_ENTRIES = 60, ENOUGH_FOR_SHARES  # of a person, on covered days
LEAST_PACE, MOST_PACE = 0.2, 200.0  # a day
MOST_RATIO = 10.0  # weekend against workdays, or the other way round
MOST_GROWTH = math.log(4)  # from one year to the next
LEAST_MONTHS = 3  # of the calendar, each known in two years
MOST_DRIFT = 6.0  # hours from one year to the next
VAGUE = 1.5  # hours, the error of a mean hour that no year of the archive knows
CORE = ("days", "pace", "hours", "clock", "weekdays")
OPTIONAL = ("weekend", "quiet", "months", "growth", "drift")
"""The measures that everybody has, and those that some lack; in this order they are shown or left out."""
LEAST_ALIKE, LEAST_COUNT = 3, 10  # months alike, with so many entries, in which two archives are one person's
MOSTLY = 0.8


@dataclass(frozen=True, slots=True)
class Kind:
    """What is compared: people are comparable who have all of this in common."""

    product: str | None
    action: str | None
    noun: str
    nouns: str
    verb: str
    weekend: tuple[int, ...]


@dataclass(frozen=True, eq=False)
class Person:
    """A person's measures by name, each one row of numbers; ``error``: of the mean hour, in hours.

    ``name`` serves only to know the person again; ``n_days`` and ``months`` only to find whose archives are
    one person's.
    """

    name: str
    kind: Kind
    measures: Mapping[str, Floats]
    error: float
    n_days: int
    months: frozenset[tuple[int, int, int]]

    @property
    def digests(self) -> dict[str, str]:
        """The start of the SHA-256 of each measure, and of ``error`` with the hours that it weighs.

        Of the numbers alone and to nine decimals, so that equal numbers are equal whatever they are of.
        """
        hours = np.append(self.measures["clock"], self.error)
        return {name: _digest(name, rows) for name, rows in {**self.measures, "error": hours}.items()}


def measure_person(name: str, frames: Mapping[str, pd.DataFrame], coverage: Coverage) -> Person | None:
    """Return a person's part; ``None`` under 60 covered days or 500 entries on them, or without a rhythm.

    ``frames`` are those of ``NEEDED``; an empty or missing one leaves its measure out.
    """
    week, weekdays = frames["week"], frames["weekdays"]
    entries = int(weekdays["covered_searches"].sum())
    if coverage.n_covered < ENOUGH_DAYS or entries < ENOUGH_ENTRIES:
        return None
    table = week.pivot(index="weekday", columns="hour", values="per_week").to_numpy(dtype=float)
    rates = weekdays.sort_values("weekday")["per_day"].to_numpy(dtype=float)
    if table.shape != (7, 24) or not np.isfinite(table).all() or not table.any():
        return None
    if len(rates) != 7 or not np.isfinite(rates).all():
        return None
    hours = table.sum(axis=0) / table.sum()
    angles = (np.arange(24) + 0.5) / 24 * 2 * np.pi
    pace = min(max(entries / coverage.n_covered, LEAST_PACE), MOST_PACE)
    measures = {
        "days": np.array([math.log(coverage.n_covered)]),
        "pace": np.array([math.log(pace)]),
        "hours": hours,
        "clock": np.array([hours @ np.sin(angles), hours @ np.cos(angles)]),
        "weekdays": rates / rates.sum(),
    }
    makers: dict[str, Callable[[], Floats | None]] = {
        "weekend": lambda: _compare_weekend(rates, coverage.weekend),
        "quiet": lambda: _find_window(frames.get("quiet--habit")),
        "months": lambda: _share_months(frames.get("months")),
        "growth": lambda: _find_growth(frames.get("months")),
        "drift": lambda: _find_drift(frames.get("clock")),
    }
    measures |= {key: found for key in OPTIONAL if (found := makers[key]()) is not None}
    kind = Kind(
        coverage.product, coverage.action, coverage.noun, coverage.nouns, coverage.verb, coverage.weekend
    )
    error = _find_error(frames.get("clock"))
    return Person(name, kind, measures, error, coverage.n_covered, _list_months(frames.get("months")))


def find_hour(across: float, up: float) -> float:
    """Return the clock hour, 0 to 24, to which an arrow on the dial points."""
    return math.atan2(across, up) / (2 * math.pi) * 24 % 24


def merge_alike(people: Iterable[Person]) -> list[Person]:
    """Leave one of those who are the same person: whose archives agree in most of the months they share.

    Two exports of one archive, or one archive twice, are one person; the longer one counts, under the name
    that comes first.
    """
    known = {person.name: person for person in sorted(people, key=lambda person: person.name)}
    shared: dict[tuple[int, int, int], list[str]] = defaultdict(list)
    for person in known.values():
        for month in person.months:
            shared[month].append(person.name)
    same: dict[tuple[str, str], int] = defaultdict(int)
    for names in shared.values():
        for pair in combinations(sorted(names), 2):
            same[pair] += 1
    first_name = {name: name for name in known}
    for (one, other), n in sorted(same.items()):
        dates = [{month[:2] for month in known[name].months} for name in (one, other)]
        if n >= LEAST_ALIKE and n >= MOSTLY * (len(dates[0] & dates[1]) - 2):  # the ends are cut elsewhere
            first_name[other] = first_name[one]
    together: dict[str, list[Person]] = defaultdict(list)
    for name, first in first_name.items():
        together[first].append(known[name])
    merged = []
    for first, persons in sorted(together.items()):
        longest = max(persons, key=lambda person: person.n_days)
        merged.append(
            Person(first, longest.kind, longest.measures, longest.error, longest.n_days, longest.months)
        )
    return merged


def keep_commonest(people: Sequence[Person]) -> list[Person]:
    """Keep those who do what most of the people do, on the same weekend."""
    sizes: dict[Kind, int] = defaultdict(int)
    for person in people:
        sizes[person.kind] += 1
    if not sizes:
        return []
    commonest = max(sorted(sizes, key=repr), key=lambda kind: sizes[kind])
    return [person for person in people if person.kind == commonest]


def _digest(name: str, rows: Floats) -> str:
    numbers = np.round(rows, 9) + 0.0  # -0.0 is 0.0
    return hashlib.sha256(name.encode() + numbers.astype("<f8").tobytes()).hexdigest()[:16]


def _compare_weekend(rates: Floats, weekend: tuple[int, ...]) -> Floats | None:
    off = np.isin(np.arange(7), weekend)
    if not off.any() or off.all():
        return None
    free, work = float(rates[off].mean()), float(rates[~off].mean())
    ratio = free / work if work > 0 else MOST_RATIO
    return np.array([math.log(min(max(ratio, 1 / MOST_RATIO), MOST_RATIO))])


def _find_window(habit: pd.DataFrame | None) -> Floats | None:
    """Return begin (hours after 15:00) and length of the usual quiet window of the last period."""
    if habit is None or len(habit) == 0:
        return None
    start, end = habit[["start", "end"]].iloc[-1].to_numpy(dtype=float)
    if not math.isfinite(start) or not math.isfinite(end):
        return None
    return np.array([min(max(start, 0.0), 24.0), min(max(end - start, 0.0), 24.0)])


def _share_months(months: pd.DataFrame | None) -> Floats | None:
    """Return what each calendar month holds of a year, as a share of the twelve mean rates."""
    if months is None:
        return None
    known = months[months["per_day"].notna()]
    rates = known.groupby("month")["per_day"].mean().reindex(range(1, 13)).to_numpy(dtype=float)
    if not np.isfinite(rates).all() or rates.sum() <= 0:
        return None
    return np.asarray(rates / rates.sum())


def _find_growth(months: pd.DataFrame | None) -> Floats | None:
    """Return the logarithm of the pace's mean growth from one year to the next, like months beside like."""
    if months is None:
        return None
    known = months[months["per_day"] > 0].sort_values("year")
    growths = []
    for _, same in known.groupby("month"):
        if len(same) > 1:
            span = int(same["year"].iloc[-1] - same["year"].iloc[0])
            growths.append(math.log(same["per_day"].iloc[-1] / same["per_day"].iloc[0]) / span)
    if len(growths) < LEAST_MONTHS:
        return None
    return np.array([min(max(float(np.mean(growths)), -MOST_GROWTH), MOST_GROWTH)])


def _find_drift(clock: pd.DataFrame | None) -> Floats | None:
    """Return by how many hours the mean hour moved from one year to the next, + later."""
    if clock is None:
        return None
    known = clock[np.isfinite(clock["low"])]
    if len(known) < 2:
        return None
    first, last = known.iloc[0], known.iloc[-1]
    moved = float(find_distance(np.array([last["mean_hour"]]), float(first["mean_hour"]))[0])
    drift = moved / (last["year"] - first["year"])
    return np.array([min(max(float(drift), -MOST_DRIFT), MOST_DRIFT)])


def _find_error(clock: pd.DataFrame | None) -> float:
    """Return the error of the mean hour of all years: of each one's interval, and of how years differ."""
    known = clock[np.isfinite(clock["low"])] if clock is not None else pd.DataFrame()
    if len(known) == 0:
        return VAGUE
    weights = (known["n"] * known["length"]).to_numpy(dtype=float)
    weights = weights / weights.sum()
    within = (known["high"] - known["low"]).to_numpy(dtype=float) / (2 * 1.96)
    error = math.sqrt(float((weights**2) @ within**2))
    n = len(known)
    if n > 1:
        hours = known["mean_hour"].to_numpy(dtype=float)
        angles = hours / 24 * 2 * np.pi
        middle = find_hour(float(weights @ np.sin(angles)), float(weights @ np.cos(angles)))
        apart = find_distance(hours, middle)
        error = max(error, math.sqrt(float((weights**2) @ apart**2) * n / (n - 1)))
    return max(error, 1 / 60)


def _list_months(months: pd.DataFrame | None) -> frozenset[tuple[int, int, int]]:
    if months is None:
        return frozenset()
    full = months[months["searches"] >= LEAST_COUNT]
    rows = zip(full["year"].tolist(), full["month"].tolist(), full["searches"].tolist(), strict=True)
    return frozenset((int(year), int(month), int(n)) for year, month, n in rows)
