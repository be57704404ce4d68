"""Who is counted into a cohort's page and who is not, and why: for the terminal of whoever runs the cohort.

They hold everybody's archives. The page is for everybody, and never says a word of those who are not on it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.patterns.wording import count_noun, say_count

if TYPE_CHECKING:
    from pipeline.patterns.cohort_people import Person


@dataclass(frozen=True, slots=True)
class Roll:
    """How many people count for the page, and of the others, by the name of their folder, why not."""

    n_counted: int
    left_out: Mapping[str, str]


def call_roll(outs: Sequence[Path], k: int, n_shown: int) -> Roll:
    """Say of these people's folders who counts, beside a page that shows ``n_shown`` of them; 0: nobody."""
    if n_shown == len(outs):
        return Roll(n_shown, {})
    from flows.steps.cohort import measure_out
    from pipeline.patterns.cohort import leave_out
    from pipeline.patterns.cohort_people import keep_commonest, merge_alike

    left_out: dict[str, str] = {}
    people: dict[str, Person] = {}
    for out in sorted(outs):
        if (person := measure_out(out)) is None:
            left_out[out.name] = _explain_too_little(out)
        else:
            people[out.name] = person
    merged = {person.name: person for person in merge_alike(people.values())}
    for name in people.keys() - merged.keys():
        twin = next((one for one in merged if len(merge_alike([merged[one], people[name]])) == 1), "another")
        left_out[name] = f"its archive and that of {twin} are one person's"
    kept = {person.name for person in keep_commonest(list(merged.values()))}
    for name in merged.keys() - kept:
        left_out[name] = "the archive holds mostly something else than most do, or the weekend is another"
    if n_shown and len(kept) > n_shown:
        lacking = kept - leave_out([merged[name] for name in kept], k)
        for name in lacking if len(kept) - len(lacking) == n_shown else ():
            left_out[name] = "what nearly all others have is not known of them, such as all twelve months"
            kept.discard(name)
    return Roll(len(kept), dict(sorted(left_out.items())))


def describe_page(page: Mapping[str, Any], n_people: int) -> list[str]:
    """Return lines on whom the page shows, of ``n_people``: ``page`` is its part of ``cohort.json``."""
    counts, n_counted = page["counts"], page["n_counted"]
    k, everybody = counts["k"], count_noun(n_people, "person", "people")
    if counts["stays"]:
        return [counts["stays"], f"Of {everybody} {say_count(n_counted)} would count."]
    if counts["n_people"]:
        return [f"On it: {counts['n_people']} of {everybody}; each number is of {k} or more together."]
    count = "counts" if n_counted == 1 else "count"
    return [f"It shows nobody yet: it takes {k}, and {say_count(n_counted)} of {everybody} {count}."]


def _explain_too_little(out: Path) -> str:
    """Say what somebody lacks of whom nothing is measured."""
    import pandas as pd

    from flows.steps.patterns import FOLDER
    from pipeline.patterns.cohort_people import ENOUGH_DAYS, ENOUGH_ENTRIES
    from pipeline.patterns.coverage import unpack_coverage

    folder = out / FOLDER
    try:
        n_days = unpack_coverage(json.loads((folder / "coverage.json").read_bytes())).n_covered
        weekdays = pd.read_parquet(folder / "weekdays.parquet", columns=["covered_searches"])
        n_entries = int(weekdays["covered_searches"].sum())
    except (OSError, ValueError, KeyError, TypeError):
        return "no patterns of theirs can be read"
    if n_days >= ENOUGH_DAYS and n_entries >= ENOUGH_ENTRIES:
        return "no rhythm of the week can be counted"
    days, entries = (
        count_noun(n_days, "covered day", "covered days"),
        count_noun(n_entries, "entry", "entries"),
    )
    return f"{days} and {entries} on them; it takes {ENOUGH_DAYS} and {ENOUGH_ENTRIES}"
