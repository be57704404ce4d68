"""The quiet window of the nights: when it usually begins and ends, and when that changed."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from pipeline.patterns.answer import MAIN, Answer
from pipeline.patterns.coverage import note_coverage
from pipeline.patterns.finding import Finding, Mark
from pipeline.patterns.habit import Habit
from pipeline.patterns.habit_changes import ENOUGH_A_WEEK, list_weeks
from pipeline.patterns.quiet_habits import (
    ENOUGH_NIGHTS,
    GREW,
    LEAST_MOVE,
    MOVED,
    Change,
    Habits,
    find_nearest,
    name_move,
)
from pipeline.patterns.quiet_nights import ENOUGH_A_NIGHT, FIRST_HOUR, list_quiet_nights
from pipeline.patterns.stands_out import measure_shift
from pipeline.patterns.stays import know_habits
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import (
    MONTHS,
    begin,
    count_noun,
    say_clock,
    say_count,
    say_days,
    say_long_day,
    say_percent,
    say_shift,
    spell_hours,
)

MOST_SHIFTS = 4  # named in the margin
HOW = (
    "A night runs from 15:00 to 15:00 and counts if it holds four or more activities and its longest pause "
    "overlaps 20:00 to 12:00. The usual window is found by a model with two rates of activity, inside and "
    "outside the window, whose two ends vary from night to night about the habit; it is shorter than the "
    "pause itself, since the last activity comes before the window begins. For the interval, stretches of "
    "two weeks are drawn again 1,000 times. Nights with the whole pause three or more hours off its "
    "place for three or more days are set apart; a change is a step of the weekly medians that lasts eight "
    "weeks or longer. A pause in activity says nothing of what is done in it."
)


def list_habits(habits: Habits) -> pd.DataFrame:
    """List each period's usual window: since and until (datetime64[ms], nights, both included), start,
    start_low, start_high, end, end_low, end_high (hours after 15:00, 95 % intervals), nights, usable.
    """
    rows = [
        (period.since, period.until, *period.habit[:6], period.nights, period.usable)
        for period in habits.periods
    ]
    names = ["since", "until", *Habit._fields[:6], "nights", "usable"]
    frame = pd.DataFrame(rows, columns=names)
    kinds = {"since": "datetime64[ms]", "until": "datetime64[ms]", "nights": "int64", "usable": "int64"}
    return frame.astype({**dict.fromkeys(names, "float64"), **kinds})


def list_changes(habits: Habits) -> pd.DataFrame:
    """List the changes: date (datetime64[ms], the first night of the new habit), hours (by which the
    middle of the window moved, + later), low, high (95 %), certain (whether it moved at all).
    """
    rows = [
        (change.date, *change.middle, find_nearest(change.middle) >= LEAST_MOVE) for change in habits.changes
    ]
    frame = pd.DataFrame(rows, columns=["date", "hours", "low", "high", "certain"])
    return frame.astype(
        {"date": "datetime64[ms]", "hours": "float64", "low": "float64", "high": "float64", "certain": "bool"}
    )


def list_classes(habits: Habits) -> pd.DataFrame:
    """List the last period's window before work and before free days: days (work, free), nights and the
    habit's six columns.
    """
    rows = [(days, n, *habit[:6]) for days, (habit, n) in habits.by_days.items()]
    frame = pd.DataFrame(rows, columns=["days", "nights", *Habit._fields[:6]])
    kinds = dict.fromkeys(Habit._fields[:6], "float64")
    return frame.astype({"days": "str", "nights": "int64", **kinds})


def answer_quiet(subject: Subject, rng: np.random.Generator) -> Answer:
    """Give the weekly medians of the longest pauses; extras: habit, changes, shifts, classes; while there
    are too few nights also nights, the short form's table (night, usable).
    """
    nights = list_quiet_nights(subject)
    habits = know_habits(subject)
    frames = {
        MAIN: list_weeks(nights),
        "habit": list_habits(habits),
        "changes": list_changes(habits),
        "shifts": habits.shifts if habits.periods else habits.shifts.iloc[:0],
        "classes": list_classes(habits),
    }
    if habits.why_none == "few":
        frames["nights"] = nights[["night", "usable"]]
    return Answer(frames, find_quiet(nights, habits, subject))


def find_quiet(nights: pd.DataFrame, habits: Habits, subject: Subject) -> Finding:
    """Say how the window moved, else where it lies, else what is missing to say so."""
    if habits.why_none:
        return _find_none(nights, habits, subject)
    nouns, verb = subject.nouns, _name_doing(subject)
    latest = habits.periods[-1].habit
    change = max(habits.changes, key=_weigh, default=None)
    mark: tuple[Mark, ...] = ()
    remarkable = 0.0
    if change is not None:
        headline, emphasis = _say_change(change)
        mark = (str(change.date),)
        remarkable = measure_shift(_weigh(change))
        certainty = _say_how_sure(change)
    else:
        window = _say_window(latest)
        headline, emphasis = f"The quiet window usually runs from {window}", window
        certainty = f"It begins {_say_ends(latest, 'start')} and ends {_say_ends(latest, 'end')}"
    deck = (
        f"The longest pause in {verb} each night, as weekly medians; the lines are the usual window. "
        "What happens in the pause, the archive cannot say."
    )
    notes = [note_coverage(subject.coverage), ("How sure", certainty + ".")]
    if change is not None:
        ends = f"from {say_clock(latest.start + FIRST_HOUR)} to {say_clock(latest.end + FIRST_HOUR)}"
        which = f"{begin(ends)}; it begins {_say_ends(latest, 'start')} and ends {_say_ends(latest, 'end')}."
        notes.append(("The usual window now", which))
    notes.extend(_note_classes(habits))
    share = float(nights["usable"].mean())
    notes.append(
        (
            "Nights",
            f"{say_percent(share)} of nights had enough {nouns} to say; weeks with fewer than "
            f"{ENOUGH_A_WEEK} such nights are left blank.",
        )
    )
    notes.extend(_note_shifts(habits))
    alt = (
        f"Band, the longest nightly pause by week against clock time, {subject.coverage.years}. "
        f"Usual window {_say_window(latest)}"
    )
    if len(habits.periods) > 1:
        alt += f", at first {_say_window(habits.periods[0].habit)}"
    return Finding(
        "quiet", "Nights", headline, emphasis, deck, certainty, tuple(notes), alt + ".", HOW, remarkable,
        mark=mark,
    )  # fmt: skip


def _name_doing(subject: Subject) -> str:
    return {"searched": "searching", "watched": "watching", "visited": "visiting"}.get(
        subject.verb, "what is recorded"
    )


def _say_window(habit: Habit) -> str:
    return f"{say_clock(habit.start + FIRST_HOUR)} to {say_clock(habit.end + FIRST_HOUR)}"


def _say_ends(habit: Habit, which: str) -> str:
    """Write the interval of one end: between 00:35 and 00:51."""
    low, high = getattr(habit, f"{which}_low"), getattr(habit, f"{which}_high")
    return f"between {say_clock(low + FIRST_HOUR)} and {say_clock(high + FIRST_HOUR)}"


def _weigh(change: Change) -> float:
    return max(find_nearest(part) for part in (change.middle, change.start, change.end))


def _say_change(change: Change) -> tuple[str, str]:
    """Return headline and emphasis; only what its own interval holds is said to have moved."""
    when = _say_month(change.date)
    move = name_move(change)
    phrase = f"{spell_hours(move.hours)} {move.way}"
    if move.what == MOVED:
        return f"The quiet window moved {phrase} in {when}", phrase
    if move.what == GREW:
        return f"The quiet window became {phrase} in {when}", phrase
    return f"The quiet window {move.what} {phrase} since {when}", phrase


def _say_month(night: np.datetime64) -> str:
    day = _as_date(night)
    return f"{MONTHS[day.month - 1]} {day.year}"


def _as_date(night: np.datetime64) -> date:
    return pd.Timestamp(night).date()


def _say_how_sure(change: Change) -> str:
    parts = []
    for name, part in (("beginning", change.start), ("end", change.end)):
        low, high = sorted((abs(part[1]), abs(part[2])))
        if not find_nearest(part):
            parts.append(f"its {name} by no more than {round(60 * high)} minutes")
        else:
            way = "later" if part[0] > 0 else "earlier"
            parts.append(f"its {name} {round(60 * low)} to {round(60 * high)} minutes {way}")
    return f"{begin(parts[0])}, {parts[1]}; most likely about {say_long_day(_as_date(change.date))}"


def _note_classes(habits: Habits) -> list[tuple[str, str]]:
    if set(habits.by_days) != {"work", "free"}:
        return []
    work, free = habits.by_days["work"][0], habits.by_days["free"][0]
    text = f"{begin(_say_window(work))} before workdays, {_say_window(free)} before free days."
    return [("Work and free days", text)]


def _note_shifts(habits: Habits) -> list[tuple[str, str]]:
    if len(habits.shifts) == 0:
        return []
    longest = habits.shifts.sort_values("days", ascending=False, kind="stable").head(MOST_SHIFTS)
    longest = longest.sort_values("first")
    ends = zip(longest["first"].dt.date.tolist(), longest["last"].dt.date.tolist(), strict=True)
    hours = longest["hours"].tolist()
    spans = [f"{say_shift(k)}, {say_days(*span)}" for k, span in zip(hours, ends, strict=True)]
    return [("On another clock", f"{'; '.join(spans)}: most likely another zone.")]


def _find_none(nights: pd.DataFrame, habits: Habits, subject: Subject) -> Finding:
    coverage, nouns = subject.coverage, subject.nouns
    usable = int(nights["usable"].sum())
    known = f"{say_count(usable)} of {count_noun(len(nights), 'night', 'nights')} had enough {nouns}"
    if habits.why_none == "few":
        headline = "The quiet window: not yet"
        deck = f"{known}; it takes {ENOUGH_NIGHTS} such nights to say anything about the habit."
        missing = f"A night needs {ENOUGH_A_NIGHT} {nouns} from 15:00 to 15:00, on two covered days."
        notes = (note_coverage(coverage), ("What is missing", missing))
        alt = f"Circles, one a night, {coverage.years}: {known}." if len(nights) else ""
    else:
        headline = "No quiet window stands out"
        deck = f"The {nouns} leave no habit that could be told within three hours. {known}."
        notes = (note_coverage(coverage), ("How sure", "The usual window is uncertain."))
        alt = f"Band, the longest nightly pause by week against clock time, {coverage.years}."
    alt = alt or f"Nothing is drawn: no covered night of {nouns}."
    certainty = known
    return Finding("quiet", "Nights", headline, "", deck, certainty, notes, alt, HOW)
