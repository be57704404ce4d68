"""The owner's records: the busiest day, the longest run, the longest silence, the latest night. No words."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES, as_days, count_all_days, count_covered_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.shifts import is_shifted
from pipeline.patterns.stays import find_stays
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    WEEKDAYS,
    count_noun,
    join_and,
    say_clock,
    say_count,
    say_day,
    say_days,
    say_long_day,
    say_too_few,
)

Days = NDArray[np.datetime64]

ENOUGH_DAYS_FOR_RECORDS = 30  # covered or with an entry
EVENING, NOON = 20.0, 12.0  # hours
PAUSE = 2  # hours that end a night
BESIDE_STAY = 7  # nights: a stay’s ends are told by nights with enough entries alone
HOUR = 3_600_000  # milliseconds
BUSIEST, RUN, SILENCE, NIGHT = "busiest day", "longest run", "longest silence", "latest night"
HOW = (
    "Every entry counts, on covered days and on others, and of equal records the earliest. A run is of "
    "days in a row that each hold an entry; a silence of covered days in a row that hold none. The "
    "latest night is the one that went on longest: from an entry between 20:00 and midnight on, without a "
    "pause of two hours, by the home clock; nights on another clock are left out, and those within a "
    "week of one, since a stay’s first and last days are not always told."
)


class Span(NamedTuple):
    """A record's size and its first and last day."""

    value: float
    first: np.datetime64
    last: np.datetime64


def list_records(subject: Subject) -> pd.DataFrame:
    """List the records that there are: record, value, unit, first, last (datetime64[ms]).

    ``record`` is 'busiest day' (value in entries), 'longest run' and 'longest silence' (in days), or
    'latest night' (unit 'clock': hours after the midnight before the evening, 28.5 is 04:30; first is
    that evening's day). ``first`` and ``last`` are the same where the record is of one day.
    """
    found = {
        BUSIEST: (_find_busiest(subject), subject.nouns),
        RUN: (find_longest_run(_list_active(subject)), "days"),
        SILENCE: (find_longest_run(_list_silent(subject)), "days"),
        NIGHT: (find_latest_night(subject), "clock"),
    }
    kept = [(name, span, unit) for name, (span, unit) in found.items() if span is not None]
    return pd.DataFrame(
        {
            "record": pd.Series([name for name, _, _ in kept], dtype="str"),
            "value": np.array([span.value for _, span, _ in kept], dtype=float),
            "unit": pd.Series([unit for _, _, unit in kept], dtype="str"),
            "first": np.array([span.first for _, span, _ in kept], dtype="datetime64[ms]"),
            "last": np.array([span.last for _, span, _ in kept], dtype="datetime64[ms]"),
        }
    )


def find_longest_run(days: Days) -> Span | None:
    """Return the longest run of ``days`` (sorted, each once) without a gap, the earliest of equals."""
    if len(days) == 0:
        return None
    begins = np.flatnonzero(np.diff(days, prepend=days[0] - 2) != np.timedelta64(1, "D"))
    lengths = np.diff(begins, append=len(days))
    best = int(np.argmax(lengths))
    first = days[begins[best]]
    return Span(float(lengths[best]), first, first + (int(lengths[best]) - 1))


def _list_active(subject: Subject) -> Days:
    table = count_all_days(subject)
    return np.asarray(table.days[table.totals > 0])


def _list_silent(subject: Subject) -> Days:
    table = count_covered_days(subject)
    return np.asarray(table.days[table.totals == 0])


def _find_busiest(subject: Subject) -> Span | None:
    table = count_all_days(subject)
    if table.totals.sum() == 0:
        return None
    best = int(np.argmax(table.totals))
    return Span(float(table.totals[best]), table.days[best], table.days[best])


def find_latest_night(subject: Subject) -> Span | None:
    """Return the night that went on longest: its hours after midnight of its evening, and its evening's day.

    A night goes on from an entry between 20:00 and midnight for as long as no pause reaches two hours, and
    ends before noon. Nights on another clock (``find_stays``) and within BESIDE_STAY of one are left out.
    """
    rows = subject.rows
    time = pd.DatetimeIndex(rows["time"]).as_unit("ms").asi8
    order = np.argsort(time, kind="stable")
    local = rows["local"].to_numpy().astype("datetime64[ms]").astype(np.int64)[order] / HOUR
    if len(local) == 0:
        return None
    closes = np.append(np.flatnonzero(np.diff(time[order]) >= PAUSE * HOUR), len(local) - 1)
    opens = np.append(0, closes[:-1] + 1)
    end = local[closes]
    evening = np.floor((end - NOON) / 24)  # days since 1970: a close before noon belongs to the day before
    # The last entry before that evening's midnight must be of the same stretch, and after 20:00.
    before = np.searchsorted(np.maximum.accumulate(local), 24 * (evening + 1), side="left") - 1
    began = (before >= opens) & (local[np.maximum(before, 0)] >= 24 * evening + EVENING)
    days = evening.astype(np.int64).astype("datetime64[D]")
    known = began & ~_is_away(subject, days)
    if not known.any():
        return None
    late = end - 24 * evening
    best = int(np.argmax(np.where(known, late, -np.inf)))
    return Span(float(late[best]), days[best], days[best])


def _is_away(subject: Subject, days: Days) -> NDArray[np.bool_]:
    """Say which nights are of a stay on another clock, or so near one that they may be."""
    stays, beside = find_stays(subject), pd.Timedelta(days=BESIDE_STAY)
    wider = stays.assign(first=stays["first"] - beside, last=stays["last"] + beside)
    return is_shifted(pd.DataFrame({"night": days.astype("datetime64[ms]")}), wider)


def say_record(row: Any) -> tuple[str, str]:
    """Write a row of ``list_records`` as value and name: '97 searches', 'Busiest day, 3 Mar 2024'."""
    record, value, unit, first, last = row
    name = str(record).capitalize()
    days = (first.date(), last.date())
    if unit == "clock":
        return say_clock(float(value)), f"{name}, that of {say_day(days[0])}"
    if unit == "days":
        return count_noun(int(value), "day", "days"), f"{name}, {say_days(*days)}"
    return f"{say_count(int(value))} {unit}", f"{name}, {say_days(*days)}"


def find_records(frame: pd.DataFrame, subject: Subject) -> Finding:
    """Name the busiest day; the numbers are counted, not estimated, and nothing stands out by them."""
    coverage, noun, nouns = subject.coverage, subject.noun, subject.nouns
    notes = [note_coverage(coverage)]
    if len(frame) == 0:
        n_days, n = len(as_days(subject.days)), len(subject.rows)
        headline = say_too_few(n_days, "day", "days", "to speak of records")
        certainty = f"{say_count(n_days)} of the {ENOUGH_DAYS_FOR_RECORDS} days that it takes"
        if n_days >= ENOUGH_DAYS_FOR_RECORDS:
            headline = say_too_few(n, noun, nouns, "to speak of records")
            certainty = f"{say_count(n)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
        deck = f"Records are given from {ENOUGH_DAYS_FOR_RECORDS} days and {ENOUGH_SEARCHES} {nouns} on."
        notes.append(("How sure", certainty + "."))
        alt = f"Nothing is drawn: too few days with {nouns}."
        return Finding("records", "Years", headline, "", deck, certainty, tuple(notes), alt, HOW)
    row = frame.iloc[0]
    day = row["first"].date()
    emphasis = count_noun(int(row["value"]), noun, nouns)
    headline = f"{emphasis} on {WEEKDAYS[day.weekday()]}, {say_long_day(day)}: the busiest day"
    deck = f"{join_and([str(name) for name in frame['record']]).capitalize()}, and when."
    certainty = "Counted, not estimated"
    said = [say_record(row) for row in frame.itertuples(index=False)]
    alt = (
        f"Spans on a line of time, the records, {coverage.years}: "
        f"{'; '.join(f'{name}: {value}' for value, name in said)}."
    )
    notes.append(("How sure", f"{certainty}."))
    mark = (BUSIEST,)
    return Finding("records", "Years", headline, emphasis, deck, certainty, tuple(notes), alt, HOW, mark=mark)


def answer_records(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the records; none under thirty days or a hundred entries."""
    frame = list_records(subject)
    if len(as_days(subject.days)) < ENOUGH_DAYS_FOR_RECORDS or len(subject.rows) < ENOUGH_SEARCHES:
        frame = frame.iloc[:0]
    return Answer({MAIN: frame}, find_records(frame, subject))
