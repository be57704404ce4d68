"""How many activities of each kind fell into each hour of each day: what the page's filter counts again.

Nothing but products, actions, days, hours and counts: no text of the owner's, no address, no place.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.charts.day_squares import is_free
from pipeline.patterns.answer import Answer
from pipeline.patterns.calendar import FEW_DAYS
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.nights import FIRST_HOUR
from pipeline.patterns.subject import find_covered_days, name_activity
from pipeline.patterns.weeks import ENOUGH_WEEKS
from pipeline.patterns.wording import begin
from pipeline.reading.products import list_products
from pipeline.settings import ZoneSpan
from pipeline.tables.local_time import add_local_time

MOST_PAIRS = 40
NAMES = {"youtube": "YouTube", "google_play": "Google Play"}
DAY = "datetime64[D]"


@dataclass(frozen=True, slots=True, eq=False)
class Tally:
    """Counts by kind and hour, and the days that each product covers.

    ``counts`` has product, action, day (datetime64[D] as int64, since 1970), hour and n, sorted; ``covered``
    maps a product to its days, as int64.
    """

    counts: pd.DataFrame
    covered: Mapping[str, NDArray[np.int64]]


def tally_activity(moments: pd.DataFrame, sources: pd.DataFrame, home_zone: tuple[ZoneSpan, ...]) -> Tally:
    """Count by product, action, local day and clock hour.

    ``moments`` has product, action, time (aware) and n, the number of activities then; ``sources`` has
    product, first and last (UTC). Of more than 40 kinds the commonest are kept.
    """
    local = add_local_time(moments, home_zone)
    days = local["date"].to_numpy().astype(DAY).astype(np.int64)
    keys = ["product", "action", "day", "hour"]
    counts = local.assign(day=days).groupby(keys, observed=True)["n"].sum().reset_index()
    sizes = counts.groupby(["product", "action"], observed=True)["n"].sum()
    kept = set(sizes.index[np.argsort(-sizes.to_numpy(), kind="stable")[:MOST_PAIRS]])
    known = [pair in kept for pair in zip(counts["product"], counts["action"], strict=True)]
    counts = counts[np.array(known, dtype=bool)].sort_values(keys, ignore_index=True)
    covered = {
        str(product): find_covered_days(sources[sources["product"] == product], home_zone)
        .to_numpy().astype(DAY).astype(np.int64)
        for product in sorted(set(counts["product"]))
    }  # fmt: skip
    return Tally(counts, covered)


def write_data(tally: Tally, answers: Mapping[str, Answer], coverage: Coverage) -> str:
    """Return the JSON that the page's script reads, safe inside a ``script`` element; '' without a day.

    ``first`` is the first day since 1970; ``pairs`` hold product, action, noun, plural and packed counts;
    ``covered`` holds first and last day of each span, from ``first``; ``free`` those of the owner's free
    days, since 1970.
    """
    counts = tally.counts
    ends = [days for days in tally.covered.values() if len(days)]
    if len(counts) == 0:
        return ""
    first = min([int(counts["day"].min()), *(int(days[0]) for days in ends)])
    last = max([int(counts["day"].max()), *(int(days[-1]) for days in ends)])
    pairs = []
    for (product, action), group in counts.groupby(["product", "action"], observed=True):
        places = (group["day"].to_numpy() - first) * 24 + group["hour"].to_numpy()
        noun, nouns, verb = name_activity(str(product), str(action))
        pairs.append(
            [str(product), str(action), noun, nouns, verb, pack_counts(places, group["n"].to_numpy())]
        )
    data: dict[str, Any] = {
        "first": first,
        "days": last - first + 1,
        "subject": [coverage.product, coverage.action],
        "nouns": [coverage.noun, coverage.nouns],
        "verb": coverage.verb,
        "weekday": coverage.first_weekday,
        "hour": FIRST_HOUR,
        "weeks": ENOUGH_WEEKS,
        "names": {product: name_product(product) for product in tally.covered},
        "quoted": sorted(set(tally.covered) - list_products()),
        "covered": {product: list_spans(days - first) for product, days in tally.covered.items()},
        "pairs": pairs,
        "run": list(answers["week"].finding.mark) if "week" in answers else [],
        **_gather_calendar(answers),
    }
    text = json.dumps(data, ensure_ascii=True, separators=(",", ":"))
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


def _gather_calendar(answers: Mapping[str, Answer]) -> dict[str, Any]:
    answer = answers.get("calendar")
    if answer is None:
        return {"stretch": [], "notes": [], "short": False, "free": []}
    notes = answer.frames.get("notes", pd.DataFrame())
    rows = notes.itertuples(index=False) if {"first", "last", "note"} <= set(notes.columns) else ()
    free = answer.frame["date"][is_free(answer.frame)].to_numpy().astype(DAY).astype(np.int64)
    return {
        "free": list_spans(free),
        "short": len(answer.frame) <= FEW_DAYS,
        "stretch": [_count_days(day) for day in answer.finding.mark],
        "notes": [[_count_days(row.first), _count_days(row.last), str(row.note)] for row in rows],
    }


def _count_days(day: Any) -> int:
    return int(np.datetime64(pd.Timestamp(day), "D").astype(np.int64))


def pack_counts(places: NDArray[np.int64], counts: NDArray[np.int64]) -> list[int]:
    """Write rising places as their gaps, each followed by minus its count where that is not 1.

    The first gap counts from -1, so every gap is positive: places 0, 3, 4 with 1, 5, 1 are 1, 3, -5, 1.
    """
    order = np.argsort(places, kind="stable")
    places, counts = places[order], counts[order]
    gaps = np.diff(places, prepend=-1)
    told = counts != 1
    at = np.arange(len(gaps)) + np.concatenate([[0], np.cumsum(told)[:-1]]).astype(np.int64)[: len(gaps)]
    packed = np.zeros(len(gaps) + int(told.sum()), dtype=np.int64)
    packed[at] = gaps
    packed[at[told] + 1] = -counts[told]
    return [int(value) for value in packed]


def list_spans(days: NDArray[np.int64]) -> list[list[int]]:
    """Return the first and last of each run of sorted days."""
    if len(days) == 0:
        return []
    breaks = np.flatnonzero(np.diff(days) > 1)
    firsts, lasts = days[np.append(0, breaks + 1)], days[np.append(breaks, len(days) - 1)]
    return [[int(first), int(last)] for first, last in zip(firsts, lasts, strict=True)]


def name_product(product: str) -> str:
    """Write a product as a person would: "YouTube", "Image search"; an unknown header in quotation marks."""
    words = product.replace("_", " ")
    return NAMES.get(product, begin(words)) if product in list_products() else f"“{words}”"
