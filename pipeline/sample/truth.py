"""What is really in a sample, counted while it is written and by no code that reads archives."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from pipeline.sample.entry import Entry
from pipeline.sample.queries import Asked

WORD = re.compile(r"""[^\s\d?!.,:;'"()&+=$\\{}<>/-]+""")


def count_searches(utc: Iterable[int], home: ZoneInfo) -> dict[str, Any]:
    """Count by home year, month, hour and weekday (Monday first) as the entries were written."""
    years: Counter[str] = Counter()
    months: Counter[str] = Counter()
    days: Counter[str] = Counter()
    week = [[0] * 24 for _ in range(7)]
    for second in utc:
        at = datetime.fromtimestamp(second, home)
        years[f"{at.year}"] += 1
        months[f"{at.year}-{at.month:02}"] += 1
        days[at.date().isoformat()] += 1
        week[at.weekday()][at.hour] += 1
    hours = [sum(row[hour] for row in week) for hour in range(24)]
    return {
        "searches": sum(years.values()),
        "by_year": dict(sorted(years.items())),
        "by_month": dict(sorted(months.items())),
        "by_hour": hours,
        "by_weekday": [sum(row) for row in week],
        "by_weekday_hour": week,
        "active_days": len(days),
        "first_day": min(days, default=None),
        "last_day": max(days, default=None),
        "peak_hour": hours.index(max(hours)),
    }


def count_heads(asked: list[Asked], years: Iterable[int], *, spaced: bool = True) -> dict[str, Any]:
    """Count the queries that hold each planted word, in all and by year.

    Where words are not ``spaced``, a query holds a word whose characters it holds.
    """
    heads = {query.head.lower(): query.head for query in asked if query.head != "odd"}
    counts: Counter[str] = Counter()
    by_year: dict[str, Counter[str]] = {}
    known: dict[str, list[str]] = {}
    for query, year in zip(asked, years, strict=True):
        text = query.text.lower()
        if text not in known:
            held = set(WORD.findall(text)) if spaced else text
            known[text] = [heads[word] for word in heads if word in held]
        counts.update(known[text])
        by_year.setdefault(str(year), Counter()).update(known[text])
    return {
        "words": dict(counts.most_common()),
        "words_by_year": {year: dict(count.most_common(12)) for year, count in sorted(by_year.items())},
    }


def count_entries(by_file: dict[str, list[Entry]]) -> dict[str, Any]:
    """Count what each file holds, by action as it was meant."""
    files = {name: Counter(entry.action for entry in entries) for name, entries in by_file.items()}
    return {
        "entries": sum(map(len, by_file.values())),
        "undated": sum(not entry.dated for entries in by_file.values() for entry in entries),
        "files": {name: dict(sorted(count.items())) for name, count in sorted(files.items())},
    }
