"""Entries laid out as columns, in buffers as Arrow has them but with the standard library alone.

Whoever reads entries in a process of its own hands buffers back, not records, and needs no Arrow for
it (45 MB). What is of a few values, as a product or a zone is, travels as codes and names.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

from pipeline.reading.batch import gather_entries
from pipeline.records import Activity, Detail, Location, Skipped

OWN_TEXTS = frozenset(("text", "url", "content"))
"""The columns whose texts are each row's own; the others have the same few again and again."""

ACTIVITY = ("position", "time", *Activity._fields[2:13])


class Numbers(NamedTuple):
    """Whole numbers; none is missing."""

    values: array[int]  # 64 bits each


class Texts(NamedTuple):
    """Texts or bytes, joined: value k lies from ``ends[k]`` to ``ends[k + 1]``."""

    ends: array[int]  # 32 bits each, one more than there are values
    content: bytes
    present: bytes | None  # one byte a value, 0 where it is missing; ``None``: none is


class Labels(NamedTuple):
    """Texts of which many are the same: value k is ``names[codes[k]]``."""

    codes: array[int]  # 32 bits each
    names: Sequence[str | None]


Column = Numbers | Texts | Labels


Rows = tuple[int, dict[str, Column]]
"""How many rows, and their columns by name."""


class Block(NamedTuple):
    """Entries of one file, in its order, as rows that lack only ``export`` and ``file``."""

    n_entries: int
    newest_ms: int
    set_aside: Counter[str]  # reason → entries
    tables: dict[str, Rows]  # those that have rows


def lay_out_blocks(entries: Iterable[Activity | Skipped]) -> Iterator[Block]:
    """Lay out entries of one file, some thousands at a time."""
    return map(lay_out_block, gather_entries(entries))


def lay_out_block(entries: Sequence[Activity | Skipped]) -> Block:
    """Lay out some entries of one file."""
    activities = [entry for entry in entries if isinstance(entry, Activity)]
    skipped = [entry for entry in entries if isinstance(entry, Skipped)]
    places = [(entry.position, *place) for entry in activities for place in entry.locations]
    details = [(entry.position, *detail) for entry in activities for detail in entry.details]
    tables = {
        "activity": lay_out_rows(ACTIVITY, activities),
        "location": lay_out_rows(("position", *Location._fields), places),
        "detail": lay_out_rows(("position", *Detail._fields), details),
        "skipped": lay_out_rows(Skipped._fields, skipped),
    }
    return Block(
        len(entries),
        max((entry.time_ms for entry in activities), default=0),
        Counter(entry.reason for entry in skipped),
        {name: rows for name, rows in tables.items() if rows[0]},
    )


def lay_out_rows(names: Sequence[str], rows: Sequence[Sequence[Any]]) -> Rows:
    """Lay out rows, each with a value a name; what rows have beyond the names is left out."""
    columns = zip(names, zip(*rows, strict=True), strict=False)
    return len(rows), {name: lay_out_column(name, values) for name, values in columns}


def lay_out_column(name: str, values: Sequence[Any]) -> Column:
    """Lay out the values of one column: whole numbers, or texts (bytes) and ``None``."""
    if isinstance(values[0], int):
        return Numbers(array("q", values))
    return lay_out_texts(values) if name in OWN_TEXTS else lay_out_labels(values)


def lay_out_texts(values: Sequence[str | bytes | None]) -> Texts:
    """Lay out texts as UTF-8, or bytes as they are."""
    # A file's name, and a text in JSON, may hold surrogates, which are no text in any encoding.
    pieces = [v.encode("utf-8", "backslashreplace") if isinstance(v, str) else v or b"" for v in values]
    ends = array("i", accumulate(map(len, pieces), initial=0))
    present = bytes(v is not None for v in values) if None in values else None
    return Texts(ends, b"".join(pieces), present)


def lay_out_labels(values: Sequence[str | None]) -> Labels:
    """Lay out texts of which many are the same."""
    names = list(set(values))
    if len(names) == 1:
        return repeat_label(names[0], len(values))
    codes = {name: code for code, name in enumerate(names)}
    return Labels(array("i", map(codes.__getitem__, values)), names)


def repeat_label(name: str | None, n: int) -> Labels:
    """Lay out one text ``n`` times."""
    return Labels(array("i", bytes(4 * n)), [name])
