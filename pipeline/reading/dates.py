"""The forms in which Google prints a date and time: one line → the clock as printed, and its zone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            ("Jan", "January"),
            ("Feb", "February"),
            ("Mar", "March"),
            ("Apr", "April"),
            ("May",),
            ("Jun", "June"),
            ("Jul", "July"),
            ("Aug", "August"),
            ("Sep", "Sept", "September"),
            ("Oct", "October"),
            ("Nov", "November"),
            ("Dec", "December"),
        ),
        start=1,
    )
    for name in names
}

# Feb 8, 2017, 12:32:36 AM · 29 Nov 2021, 18:06:16 AEDT · Jan 3, 2023, 9:52:12␣PM TRT, ␣ = U+202F since
# 2023 · 9 Sept 2024, 21:04:05 GMT+03:00; \s covers the no-break spaces. Canada and Australia print
# "Nov. 29" and "p.m.".
_CLOCK = re.compile(
    r"\s*(?:([A-Z][a-z]{2,8})\.?\s(\d{1,2})|(\d{1,2})\s([A-Z][a-z]{2,8})\.?),?\s(\d{4}),\s"
    r"(\d{1,2}):(\d\d):(\d\d)(?:\s([AaPp])\.?[Mm]\.?)?(?:\s(\S{1,12}))?\s*"
)

_EPOCH_DAY = date(1970, 1, 1).toordinal()


class Printed(NamedTuple):
    """A clock as printed: milliseconds since 1970 on that clock, and the text of its zone."""

    clock_ms: int
    zone: str | None


@dataclass(frozen=True, slots=True, eq=False)
class DateForm:
    """One way to print a date: its locale (``en``), and how a line of it is read."""

    locale: str

    def read(self, line: str) -> Printed | None:
        """Read a line that is a date and time and nothing else; ``None`` for every other line."""
        match = _CLOCK.fullmatch(line)
        if match is None:
            return None
        month, day, day_first, month_last, year, hour_text, minute, second, half, zone = match.groups()
        number = _MONTHS.get(month or month_last)
        hour = int(hour_text)
        if number is None or minute > "59" or second > "59":
            return None
        if half:
            if not 1 <= hour <= 12:
                return None
            hour = hour % 12 + (12 if half in "Pp" else 0)
        elif hour > 23:
            return None
        try:
            days = date(int(year), number, int(day or day_first)).toordinal() - _EPOCH_DAY
        except ValueError:
            return None
        return Printed(((days * 24 + hour) * 60 + int(minute)) * 60_000 + int(second) * 1000, zone)


ENGLISH = DateForm("en")
