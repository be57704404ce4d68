"""Stretches out of the ordinary: silences, shifted clocks, and days that the archive does not hold."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.dots import list_uncovered
from pipeline.patterns.finding import Finding
from pipeline.patterns.silences import UNLIKELY, list_improbable_silences
from pipeline.patterns.stands_out import measure_shift
from pipeline.patterns.stays import find_stays
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    begin,
    count_noun,
    join_and,
    say_count,
    say_days,
    say_shift,
    spell_small,
)

SILENT, SHIFTED, UNCOVERED = "silent", "shifted", "uncovered"
NAMES = {
    SHIFTED: ("shifted clock", "shifted clocks"),
    SILENT: ("silence", "silences"),
    UNCOVERED: ("span not in the archive", "spans not in the archive"),
}
MOST_NAMED = 5
HALF = 0.5  # hours: shifts are found in whole ones
HOW = (
    "A silence is a run of three or more covered days without an entry that is unlikely (less than one in "
    "a thousand in an archive of this length) at the pace and with the share of silent days of the 13 "
    "weeks before it or after it, weekends and free days apart from workdays. A shifted clock is a run of "
    "three or more days on which the quiet window of the night lies three or more hours from its usual "
    "place: most likely another time zone. Days not in the archive lie between two exports."
)


def list_gaps(subject: Subject) -> pd.DataFrame:
    """List the stretches by date: first, last (datetime64[ms]), days, what, hours, chance.

    ``what`` is 'silent', 'shifted' or 'uncovered'; ``hours`` (by which the clock lay ahead of home's, − for
    behind) is NaN but for the shifted, ``chance`` NaN but for the silent.
    """
    parts = {
        SILENT: list_improbable_silences(subject),
        SHIFTED: find_stays(subject),
        UNCOVERED: list_uncovered(subject),
    }
    kept = [
        pd.DataFrame(
            {
                "first": part["first"],
                "last": part["last"],
                "days": part["days"],
                "what": pd.Series([what] * len(part), dtype="str"),
                "hours": part["hours"].astype(float) if what == SHIFTED else np.full(len(part), np.nan),
                "chance": part["chance"] if what == SILENT else np.full(len(part), np.nan),
            }
        )
        for what, part in parts.items()
    ]
    frame = pd.concat([part for part in kept if len(part)] or kept[:1], ignore_index=True)
    return frame.sort_values(["first", "last"], kind="stable").reset_index(drop=True)


def say_gap(what: str, hours: float) -> str:
    """Write what the archive shows of a stretch: 'no entries', 'the quiet window 7 hours earlier', …"""
    if what == SHIFTED:
        way = "earlier" if hours > 0 else "later"
        return f"the quiet window {count_noun(abs(int(hours)), 'hour', 'hours')} {way}"
    return "silent days" if what == SILENT else "not in the archive"


def find_gaps(frame: pd.DataFrame, subject: Subject) -> Finding:
    """Count the stretches of each kind; what happened in them the archive cannot say.

    A shifted clock may stand out, by the largest shift; a silence has no size to compare with others.
    """
    coverage, nouns = subject.coverage, subject.nouns
    notes = [note_coverage(coverage)]
    counts = {what: int((frame["what"] == what).sum()) for what in NAMES}
    said = [
        f"{spell_small(n)} {NAMES[what][0] if n == 1 else NAMES[what][1]}" for what, n in counts.items() if n
    ]
    emphasis, remarkable = "", 0.0
    deck = f"Stretches where the clock shifted or the {nouns} stopped. What happened then, no archive says."
    if coverage.n_rows == 0:
        headline, certainty = f"No {nouns} yet, and so no gaps", "Nothing to go by yet"
    elif not said:
        headline, certainty = "No stretch stands out", "No silence is unlikely, and no clock lies far off"
    else:
        headline = begin(join_and(said))
        certainty = _say_certainty(counts)
        if counts[SHIFTED]:
            emphasis = begin(said[0])
            hours = frame["hours"].abs().max()
            remarkable = measure_shift(float(hours) - HALF)
    for what, title in ((SHIFTED, "Shifted clocks"), (SILENT, "Silences")):
        if counts[what]:
            notes.append((title, _say_spans(frame[frame["what"] == what])))
    notes.append(("How sure", f"{certainty}."))
    rows = [f"{say_days(row.first.date(), row.last.date())}, {say_gap(row.what, row.hours)}"
            for row in _list_rows(frame.head(MOST_NAMED))]  # fmt: skip
    alt = f"Table of stretches, {coverage.years}: {'; '.join(rows)}." if rows else "Nothing is listed."
    return Finding(
        "gaps", "Gaps and trips", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, remarkable
    )


def _list_rows(frame: pd.DataFrame) -> list[Any]:
    return list(frame.itertuples(index=False))


def _say_certainty(counts: dict[str, int]) -> str:
    parts = []
    if counts[SHIFTED]:
        parts.append("shifted clocks are most likely other zones")
    if counts[SILENT]:
        parts.append(f"silences have a chance under 1 in {say_count(round(1 / UNLIKELY))}")
    if counts[UNCOVERED]:
        parts.append("what is not in the archive is said by the archive itself")
    return begin("; ".join(parts))


def _say_spans(part: pd.DataFrame) -> str:
    longest = part.sort_values(["days", "first"], ascending=[False, True], kind="stable").head(MOST_NAMED)
    said = []
    for row in _list_rows(longest.sort_values("first", kind="stable")):
        detail = say_shift(row.hours) if row.what == SHIFTED else count_noun(int(row.days), "day", "days")
        said.append(f"{say_days(row.first.date(), row.last.date())}, {detail}")
    more = len(part) - len(longest)
    return f"{'; '.join(said)}{f'; and {spell_small(more)} more' if more else ''}."


def answer_gaps(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the stretches out of the ordinary."""
    frame = list_gaps(subject)
    return Answer({MAIN: frame}, find_gaps(frame, subject))
