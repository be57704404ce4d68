"""A day as 24 numbers, and whether it was a weekend day."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from pipeline.features.arrays import Dates, Flags, Floats
from pipeline.patterns.days import count_covered_days
from pipeline.patterns.subject import Subject

NAMES = [f"log_count_{hour:02d}" for hour in range(24)]


class DayProfile(NamedTuple):
    """The covered days in order. The label comes from the calendar, never from the counts."""

    days: Dates  # (n,) datetime64[D]
    x: Floats  # (n, 24) log(1 + count) by clock hour: a busy hour counts, a frantic one not much more
    weekend: Flags  # (n,) by the owner's weekend days


def make_day_profile(subject: Subject) -> DayProfile:
    """Return the hourly profile of every covered day."""
    table = count_covered_days(subject)
    return DayProfile(table.days, np.log1p(table.counts), np.isin(table.weekday, subject.weekend))
