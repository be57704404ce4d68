"""Columns as the texts that stand in files: times, numbers, and bytes in base64."""

from __future__ import annotations

import base64

import pyarrow as pa
import pyarrow.compute as pc

BASE64 = "_base64"
"""What the name of a column of bytes gets where a file holds only text."""


def name_columns(schema: pa.Schema) -> list[str]:
    """Return the names of the columns in a file of texts."""
    return [f"{field.name}{BASE64}" if pa.types.is_binary(field.type) else field.name for field in schema]


def say_times(column: pa.Array) -> pa.Array:
    """Write times as ISO 8601: ``2021-03-08T23:21:37.000Z``, without Z where they are the home clock's.

    What is finer than a millisecond is left off.
    """
    in_utc = pc.cast(column, pa.timestamp(column.type.unit))
    if column.type.unit in ("us", "ns"):
        in_utc = pc.floor_temporal(in_utc, unit="millisecond")
    plain = pc.cast(pc.cast(in_utc, pa.timestamp("ms")), pa.string())
    iso = pc.replace_substring(plain, " ", "T")
    return pc.binary_join_element_wise(iso, "Z" if column.type.tz else "", "")


def say_bytes(column: pa.Array) -> pa.Array:
    """Write bytes in base64."""
    return pa.array(
        [value if value is None else base64.b64encode(value).decode() for value in column.to_pylist()],
        pa.string(),
    )
