"""What each column of an export means, in a sentence: for the file beside the tables, and for Datasette."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

KEY = "with export and position it names one entry of the archives"

TABLES: Mapping[str, str] = {
    "activity": "One row an activity: a search, a visit, a video, in the order of time.",
    "location": "The places that entries name, each beside the activity that was kept of its entry.",
    "detail": "The lines that entries have under “Details:”.",
    "file": "Every file of every archive, and what became of it.",
    "skipped": "The entries that could not be read, with their bytes (at most the first 64 kB).",
    "source": "Each product folder of each export: first and last entry, and how many.",
}
COARSE_TABLE = "One row an activity, sorted by what is left of it: the order says nothing of time."

COLUMNS: Mapping[str, str] = {
    "time": "when, in UTC (ISO 8601)",
    "local": "the same on the home clock of that day (ISO 8601, no zone)",
    "year": "year on the home clock",
    "month": "month on the home clock, from 1",
    "weekday": "weekday on the home clock, Monday is 0",
    "hour": "hour on the home clock, 0 to 23",
    "product": "Google's English name in snake_case",
    "action": "searched, visited, viewed, watched, used, listened, asked, notified or other",
    "text": "the query or the title, without its verb",
    "url": "the address, unwrapped",
    "site": "the registrable domain of the address",
    "channel": "the channel of a video",
    "mark": "ad or boilerplate: Almanac's patterns leave such rows out",
    "header": "the product as the archive prints it",
    "language": "the language in which it was printed",
    "zone": "the time zone as printed",
    "offset_minutes": "what was taken off the printed clock to get UTC, in minutes",
    "export": "the export it came with",
    "file": f"the file it came in; {KEY}",
    "position": "its place in that file, from 0",
}

OF_TABLE: Mapping[str, Mapping[str, str]] = {
    "location": {
        "activity": "the id of the activity; empty where an equal one from elsewhere was kept",
        "name": "the place as printed",
        "url": "the address of the place",
        "source": "where the place is said to come from",
        "source_url": "the address of that",
    },
    "detail": {
        "activity": "the id of the activity; empty where an equal one from elsewhere was kept",
        "text": "the line",
        "url": "its address",
    },
    "file": {
        "file": "the file's path below Takeout/",
        "bytes": "its size",
        "kind": "what it was taken for",
        "reason": "why it, or an entry of it, was not read",
        "language": "its language",
        "dates": "the form of its dates",
        "note": "what was not certain about it",
        "seen": "entries in it",
        "parsed": "entries that could be read",
        "skipped": "entries that could not",
        "by_soup": "entries that needed the slower reader",
        "guessed": "entries whose zone was a guess",
        "guessed_zones": "which zones, and how often",
        "unknown_headers": "headers that are no product's known name, and how often",
        "part": "the archive's folder in tables/exports",
        "copy": "another copy of this file counts in its place",
    },
    "skipped": {
        "offset": "where it begins in the file, in bytes",
        "length": "how long it is, in bytes",
        "reason": "why it could not be read",
        "content": "its bytes",
    },
    "source": {
        "folder": "the product's folder below Takeout/",
        "first": "its first entry, in UTC",
        "last": "its last entry, in UTC",
        "n": "how many entries",
    },
}


_OF_EACH = (
    "which product if Almanac has a name for it, what kind of activity, the site if it is on a public list "
    "of common ones, and whether it was an advertisement"
)
LEFT = f"Left are when, {_OF_EACH}. Days without activity, and nights on another clock, can still be seen."
LEFT_COARSE = (
    f"Left are year, month, weekday and hour on the home clock, {_OF_EACH}. How much was done in the "
    "weekdays and hours of a month can still be seen."
)


def say_left(*, coarse: bool) -> str:
    """Say what redaction leaves of an export, and what can be seen all the same."""
    return LEFT_COARSE if coarse else LEFT


def describe_columns(table: str, names: Sequence[str]) -> dict[str, str]:
    """Return a sentence for each column of a table."""
    said = {**COLUMNS, **OF_TABLE.get(table, {})}
    return {name: said[name] for name in names}


def describe_table(table: str, names: Sequence[str]) -> str:
    """Return a sentence for a table that has such columns."""
    return COARSE_TABLE if table == "activity" and "time" not in names else TABLES[table]
