"""One square a day: how many activities each day holds, in the owner's own classes of few and many."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.bootstrap import CLEAR, say_chance
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import as_days, count_all_days, count_covered_days
from pipeline.patterns.dots import list_silences, say_stay
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.stays import find_stays
from pipeline.patterns.stretches import Stretch, find_fullest_stretch
from pipeline.patterns.subject import Subject
from pipeline.patterns.turns import Turn, list_pace_turns
from pipeline.patterns.wording import (
    WEEKDAYS,
    begin,
    count_noun,
    say_count,
    say_day,
    say_length,
    say_rate,
    say_rates,
    spell_small,
)

QUANTILES = (0.2, 0.4, 0.6, 0.8, 0.95)
MOST_NOTES = 5
FEW_DAYS = 92  # up to so many are drawn in months, more in rows of a year
HOW = (
    "Each square is one day of the home calendar. Its class is 0 without an activity, else 1 to 6: the "
    "limits are the counts that 20, 40, 60, 80 and 95\u00a0% of the covered days with an activity reach "
    "at most. Days that are in no export have no class; a first or last day that is there in part shows "
    "what is there. The fullest stretch is three months in a row, each with ten covered days; it is "
    "named if the fullest of at least 97.5\u00a0% of 1,000 resamples of fortnights lies there, give or "
    "take a month, and if shuffled fortnights make one as full in less than 1\u00a0% of 1,000 shuffles."
)


def count_by_date(subject: Subject) -> pd.DataFrame:
    """Count by day, from the first to the last without a gap.

    Columns: date (datetime64[ms]), searches, covered, step (0 none, 1–6 by ``list_limits``; NaN where the
    day is in no export and holds no row); and free, where the settings give free days.
    """
    table = count_all_days(subject)
    if len(table.days) == 0:
        whole, totals, held = table.days, table.totals, np.zeros(0, dtype=bool)
    else:
        whole = np.arange(table.days[0], table.days[-1] + 1)
        place = (table.days - whole[0]).astype(np.int64)
        totals, held = np.zeros(len(whole), dtype=np.int64), np.zeros(len(whole), dtype=bool)
        totals[place], held[place] = table.totals, True
    covered = np.isin(whole, as_days(subject.covered))
    steps = np.searchsorted(_find_edges(totals, covered), totals, side="left") + 1.0
    steps[totals == 0] = 0.0
    steps[~held] = np.nan
    dates = whole.astype("datetime64[ms]")
    frame = pd.DataFrame({"date": dates, "searches": totals, "covered": covered, "step": steps})
    return frame.assign(free=subject.is_given_free(whole)) if subject.free_days else frame


def _find_edges(totals: np.ndarray, covered: np.ndarray) -> np.ndarray:
    """Return the highest counts of the classes 1 to 5, from the covered days if one holds anything."""
    active = totals[(totals > 0) & covered]
    active = active if len(active) else totals[totals > 0]
    if len(active) == 0:
        return np.zeros(0)
    return np.asarray(np.quantile(active, QUANTILES, method="inverted_cdf"))


def list_limits(frame: pd.DataFrame) -> pd.DataFrame:
    """List the classes that some day can have: step, low and high (counts, both inside).

    The highest class ends at the highest count of a day. Classes whose limits meet are left out.
    """
    totals = frame["searches"].to_numpy(dtype=np.int64)
    edges = _find_edges(totals, frame["covered"].to_numpy(dtype=bool)).astype(np.int64)
    rows = [(0, 0, 0)]
    if len(edges):
        highs = np.append(edges, max(int(totals.max()), int(edges[-1])))
        lows = np.append(1, edges + 1)
        rows += [(k + 1, int(low), int(high)) for k, (low, high) in enumerate(zip(lows, highs, strict=True))]
    rows = [row for row in rows if row[1] <= row[2]] if len(frame) else []
    return pd.DataFrame(rows, columns=["step", "low", "high"], dtype="int64")


def list_calendar_notes(
    stretch: Stretch | None,
    silences: pd.DataFrame,
    subject: Subject,
    stays: pd.DataFrame | None = None,
    turns: Sequence[Turn] = (),
) -> pd.DataFrame:
    """List what is written under the rows, at most five, by date: first, last (datetime64[ms]), note.

    The fullest stretch first, then changes of pace, the longest stays on another clock, and silences.
    """
    rows: list[tuple[np.datetime64, np.datetime64, str]] = []
    if stretch:
        rows.append((np.datetime64(stretch.first), np.datetime64(stretch.last), "the fullest stretch"))
    rows += [(turn.first, turn.last, turn.note) for turn in turns]
    if stays is not None:
        away = stays.sort_values(["days", "first"], ascending=[False, True], kind="stable")
        for first, last, _, hours in away.head(MOST_NOTES - len(rows)).itertuples(index=False, name=None):
            rows.append((np.datetime64(first, "D"), np.datetime64(last, "D"), say_stay(int(hours))))
    longest = silences.sort_values(["days", "first"], ascending=[False, True], kind="stable")
    for first, last, n_days in longest.head(MOST_NOTES - len(rows)).itertuples(index=False, name=None):
        text = f"{spell_small(int(n_days))} days without {_name_one(subject)}"
        rows.append((np.datetime64(first, "D"), np.datetime64(last, "D"), text))
    rows.sort(key=lambda row: row[0])
    return pd.DataFrame(
        {
            "first": np.array([row[0] for row in rows], dtype="datetime64[D]").astype("datetime64[ms]"),
            "last": np.array([row[1] for row in rows], dtype="datetime64[D]").astype("datetime64[ms]"),
            "note": pd.Series([row[2] for row in rows], dtype="str"),
        }
    )


def _name_one(subject: Subject) -> str:
    return f"{'an' if subject.noun[0] in 'aeiou' else 'a'} {subject.noun}"


def find_calendar(frame: pd.DataFrame, stretch: Stretch | None, subject: Subject) -> Finding:
    """Say which three months are the fullest stretch; else only how long the calendar is."""
    coverage, nouns = subject.coverage, subject.nouns
    notes = [note_coverage(coverage)]
    if len(frame) == 0:
        headline, deck = f"No {nouns} yet", "Every day appears here as a square."
        alt = f"Nothing is drawn: the archive holds no {nouns}."
        return Finding("calendar", "Years", headline, "", deck, "Nothing to count", tuple(notes), alt, HOW)
    emphasis, remarkable, certainty = "", 0.0, "Every day is shown"
    length = begin(say_length(coverage.n_days))
    headline = f"{length}, one square a day"
    if stretch:
        emphasis = stretch.name
        most_likely = "" if stretch.chance >= CLEAR else "most likely "
        headline = f"{emphasis} is {most_likely}the fullest stretch"
        certainty = (
            f"{say_rate(stretch.rate)} {nouns} a day ({say_rates(stretch.low, stretch.high)}), against "
            f"{say_rate(stretch.mean)} on average; there, give or take a month, {say_chance(stretch.chance)}"
        )
        remarkable = measure_remarkable(stretch.low, stretch.rate, stretch.mean)
        notes.append(("How sure", f"{certainty}."))
    deck = f"One square a day, each column a week, {WEEKDAYS[subject.first_weekday]} at the top."
    if len(frame) <= FEW_DAYS:
        deck = "One square a day, each line a week."
    return Finding(
        "calendar", "Years", headline, emphasis, deck, certainty, tuple(notes), _describe(frame, subject),
        HOW, remarkable, mark=(stretch.first.isoformat(), stretch.last.isoformat()) if stretch else (),
    )  # fmt: skip


def _describe(frame: pd.DataFrame, subject: Subject) -> str:
    totals = frame["searches"].to_numpy(dtype=np.int64)
    best, n_days = int(np.argmax(totals)), int((totals > 0).sum())
    day = say_day(frame["date"].iloc[best].date())
    return (
        f"Calendar, {subject.nouns} a day, {subject.coverage.years}. "
        f"Highest {day}, {say_count(int(totals[best]))}; "
        f"{count_noun(n_days, 'day holds', 'days hold')} at least one."
    )


def answer_calendar(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the days with their classes; extras: limits of the classes, notes under the rows."""
    frame = count_by_date(subject)
    stretch = find_fullest_stretch(count_covered_days(subject), rng)
    frames = {
        MAIN: frame,
        "limits": list_limits(frame),
        "notes": list_calendar_notes(
            stretch, list_silences(subject), subject, find_stays(subject), list_pace_turns(subject)
        ),
    }
    return Answer(frames, find_calendar(frame, stretch, subject))
