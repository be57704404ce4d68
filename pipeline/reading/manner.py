"""How one file is written: its language, dates, words and zones, settled once from its first entries."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.reading.dates import ENGLISH, DateForm
from pipeline.reading.locales import Words, words_of
from pipeline.reading.timestamps import Clock


@dataclass(frozen=True, slots=True, eq=False)
class Manner:
    """What both readers need to know of a file before they read an entry of it.

    ``language``: ``None`` where several fit. ``note`` is what the ledger should say of a choice that
    was not certain. ``certain`` is ``False`` where the rest of the file could tell.
    """

    language: str | None
    dates: DateForm
    words: Words
    clock: Clock
    note: str | None = None
    certain: bool = True


def speak_english(home_zone: str) -> Manner:
    """Return the manner of a file in Google's English."""
    return Manner("en", ENGLISH, words_of("en"), Clock(home_zone))
