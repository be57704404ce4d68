"""The columns of every table, their types, and the version that each part carries."""

from __future__ import annotations

import pyarrow as pa

from pipeline.errors import StoreError
from pipeline.tables.journal import SCHEMA_VERSION

__all__ = ["ACTIVITY", "DETAIL", "FILE", "LOCATION", "SCHEMA_VERSION", "SKIPPED", "TABLES", "check_table"]

VERSION_KEY = b"almanac.schema_version"

_TEXT = pa.string()
_COUNT = pa.int64()


def _schema(**columns: pa.DataType) -> pa.Schema:
    return pa.schema(list(columns.items()), metadata={VERSION_KEY: str(SCHEMA_VERSION)})


ACTIVITY = _schema(
    time=pa.timestamp("ms", tz="UTC"),
    product=_TEXT,
    action=_TEXT,
    text=_TEXT,
    url=_TEXT,
    site=_TEXT,
    channel=_TEXT,
    mark=_TEXT,
    header=_TEXT,
    language=_TEXT,
    zone=_TEXT,
    offset_minutes=pa.int16(),
    export=_TEXT,
    file=_TEXT,
    position=_COUNT,
)
LOCATION = _schema(
    export=_TEXT, file=_TEXT, position=_COUNT, name=_TEXT, url=_TEXT, source=_TEXT, source_url=_TEXT
)
DETAIL = _schema(export=_TEXT, file=_TEXT, position=_COUNT, text=_TEXT, url=_TEXT)
FILE = _schema(
    export=_TEXT,
    file=_TEXT,
    bytes=_COUNT,
    kind=_TEXT,
    reason=_TEXT,  # why it, or any entry of it, was not read
    language=_TEXT,
    dates=_TEXT,  # the form of its dates
    note=_TEXT,  # what was not certain about language, dates or zone
    seen=_COUNT,
    parsed=_COUNT,
    skipped=_COUNT,
    by_soup=_COUNT,
    guessed=_COUNT,  # rows whose zone was a guess when they were read
    guessed_zones=_TEXT,  # 'CST 12, IST 3'
    unknown_headers=_TEXT,  # headers outside the product table, in the same form
)
SKIPPED = _schema(
    export=_TEXT,
    file=_TEXT,
    position=_COUNT,
    offset=_COUNT,
    length=_COUNT,
    reason=_TEXT,
    content=pa.binary(),
)

TABLES = {"activity": ACTIVITY, "location": LOCATION, "detail": DETAIL, "file": FILE, "skipped": SKIPPED}


def check_table(found: pa.Schema, expected: pa.Schema, *, where: str) -> None:
    """Refuse a table of a later version or with a column of another type; a missing column is null.

    Raises ``StoreError``.
    """
    version = (found.metadata or {}).get(VERSION_KEY, b"")
    if not version.isdigit():
        raise StoreError(
            "A table that Almanac did not write", where=where, remedy="Make it again: almanac ingest."
        )
    if int(version) > SCHEMA_VERSION:
        raise StoreError(
            "A table from a later version of Almanac",
            where=where,
            remedy="Update Almanac, or use another --out.",
        )
    for field in expected:
        k = found.get_field_index(field.name)
        if k >= 0 and found.field(k).type != field.type:
            raise StoreError(
                f"The column {field.name!r} holds {found.field(k).type}, not {field.type}",
                where=where,
                remedy="Remove tables/ and take the archives in again.",
            )
