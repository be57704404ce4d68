"""Every activity as a date and a clock time, the spans without an archive, and the silences worth a note."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import as_days, count_all_days
from pipeline.patterns.finding import Finding
from pipeline.patterns.hours import ENOUGH_DAYS_FOR_HOURS, ENOUGH_FOR_SHARES, find_quiet_hours
from pipeline.patterns.silences import list_improbable_silences
from pipeline.patterns.stays import find_stays
from pipeline.patterns.subject import Subject
from pipeline.patterns.turns import Turn, list_habit_turns, list_pace_turns
from pipeline.patterns.wording import begin, say_days, say_length, say_shift, spell_small

ENOUGH_SILENCE = 7  # days
MOST_NOTES = 5
ENOUGH_DAYS_FOR_NOTES = 30  # days of the span before notes are given
HOW = (
    "Every activity is drawn at its local date and clock time. A silence is noted if it lasts at least "
    "seven covered days and is as unlikely as those listed among the gaps. A clock hours ahead or behind "
    "is that of at least three days on which the quiet window of the night lies so far from its usual "
    "place. Changes of the quiet window and of the pace are those of their own pictures; a change of "
    "pace is noted if it is dated within two months. Hatched days lie inside the span but in no export."
)


def list_dots(subject: Subject) -> pd.DataFrame:
    """List the local time of every activity: local (naive datetime64[ms]), sorted."""
    local = np.sort(subject.rows["local"].to_numpy().astype("datetime64[ms]"))
    return pd.DataFrame({"local": local})


def list_uncovered(subject: Subject) -> pd.DataFrame:
    """List the spans of days between the first and last day shown that no source covers and that hold no row.

    Columns: first and last (datetime64[ms], both inside the span), days.
    """
    shown = as_days(subject.days)
    if len(shown) < 2:
        return _list_spans([])
    steps = np.diff(shown).astype(np.int64)
    at = np.flatnonzero(steps > 1)
    return _list_spans([(shown[k] + 1, shown[k + 1] - 1) for k in at])


def list_free(subject: Subject) -> pd.DataFrame:
    """List the settings' spans of free days, within the first and last day shown, as ``list_uncovered``."""
    shown = as_days(subject.days)
    spans = []
    for first, last in subject.free_days if len(shown) else ():
        begin, end = max(np.datetime64(first), shown[0]), min(np.datetime64(last), shown[-1])
        if begin <= end:
            spans.append((begin, end))
    return _list_spans(spans)


def list_silences(subject: Subject) -> pd.DataFrame:
    """List the silences worth a note, of seven days or more: first, last, days."""
    found = list_improbable_silences(subject)
    long = found["days"] >= ENOUGH_SILENCE
    return found.loc[long, ["first", "last", "days"]].reset_index(drop=True)


def list_notes(
    uncovered: pd.DataFrame,
    silences: pd.DataFrame,
    stays: pd.DataFrame,
    subject: Subject,
    turns: list[Turn] | None = None,
) -> pd.DataFrame:
    """List at most five notes by date: first, last, days, note, short, kind; none under 30 days.

    ``kind`` is 'changed' (``turns``), 'shifted' (a stay on another clock), 'silent' or 'uncovered';
    ``short`` are the words for a phone. Changes come first, then stays, then the longest spans.
    """
    parts = [
        _list_turns(turns or []),
        _write_notes(stays, "shifted", say_stay, say_shift),
        _write_notes(silences, "silent", _say_silence, lambda n: f"{n} days"),
        _write_notes(uncovered, "uncovered", lambda n: "not in the archive", lambda n: "no data"),
    ]
    notes = pd.concat(parts, ignore_index=True)
    if subject.coverage.n_days < ENOUGH_DAYS_FOR_NOTES:
        notes = notes.iloc[:0]
    notes = notes.assign(later=notes["kind"].map({"changed": 0, "shifted": 1}).fillna(2))
    notes = notes.sort_values(["later", "days", "first"], ascending=[True, False, True], kind="stable")
    notes = notes.drop(columns="later").head(MOST_NOTES)
    return notes.sort_values("first", kind="stable").reset_index(drop=True)


def _list_turns(turns: list[Turn]) -> pd.DataFrame:
    spans = _list_spans([(turn.first, turn.last) for turn in turns])
    return spans.assign(
        note=pd.Series([turn.note for turn in turns], index=spans.index, dtype="str"),
        short=pd.Series([turn.short for turn in turns], index=spans.index, dtype="str"),
        kind=pd.Series(["changed"] * len(turns), index=spans.index, dtype="str"),
    )


def _write_notes(
    spans: pd.DataFrame, kind: str, say: Callable[[int], str], say_short: Callable[[int], str]
) -> pd.DataFrame:
    """Give each span its words, by its hours where it is a stay, else by its days."""
    sizes = [int(n) for n in spans["hours" if kind == "shifted" else "days"]]
    notes = spans[["first", "last", "days"]].assign(
        note=pd.Series([say(n) for n in sizes], index=spans.index, dtype="str"),
        short=pd.Series([say_short(n) for n in sizes], index=spans.index, dtype="str"),
        kind=pd.Series([kind] * len(spans), index=spans.index, dtype="str"),
    )
    return notes


def say_stay(hours: int) -> str:
    """Write a stay on another clock: seven hours ahead, six hours behind."""
    return f"{spell_small(abs(hours))} hours {'ahead' if hours > 0 else 'behind'}"


def _say_silence(n_days: int) -> str:
    return f"{spell_small(n_days)} silent days"


def _list_spans(spans: list[tuple[np.datetime64, np.datetime64]]) -> pd.DataFrame:
    firsts = np.array([first for first, _ in spans], dtype="datetime64[D]")
    lasts = np.array([last for _, last in spans], dtype="datetime64[D]")
    return pd.DataFrame(
        {
            "first": firsts.astype("datetime64[ms]"),
            "last": lasts.astype("datetime64[ms]"),
            "days": (lasts - firsts).astype(np.int64) + 1,
        }
    )


def find_dots(frame: pd.DataFrame, notes: pd.DataFrame, subject: Subject) -> Finding:
    """Say how long the archive is; this picture claims nothing more."""
    coverage, nouns, noun = subject.coverage, subject.nouns, subject.noun
    if len(frame) == 0:
        headline = f"No {nouns} yet"
        deck = "Every activity appears here as a dot."
        alt = f"Nothing is drawn: the archive holds no {nouns}."
    else:
        length = begin(say_length(coverage.n_days))
        headline = f"{length} of days and nights"
        if length.endswith(("day", "days")):
            headline = f"{length} and {'its night' if coverage.n_days == 1 else 'nights'}"
        deck = f"Every dot is one {noun}: the date across, the clock upward, with midnight in the middle."
        if _has_quiet_band(subject):
            deck += " The empty band is the quiet of the night."
        alt = f"Dots, {nouns} by date and clock time, {coverage.years}."
    silent = notes[notes["kind"] == "silent"]
    margin = [note_coverage(coverage)]
    if len(silent):
        margin.append(
            ("Silent days", f"The longest silence lasts {spell_small(int(silent['days'].max()))} days.")
        )
    shifted = notes[notes["kind"] == "shifted"]
    if len(shifted):
        said = [
            f"{say_days(row[0].date(), row[1].date())}, {row[4]}" for row in shifted.to_numpy(dtype=object)
        ]
        margin.append(("On another clock", f"{'; '.join(said)}: most likely another zone."))
    changed = notes[notes["kind"] == "changed"]
    if len(changed):
        said = [
            f"{say_days(row[0].date(), row[1].date())}, {row[3]}" for row in changed.to_numpy(dtype=object)
        ]
        margin.append(("Lasting changes", f"{begin('; '.join(said))}: most likely then."))
    certainty = "Every activity is shown"
    return Finding("dots", "Years", headline, "", deck, certainty, tuple(margin), alt, HOW)


def _has_quiet_band(subject: Subject) -> bool:
    """Say whether the hours leave a band empty, by the rule of the hours' own finding, at night."""
    counts = count_all_days(subject).counts.sum(axis=0)
    if counts.sum() < ENOUGH_FOR_SHARES or len(subject.covered) < ENOUGH_DAYS_FOR_HOURS:
        return False
    quiet = find_quiet_hours(pd.DataFrame({"searches": counts, "low": 0.0}))
    return quiet is not None and all(hour >= 20 or hour <= 12 for hour in quiet)


def answer_dots(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give every activity's local time; extras: uncovered spans, notes, and free days, if there are any."""
    frame, uncovered = list_dots(subject), list_uncovered(subject)
    turns = [*list_habit_turns(subject), *list_pace_turns(subject)]
    notes = list_notes(uncovered, list_silences(subject), find_stays(subject), subject, turns)
    frames = {MAIN: frame, "uncovered": uncovered, "notes": notes}
    if subject.free_days:
        frames["free"] = list_free(subject)
    return Answer(frames, find_dots(frame, notes, subject))
