"""The changes that a picture of all days may note: of the nights' habit, and of the pace."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.patterns.paces import SHORT_SPAN
from pipeline.patterns.paces import Change as PaceChange
from pipeline.patterns.quiet_habits import BEGINS, ENDS, Change, find_nearest, name_move
from pipeline.patterns.stays import know_habits, know_paces
from pipeline.patterns.subject import Subject
from pipeline.patterns.wording import NO_BREAK, say_rate

MOST_HABITS = 2


class Turn(NamedTuple):
    """A change: the first and the last day on which it may lie, its words, and fewer for a phone."""

    first: np.datetime64
    last: np.datetime64
    note: str
    short: str


def list_habit_turns(subject: Subject) -> list[Turn]:
    """List the changes of the nights' habit that moved most, at most two, each on its likeliest night."""
    changes = sorted(know_habits(subject).changes, key=_weigh, reverse=True)[:MOST_HABITS]
    return [_note_habit(change) for change in sorted(changes, key=lambda change: change.date)]


def list_pace_turns(subject: Subject) -> list[Turn]:
    """Return the largest change of pace that is dated within two months, if there is one."""
    dated = [
        change
        for change in know_paces(subject).changes
        if (change.latest - change.earliest).days <= SHORT_SPAN
    ]
    largest = max(
        dated, key=lambda change: abs(np.log((change.after + 1) / (change.before + 1))), default=None
    )
    return [_note_pace(largest)] if largest else []


def _weigh(change: Change) -> float:
    return max(find_nearest(part) for part in (change.middle, change.start, change.end))


def _note_habit(change: Change) -> Turn:
    move = name_move(change)
    what = f" {move.what}" if move.what in (BEGINS, ENDS) else ""
    size = f"{_say_size(move.hours)} {move.way}"
    date = change.date.astype("datetime64[D]")
    return Turn(date, date, f"quiet window{what} {size}", size)


def _say_size(hours: float) -> str:
    """Write hours short, as ``spell_hours`` rounds them: 40 min, 1½ h."""
    minutes = round(abs(hours) * 6) * 10
    if minutes < 60:
        return f"{minutes}{NO_BREAK}min"
    whole, half = divmod(round(abs(hours) * 2), 2)
    return f"{whole}{'½' if half else ''}{NO_BREAK}h"


def _note_pace(change: PaceChange) -> Turn:
    after = say_rate(change.after)
    verb = "rise" if change.after > change.before else "fall"
    first, last = np.datetime64(change.earliest, "D"), np.datetime64(change.latest, "D")
    return Turn(first, last, f"{verb} from {say_rate(change.before)} to {after} a day", f"{after} a day")
