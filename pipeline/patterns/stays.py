"""The owner's stays on another clock, habits of the night and paces, found once a subject for all the
patterns that speak of them.

What of this is drawn by chance comes from a stream of its own, so that every pattern says the same.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import NamedTuple, TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from pipeline.patterns.days import count_covered_days
from pipeline.patterns.paces import Change, list_stretches
from pipeline.patterns.quiet_habits import Habits, Steps, find_habits, find_steps
from pipeline.patterns.quiet_nights import list_quiet_nights
from pipeline.patterns.subject import Subject

Found = TypeVar("Found")


class Paces(NamedTuple):
    """The stretches of one pace, as ``list_stretches`` gives them, and the changes between them."""

    stretches: pd.DataFrame
    changes: list[Change]


_STEPS: WeakKeyDictionary[Subject, Steps] = WeakKeyDictionary()
_HABITS: WeakKeyDictionary[Subject, Habits] = WeakKeyDictionary()
_PACES: WeakKeyDictionary[Subject, Paces] = WeakKeyDictionary()


def find_stays(subject: Subject) -> pd.DataFrame:
    """Return the stays of ``list_shifts``, those of the quiet window's finding: first, last, days, hours."""
    return know_steps(subject).shifts.copy()


def know_steps(subject: Subject) -> Steps:
    """Return the stays and the changes of the nights' habits, as ``find_steps`` finds them."""
    return _know(_STEPS, subject, lambda: find_steps(list_quiet_nights(subject)))


def know_habits(subject: Subject) -> Habits:
    """Return the habits of the nights, as ``find_habits`` finds them."""
    return _know(
        _HABITS,
        subject,
        lambda: find_habits(subject, list_quiet_nights(subject), _open_stream("habits"), know_steps(subject)),
    )


def know_paces(subject: Subject) -> Paces:
    """Return the stretches of one pace and the changes between them."""
    return _know(
        _PACES, subject, lambda: Paces(*list_stretches(count_covered_days(subject), _open_stream("paces")))
    )


def _know(known: WeakKeyDictionary[Subject, Found], subject: Subject, find: Callable[[], Found]) -> Found:
    if subject not in known:
        known[subject] = find()
    return known[subject]


def _open_stream(name: str) -> np.random.Generator:
    return np.random.default_rng(zlib.crc32(name.encode()))
