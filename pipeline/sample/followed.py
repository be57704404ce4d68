"""What follows from a sample's searches, counted apart from all patterns: records, repeats, sessions."""

from __future__ import annotations

import cmath
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import numpy as np

from pipeline.sample.queries import Asked

DAY, HALF_AN_HOUR, TWO_HOURS = 86400, 1800, 7200  # seconds
LOOK_BACKS = (365, 28)  # days
N_REPEATED = 10


def list_records(
    clocks: Sequence[datetime], first: date, last: date, away: Sequence[tuple[date, date]]
) -> dict[str, Any]:
    """Return the records of searches in order of time, in an archive that spans ``first`` to ``last``.

    The latest night goes on from a search between 20:00 and midnight without a pause of two hours; nights
    ``away`` from home's clock, those before and those after are left out. ``until`` counts its hours from the
    midnight before the evening.
    """
    by_day = Counter(clock.date() for clock in clocks)
    most = max(by_day.values(), default=0)
    busiest = min((day for day, n in by_day.items() if n == most), default=None)
    every = [first + timedelta(days=k) for k in range((last - first).days + 1)]
    inside = every[1:-1]  # covered: the edges of an archive are not
    return {
        "busiest_day": {"day": busiest, "searches": most},
        "longest_run": _find_run([day for day in every if by_day[day]]),
        "longest_silence": _find_run([day for day in inside if not by_day[day]]),
        "latest_night": _find_latest(clocks, away),
    }


def _find_run(days: list[date]) -> dict[str, Any] | None:
    best: list[date] = []
    run: list[date] = []
    for day in days:
        run = [*run, day] if run and day - run[-1] == timedelta(days=1) else [day]
        if len(run) > len(best):
            best = run
    return {"first": best[0], "last": best[-1], "days": len(best)} if best else None


def _find_latest(clocks: Sequence[datetime], away: Sequence[tuple[date, date]]) -> dict[str, Any] | None:
    best: dict[str, Any] | None = None
    evening: date | None = None  # of the night that the last search belongs to
    before: datetime | None = None
    for clock in clocks:
        if before is None or clock.timestamp() - before.timestamp() >= TWO_HOURS:
            evening = None
        before = clock
        if clock.hour >= 20:
            evening = clock.date()
        hours = clock.hour + clock.minute / 60 + clock.second / 3600
        if evening is None or (clock.date() > evening and hours >= 12):
            evening = None
            continue
        until = hours + 24 * (clock.date() - evening).days
        one = timedelta(days=1)
        if any(since - one <= evening <= end + one for since, end in away):
            continue
        if best is None or until > best["until"]:
            best = {"evening": evening, "until": round(until, 4)}
    return best


def list_firsts(clocks: Sequence[datetime], asked: Sequence[Asked]) -> dict[str, str]:
    """Return the first query of each year."""
    firsts: dict[str, str] = {}
    for clock, query in zip(clocks, asked, strict=True):
        firsts.setdefault(str(clock.year), query.text)
    return firsts


def count_mean_hours(clocks: Sequence[datetime]) -> dict[str, float]:
    """Return each year's mean hour on the circle of the clock."""
    sums: dict[str, complex] = {}
    for clock in clocks:
        hour = clock.hour + clock.minute / 60 + clock.second / 3600
        sums[str(clock.year)] = sums.get(str(clock.year), 0j) + cmath.rect(1, hour * cmath.pi / 12)
    return {year: round(cmath.phase(total) * 12 / cmath.pi, 4) % 24 for year, total in sums.items()}


def count_repeats(utc: Sequence[int], clocks: Sequence[datetime], asked: Sequence[Asked]) -> dict[str, Any]:
    """Count the queries asked again: of those with 365 (28) days of archive before them, how many came up
    in the 365 (28) days before; and the queries asked most. Within half an hour again is not asked again.
    """
    before: dict[str, int] = {}
    times: Counter[str] = Counter()
    judged: dict[str, list[int]] = {str(days): [0, 0] for days in LOOK_BACKS}
    for second, clock, query in zip(utc, clocks, asked, strict=True):
        text = query.text.strip().lower()
        since = second - before[text] if text in before else None
        before[text] = second
        if since is not None and since <= HALF_AN_HOUR:
            continue
        times[text] += 1
        for days in LOOK_BACKS:
            if (clock.date() - clocks[0].date()).days >= days:
                judged[str(days)][0] += 1
                judged[str(days)][1] += since is not None and since <= days * DAY
    return {
        "repeats": {days: {"queries": n, "again": again} for days, (n, again) in judged.items()},
        "repeated": [{"query": text, "times": n} for text, n in times.most_common(N_REPEATED)],
    }


def count_phrases(phrases: Sequence[str], asked: Sequence[Asked]) -> dict[str, int]:
    """Count the queries that hold each of the planted phrases, its words together."""
    texts = Counter(query.text for query in asked)
    held = {phrase: sum(n for text, n in texts.items() if phrase in text) for phrase in phrases}
    return {phrase: n for phrase, n in held.items() if n}


def measure_sessions(utc: Sequence[int], session: Sequence[int]) -> dict[str, Any]:
    """Return how many sessions there are, the median pauses (seconds) inside and between them, and the limit
    that takes the fewest pauses for what they are not, with the share that it does; None without both kinds.
    """
    pauses = np.array([later - earlier for earlier, later in pairwise(utc)], dtype=float)
    between = np.array([later != earlier for earlier, later in pairwise(session)], dtype=bool)
    order = np.argsort(pauses, kind="stable")
    wrong = (~between).sum() + np.cumsum(np.where(between[order], 1, -1))
    has_both = bool(between.any() and not between.all())
    at = int(np.argmin(wrong)) if has_both else 0
    return {
        "n_sessions": len(set(session)),
        "pause_inside": float(np.median(pauses[~between])) if (~between).any() else None,
        "pause_between": float(np.median(pauses[between])) if between.any() else None,
        "limit": float(pauses[order[at]]) if has_both else None,
        "misplaced": round(float(wrong[at]) / len(pauses), 4) if has_both else None,
    }
