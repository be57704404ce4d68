"""What is made of the owner's words, and what is left out of what is shared, by columns, answers and texts.

What is not named here is taken for private: a new answer, or a new column of texts, is left out of redacted
output until it stands below.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from pipeline.reading.products import list_products

TEXT_COLUMNS = frozenset(
    {
        "word", "phrase", "text", "query", "first_query", "last_query", "title", "url", "site", "channel",
        "location", "detail", "file",
    }
)  # fmt: skip
"""Columns made of a text, address, site, channel, place, detail or file; our own words stand in others."""

CLEARED: Mapping[str, frozenset[str]] = {
    "dots": frozenset({"uncovered", "notes"}),
    "years": frozenset({"days"}),
    "months": frozenset(),
    "calendar": frozenset({"limits", "notes"}),
    "changes": frozenset({"weeks", "changes"}),
    "records": frozenset(),
    "week": frozenset(),
    "week_lines": frozenset(),
    "weekdays": frozenset({"ratio"}),
    "year_weekday": frozenset({"ratio"}),
    "unusual_weeks": frozenset({"maps", "captions"}),
    "eigenweeks": frozenset({"shares", "names"}),
    "hours": frozenset({"quiet"}),
    "clock": frozenset(),
    "quiet": frozenset({"habit", "changes", "classes", "nights"}),
    "jetlag": frozenset({"difference"}),
    "repeats": frozenset({"returns"}),
    "sessions": frozenset({"fit", "limit", "sizes", "summary"}),
    "forecast": frozenset({"target", "outcomes", "backtest", "short"}),
    "forecast_ways": frozenset({"ways", "fits"}),
}
"""The answers, and beside the main one their tables, that may be shared once ``redact_answers`` was there:

then they hold neither words of the owner's nor a list of gaps, trips or free days."""

OWN_TEXTS: Mapping[str, frozenset[str]] = {
    "dots--notes": frozenset({"note", "short", "kind"}),
    "calendar--notes": frozenset({"note"}),
    "records": frozenset({"record", "unit"}),
    "unusual_weeks--captions": frozenset({"kind", "note"}),
    "eigenweeks--names": frozenset({"note"}),
    "quiet--classes": frozenset({"days"}),
    "jetlag": frozenset({"days"}),
    "repeats--returns": frozenset({"after"}),
    "forecast--short": frozenset({"what"}),
    "forecast_ways--ways": frozenset({"way"}),
    "forecast_ways--fits": frozenset({"curve"}),
    "sessions--fit": frozenset({"component"}),
    "sessions--sizes": frozenset({"searches"}),
}
"""Of each table of an answer, the columns of texts that Almanac itself writes."""

DATED_COLUMNS: Mapping[str, frozenset[str]] = {"years": frozenset({"first", "last"})}
"""Columns of days without which a table still says what it is for; else a table that has any goes, coarse."""

GAP_NOTES = frozenset({"Silent days", "Silences", "On another clock", "Shifted clocks"})
"""The titles of notes that tell when nothing was done, or when the clock was another."""

GAP_WORDS = re.compile(r"\bsilences?\b|\bclock hours\b", re.IGNORECASE)
"""What a clause says where it explains or lists these."""

_MONTH = "Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec"
DAY = re.compile(rf"(?<![\d.,])\d{{1,2}}(?:st|nd|rd|th)?\s(?:{_MONTH})[a-z]*\b|\b\d{{4}}-\d\d-\d\d\b")
"""A date to the day, as findings write it (9 Mar 2021, 3 – 11 August) or as ISO does."""

OTHER_PRODUCT = "other"
LEFT_OUT = (
    "words and queries, addresses and sites, channels, places and details, names of files, products that "
    "Almanac has no name for, time zones, offsets and languages, why entries and files were not read, and "
    "the list of gaps and trips"
)
LEFT_OUT_COARSE = (
    "and every date finer than a month: the dots, the calendar and the pages of the years, records, unusual "
    "weeks, changes, the forecast, all else that goes by week or day, and the filter"
)
SEEN_COARSE = (
    "From the numbers of covered days, the day on which the archive begins or ends can still be told."
)


def is_private(columns: Iterable[str]) -> bool:
    """Say whether a table with such columns holds the owner's words, so that its finding is private."""
    return not TEXT_COLUMNS.isdisjoint(columns)


def hide_product(product: str | None) -> str | None:
    """Return a product that Almanac has a name for as it is; another was named by a header in the archive."""
    return product if product is None or product in list_products() else OTHER_PRODUCT


def say_left_out(*, coarse: bool) -> str:
    """Say on the page what redaction took out, and what can be seen all the same."""
    if coarse:
        return f"{LEFT_OUT}; {LEFT_OUT_COARSE}. {SEEN_COARSE}"
    return (
        f"{LEFT_OUT}. Days without activity, and nights on another clock, can still be seen in the pictures."
    )
