"""The weeks unlike the usual week of their time, and what was different in each."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.days import ENOUGH_SEARCHES
from pipeline.patterns.far_weeks import CLEAR_GAIN, FarWeeks, choose_far, measure_weeks
from pipeline.patterns.finding import Finding
from pipeline.patterns.stands_out import measure_remarkable
from pipeline.patterns.subject import Subject
from pipeline.patterns.week_maps import ENOUGH_WEEKS, WeekMaps, list_clock, list_week_maps, smooth_hours
from pipeline.patterns.wording import (
    begin,
    count_noun,
    say_count,
    say_day,
    say_too_few,
    spell_small,
)

LIMIT = 5.0  # robust spreads; of 128 archives of chance one had a week beyond it
FAR_RATIO = 1.5  # more (or less, divided) than usual
ALMOST_NOTHING = 0.1
DAYS_EACH = 60  # at most one unusual week in so many covered days
MOST_SHOWN = 8
FAR_MORE, FAR_LESS, ALMOST = "far more than usual", "far less than usual", "almost nothing"
NOTHING, OTHER = "nothing at all", "other hours than usual"
CASES = {FAR_MORE: "very full", FAR_LESS: "far below the usual", ALMOST: "almost empty", NOTHING: "empty"}
CASES |= {"": "on another clock", OTHER: "at other hours"}
HOW = (
    "Each whole covered week from Monday 04:00 is compared with the usual week of its time: for each hour "
    "the mean of the middle half of the 26 nearest other weeks, over five hours. A week’s distance "
    "joins how full it was, and what is left of its shape once the usual week is made as full; both in "
    "robust standard deviations over all weeks. A week is unusual beyond five of them, or if it fits the "
    "usual week clearly better when moved by three hours or more. Of weeks in a row only the farthest is "
    "counted, and at most one in 60 covered days."
)


def list_unusual(maps: WeekMaps, far: FarWeeks, n_days: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Return the places of the unusual weeks by date, and which weeks are beyond the limits."""
    is_far = (far.distance > LIMIT) | far.shifted
    return choose_far(is_far, far.distance, maps.weeks, min(n_days // DAYS_EACH, MOST_SHOWN)), is_far


def name_week(maps: WeekMaps, far: FarWeeks, place: int) -> tuple[str, float, str]:
    """Return what was different in a week: the kind, the hours of a shift (else NaN), and a caption."""
    ratio = float(far.ratio[place])
    if not maps.counts[place].any():
        return "nothing", np.nan, NOTHING
    if far.shifted[place]:
        hours = int(far.hours[place])
        return (
            "shifted",
            float(hours),
            f"days {spell_small(abs(hours))} hours {'late' if hours > 0 else 'early'}",
        )
    if ratio >= FAR_RATIO:
        return "more", np.nan, FAR_MORE
    if ratio <= 1 / FAR_RATIO:
        return "less", np.nan, ALMOST if ratio < ALMOST_NOTHING else FAR_LESS
    return "other", np.nan, OTHER


def list_weeks(maps: WeekMaps, far: FarWeeks, chosen: NDArray[np.int64]) -> pd.DataFrame:
    """List week (its Monday, datetime64[ms]), searches, distance, number (0: not unusual)."""
    number = np.zeros(len(maps.weeks), dtype=np.int64)
    number[chosen] = np.arange(1, len(chosen) + 1)
    return pd.DataFrame(
        {
            "week": maps.weeks.astype("datetime64[ms]"),
            "searches": maps.counts.sum(axis=1).astype(np.int64),
            "distance": far.distance,
            "number": number,
        }
    )


def list_differences(maps: WeekMaps, far: FarWeeks, chosen: NDArray[np.int64]) -> pd.DataFrame:
    """List number, weekday (of the row from 04:00), hour, difference from the usual hour, over five hours."""
    weekday, hour = list_clock()
    n = len(chosen)
    difference = smooth_hours(maps.counts[chosen]) - far.usual[chosen]
    return pd.DataFrame(
        {
            "number": np.repeat(np.arange(1, n + 1), 168),
            "weekday": np.tile(weekday, n),
            "hour": np.tile(hour, n),
            "difference": difference.ravel(),
        }
    )


def list_captions(maps: WeekMaps, far: FarWeeks, chosen: NDArray[np.int64]) -> pd.DataFrame:
    """List number, week, kind (more, less, nothing, shifted, other), hours (NaN but for shifted), note."""
    named = [name_week(maps, far, int(place)) for place in chosen]
    return pd.DataFrame(
        {
            "number": np.arange(1, len(chosen) + 1),
            "week": maps.weeks[chosen].astype("datetime64[ms]"),
            "kind": pd.Series([kind for kind, _, _ in named], dtype="str"),
            "hours": np.array([hours for _, hours, _ in named], dtype=float),
            "note": pd.Series([note for _, _, note in named], dtype="str"),
        }
    )


def find_unusual(
    frame: pd.DataFrame, captions: pd.DataFrame, is_far: NDArray[np.bool_], far: FarWeeks, subject: Subject
) -> Finding:
    """Say how many weeks are unlike the others, and in what."""
    coverage, nouns = subject.coverage, subject.nouns
    n_weeks, n_searches = len(frame), int(frame["searches"].sum())
    deck = "How far each week lies from the usual week of its time"
    deck += ", and what was different: blue, more than usual; ochre, less." if len(captions) else "."
    emphasis, remarkable = "", 0.0
    if n_weeks < ENOUGH_WEEKS:
        headline = say_too_few(n_weeks, "whole week", "whole weeks", "to tell an unusual one")
        deck = f"Unusual weeks appear here after {ENOUGH_WEEKS} whole covered weeks."
        certainty = f"{say_count(n_weeks)} of the {ENOUGH_WEEKS} whole weeks that it takes"
    elif n_searches < ENOUGH_SEARCHES:
        headline = say_too_few(n_searches, subject.noun, nouns, "to tell an unusual week")
        certainty = f"{say_count(n_searches)} of the {ENOUGH_SEARCHES} {nouns} that it takes"
    elif len(captions) == 0:
        headline = "No week is clearly unlike the others"
        certainty = f"All {say_count(n_weeks)} whole weeks lie within {spell_small(int(LIMIT))} usual spreads"
    else:
        headline, emphasis = say_weeks([str(note) for note in captions["note"]])
        certainty = (
            f"{count_noun(int(is_far.sum()), 'week', 'weeks')} of {say_count(n_weeks)} "
            f"{'lies' if is_far.sum() == 1 else 'lie'} beyond {spell_small(int(LIMIT))} usual spreads or "
            "clearly on another clock; of weeks in a row one is counted"
        )
        chosen = frame["number"].to_numpy() > 0
        gains = np.where(captions["kind"] == "shifted", far.gain[chosen] / CLEAR_GAIN, 0.0)
        beyond = float(np.maximum(far.distance[chosen] / LIMIT, gains).max())
        remarkable = measure_remarkable(beyond, beyond, 1.0)
    notes = (note_coverage(coverage), ("How sure", f"{certainty}."))
    return Finding(
        "unusual_weeks", "Weeks", headline, emphasis, deck, certainty, notes,
        describe_weeks(frame, captions, nouns, coverage.years), HOW, remarkable,
        mark=tuple(captions["number"].tolist()),
    )  # fmt: skip


def say_weeks(notes: list[str]) -> tuple[str, str]:
    """Return headline and emphasis for captions: Four weeks unlike the others: one very full, one empty …"""
    notes = [note if note in CASES else "" for note in notes]
    n, counted = len(notes), Counter(notes)
    phrase = ", ".join(
        f"{spell_small(counted[note])} {case}" for note, case in CASES.items() if counted[note]
    )
    if len(counted) == 1:
        phrase = {1: "", 2: "both "}.get(n, "all ") + CASES[notes[0]]
    weeks = "One week" if n == 1 else f"{begin(spell_small(n))} weeks"
    return f"{weeks} unlike the others: {phrase}", phrase


def describe_weeks(frame: pd.DataFrame, captions: pd.DataFrame, nouns: str, years: str) -> str:
    """Return the text for those who do not see the picture: which weeks are farthest, and in what."""
    if len(frame) < ENOUGH_WEEKS:
        return f"Nothing is drawn: {count_noun(len(frame), 'whole week', 'whole weeks')} of {nouns}."
    named = [
        f"{say_day(week.date())}, {note}"
        for week, note in zip(captions["week"], captions["note"], strict=True)
    ]
    text = f"Bars, distance of each week from the usual one, {years}."
    return f"{text} Farthest: {'; '.join(named)}." if named else f"{text} None is marked."


def answer_unusual_weeks(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give every whole week’s distance; extras: maps of the differences and captions of the unusual ones."""
    maps = list_week_maps(subject)
    n = len(maps.weeks)
    if n >= ENOUGH_WEEKS and maps.counts.sum() >= ENOUGH_SEARCHES:
        far = measure_weeks(maps)
        chosen, is_far = list_unusual(maps, far, len(subject.covered))
    else:
        nan, none = np.full(n, np.nan), np.zeros(n, dtype=np.int64)
        is_far = np.zeros(n, dtype=bool)
        far = FarWeeks(np.zeros((n, 168)), nan, nan, nan, is_far, none)
        chosen = none[:0]
    frame, captions = list_weeks(maps, far, chosen), list_captions(maps, far, chosen)
    frames = {MAIN: frame, "maps": list_differences(maps, far, chosen), "captions": captions}
    return Answer(frames, find_unusual(frame, captions, is_far, far, subject))
