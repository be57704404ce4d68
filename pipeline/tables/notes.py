"""The notes below the ledger: what was not certain, as sentences for the owner.

They name zones, headers and files: none of them goes into a log.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

import duckdb

from pipeline.reading.json_elements import TRUNCATED
from pipeline.reading.members import NOT_WHOLE
from pipeline.tables.kept import FOR_GOOD

MOST_NAMED = 8
COUNTED = re.compile(r"(.+?) (\d+)(?:, |$)")  # 'CST 12, IST 3', as the parts keep it


def list_notes(
    connection: duckdb.DuckDBPyConnection, counts: Mapping[str, Any], made_good: Collection[str] = ()
) -> list[str]:
    """List all that is to be said; ``connection`` has the views, ``counts`` are the ingest step's.

    ``made_good``: the parts of archives that are not whole, and of which other copies hold all.
    """
    return [
        *_note_torn(connection, made_good),
        *_note_damage(connection),
        *_note_guesses(counts),
        *counts["home_notes"],
        *_note_manners(connection),
        *_note_headers(connection),
        *_note_copies(counts),
    ]


def count_headers(connection: duckdb.DuckDBPyConnection) -> Counter[str]:
    """Count the entries by each header that the product table lacks."""
    rows = connection.execute(
        "SELECT unknown_headers FROM file WHERE unknown_headers IS NOT NULL AND NOT copy ORDER BY ALL"
    )
    found = Counter[str]()
    for (text,) in rows.fetchall():
        found.update({header: int(n) for header, n in COUNTED.findall(text)})
    return found


def count_guesses(counts: Mapping[str, Any]) -> Counter[str]:
    """Count the entries by each zone whose meaning was guessed."""
    guessed = Counter[str]()
    for zones in counts["guessed"].values():
        guessed.update(zones)
    return guessed


def _note_torn(connection: duckdb.DuckDBPyConnection, made_good: Collection[str]) -> list[str]:
    rows = connection.execute(
        "SELECT file, reason, part FROM file WHERE kind = 'refused' AND starts_with(reason, ?) ORDER BY ALL",
        [NOT_WHOLE],
    )
    return [
        f"{file}: {reason}{'; another copy holds all of it' if part in made_good else ''}."
        for file, reason, part in rows.fetchall()
    ]


def _note_damage(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        """
        SELECT file, arg_max(reason, "offset"), min("offset") FROM set_aside
        SEMI JOIN (FROM read_file WHERE NOT copy) USING (base, file)
        WHERE reason IN (SELECT unnest(?)) AND (position > 0 OR reason <> ?)  -- else a half at the beginning
        GROUP BY base, file ORDER BY ALL
        """,
        [list(FOR_GOOD), TRUNCATED],
    )
    lines = [f"{file}: {reason}, not read from its byte {at:,} on." for file, reason, at in rows.fetchall()]
    if more := lines[MOST_NAMED:]:
        lines[MOST_NAMED:] = [f"{_count(len(more), 'more file breaks', 'more files break')} off."]
    return lines


def _note_guesses(counts: Mapping[str, Any]) -> list[str]:
    minutes = {zone: k for zones in counts["offsets"].values() for zone, k in zones.items()}
    return [
        f"{_count(n, 'entry prints', 'entries print')} {zone}, which several zones share and no clock at "
        f"home shows: taken as {_say_shift(minutes[zone])}, its commonest meaning."
        for zone, n in count_guesses(counts).most_common()
    ]


def _note_manners(connection: duckdb.DuckDBPyConnection) -> list[str]:
    rows = connection.execute(
        "SELECT note, count(*), min(file) FROM file WHERE note IS NOT NULL AND NOT copy "
        "GROUP BY note ORDER BY ALL"
    )
    notes = []
    for note, n, file in rows.fetchall():
        more = f" and {_count(n - 1, 'more file', 'more files')}" if n > 1 else ""
        notes.append(f"{file}{more}: {note.rstrip('.')}.")
    return notes


def _note_headers(connection: duckdb.DuckDBPyConnection) -> list[str]:
    headers = count_headers(connection).most_common()
    if not headers:
        return []
    named = ", ".join(f"{header} ({n:,})" for header, n in headers[:MOST_NAMED])
    more = f" and {len(headers) - MOST_NAMED:,} more" if len(headers) > MOST_NAMED else ""
    return [f"Products that Almanac has no name for, kept under their own: {named}{more}."]


def _note_copies(counts: Mapping[str, Any]) -> list[str]:
    notes = []
    if twice := sum(counts["twice"].values()):
        lie = _count(twice, "known entry lies", "known entries lie")
        notes.append(f"{lie} in two folders of one export.")
    if left_out := sum(counts["left_out"].values()):
        stand = _count(left_out, "entry stands", "entries stand")
        notes.append(f"{stand} only in files left out as copies.")
    return notes


def _count(n: int, one: str, many: str) -> str:
    return f"{n:,} {one if n == 1 else many}"


def _say_shift(minutes: int) -> str:
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'−' if minutes < 0 else '+'}{hours}" + (f":{rest:02}" if rest else "")
