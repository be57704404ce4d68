"""JSON lines: one object a row and a line, every column in each, null where a value is missing.

A line ends where Python, and others that know more line ends than one, say it does: what they would take for
another is written as an escape.
"""

from __future__ import annotations

import json

import pyarrow as pa

from pipeline.export.as_text import name_columns, say_bytes, say_times

_LINE_ENDS = ("\x85", "\u2028", "\u2029")
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def write_rows(table: pa.Table) -> bytes:
    """Return a line for each row."""
    columns = [_list_values(column.combine_chunks()) for column in table.columns]
    names = name_columns(table.schema)
    lines = [_encode(dict(zip(names, row, strict=True))) + "\n" for row in zip(*columns, strict=True)]
    text = "".join(lines)
    for end in _LINE_ENDS:
        text = text.replace(end, f"\\u{ord(end):04x}")
    return text.encode()


def _list_values(column: pa.Array) -> list[object]:
    if pa.types.is_timestamp(column.type):
        column = say_times(column)
    elif pa.types.is_binary(column.type):
        column = say_bytes(column)
    values: list[object] = column.to_pylist()
    return values
