"""How each language prints a date, by CLDR: ``data/dates.json``, which ``data/make_dates.py`` made."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NotRequired, TypedDict

DATA = Path(__file__).parent / "data" / "dates.json"


class LocaleDates(TypedDict):
    """One locale's patterns, those of every CLDR that its accounts may have printed."""

    dates: Sequence[str]  # of a medium date: d. MMM y
    times: Sequence[str]  # of a medium time: h:mm:ss a
    joins: Sequence[str]  # {1}, {0}: date and time
    greenwich: NotRequired[Sequence[str]]  # GMT{0}: before or after +3
    months: NotRequired[Sequence[Sequence[str]]]  # twelve times all names, without a dot at the end
    periods: NotRequired[
        Mapping[str, Sequence[Sequence[int]]]
    ]  # a part of the day → its hours of 24, from and to
    zone_first: NotRequired[bool]  # the zone may stand before the clock
    here: NotRequired[Mapping[str, int]]  # what an ambiguous zone means in the locale's territory


class Cldr(TypedDict):
    """The whole file; ``zones``: localised abbreviations of zones → minutes east of Greenwich."""

    about: Mapping[str, object]
    zones: Mapping[str, int]
    locales: Mapping[str, LocaleDates]


@cache
def load_cldr() -> Cldr:
    """Parse the data once, when it is first asked for (70 kB, 1 ms)."""
    data: Cldr = json.loads(DATA.read_text("utf-8"))
    return data
