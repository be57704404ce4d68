"""What changed over the years in the way that Google writes: zones, spaces, entities, captions."""

from __future__ import annotations

from typing import Literal, NamedTuple

from pipeline.errors import SettingsError

NBSP, NNBSP = "\u00a0", "\u202f"


class Era(NamedTuple):
    """How the files of some years are written; the defaults are those of today."""

    zones: Literal["account", "UTC"] | None = "account"  # without a zone, times are in UTC
    before_half: str = NNBSP  # the space before AM or PM
    after_verb: str = NBSP
    entities: bool = False  # quotes and apostrophes are written as entities
    home_address: bool = False  # a place is its address alone
    why: bool = True  # each caption ends by saying why the entry is there
    ends_date: bool = False  # a <br> stands after the date


ERAS = {
    "2017": Era(None, " ", "&nbsp;", True, home_address=True, why=False),
    "2018": Era("UTC", " ", "&nbsp;", True, why=False),
    "2021": Era(before_half=" ", why=False),
    "2024": Era(),
    "2026": Era(ends_date=True),
}


def find_era(year: str) -> Era:
    """Return the manner of an era's year; raises ``SettingsError`` for any other."""
    if year not in ERAS:
        raise SettingsError(
            f"No era is called {year!r}", where="era", remedy=f"Choose one of {', '.join(ERAS)}."
        )
    return ERAS[year]
