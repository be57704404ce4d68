"""CSV as RFC 4180 has it, that a spreadsheet may open: no cell of it begins like a formula.

Numbers and times stand bare, texts always in quotation marks, and a missing value is nothing at all, so that
it stays apart from an empty text (``""``). A text that begins with one of ``STARTS`` gets an apostrophe in
front. Excel cuts lines at the list separator of the system, which is ``;`` where the comma stands in decimals
(German, French …), and then takes the quotation marks in the middle of a line for letters: so what follows a
``;``, a tab or a line break within a text is treated alike. Since an apostrophe there gets another one too,
taking one away at each such place is the way back: ``restore``.

A byte-order mark leads a file, without which Excel takes UTF-8 for its own code page; pandas and DuckDB pass
over it (Python's csv wants ``encoding="utf-8-sig"``).
"""

from __future__ import annotations

import re

import pyarrow as pa
import pyarrow.compute as pc

from pipeline.export.as_text import name_columns, say_bytes, say_times

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
END = "\r\n"
# What OWASP names (November 2026), the full-width forms of East Asian keyboards included.
SIGNS, CUTS = "=+-@＝＋－＠'", "\t\r\n"
STARTS = f"{SIGNS}{CUTS}"
_AT_START = f"^[{re.escape(STARTS)}]"
_WITHIN = (
    f'([;{CUTS}])("*[{re.escape(SIGNS)}])'  # a mark after a cut opens a quoted cell, and the next closes it
)
_PLAIN = re.compile(r"\w+")


def write_header(schema: pa.Schema) -> bytes:
    """Return the first line; a name of more than letters, digits and ``_`` is written as a text is."""
    names = name_columns(schema)
    quoted = _write_cells(pa.array(names, pa.string())).to_pylist()
    cells = [a if _PLAIN.fullmatch(a) else b for a, b in zip(names, quoted, strict=True)]
    return (",".join(cells) + END).encode()


def write_rows(table: pa.Table) -> bytes:
    """Return a line for each row."""
    if not len(table):
        return b""
    cells = [_write_cells(column.combine_chunks()) for column in table.columns]
    comma, end, nothing = (pa.scalar(text, pa.large_string()) for text in (",", END, ""))
    rows = pc.binary_join_element_wise(pc.binary_join_element_wise(*cells, comma), end, nothing)
    joined = pc.binary_join(pa.LargeListArray.from_arrays(pa.array([0, len(rows)]), rows), nothing)
    return bytes(joined[0].as_buffer())


def restore(text: str) -> str:
    """Return the text that a cell stands for."""
    return re.sub(f"(\\A|[;{CUTS}])'", r"\1", text)


def _write_cells(column: pa.Array) -> pa.Array:
    """Return the cells of one column; a missing value is the empty text."""
    if pa.types.is_binary(column.type):
        column = say_bytes(column)
    if pa.types.is_timestamp(column.type):
        cells = say_times(column)
    elif pa.types.is_string(column.type):
        safe = pc.replace_substring_regex(column, _WITHIN, r"\1'\2")
        begins = pc.match_substring_regex(safe, _AT_START)
        safe = pc.if_else(begins, pc.binary_join_element_wise("'", safe, ""), safe)
        cells = pc.binary_join_element_wise('"', pc.replace_substring(safe, '"', '""'), '"', "")
    else:
        cells = pc.cast(column, pa.string())
    return pc.cast(pc.fill_null(cells, ""), pa.large_string())
