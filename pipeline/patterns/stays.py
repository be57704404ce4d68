"""The owner's stays on another clock, found once a subject for all the patterns that speak of them."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pandas as pd

from pipeline.patterns.quiet_habits import find_steps
from pipeline.patterns.quiet_nights import list_quiet_nights
from pipeline.patterns.subject import Subject

_FOUND: WeakKeyDictionary[Subject, pd.DataFrame] = WeakKeyDictionary()


def find_stays(subject: Subject) -> pd.DataFrame:
    """Return the stays of ``list_shifts``, those of the quiet window's finding: first, last, days, hours."""
    if subject not in _FOUND:
        _FOUND[subject] = find_steps(list_quiet_nights(subject))[0]
    return _FOUND[subject].copy()
