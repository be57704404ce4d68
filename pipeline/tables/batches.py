"""A table on its way to the disk: rows gather in memory and leave it in batches.

``pyarrow.array`` imports pandas wherever that is installed (pyarrow 26, November 2026): 60 MB and two
seconds that an ingest can do without, so columns are laid out here as Arrow's own buffers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.tables.files import open_atomically
from pipeline.tables.schema import TABLES

BATCH_ROWS = 20_000
BATCH_BYTES = 8 << 20  # of what the caller measures: texts, and the content of skipped entries


class TableWriter:
    """Writes one table of a part; whoever owns ``stack`` closes it, and a failure leaves no file."""

    def __init__(self, path: Path, name: str, stack: contextlib.ExitStack) -> None:
        self._schema = TABLES[name]
        self._writer = stack.enter_context(
            pq.ParquetWriter(stack.enter_context(open_atomically(path)), self._schema, compression="zstd")
        )
        self._rows: list[tuple[Any, ...]] = []
        self._n_bytes = 0

    def add(self, row: tuple[Any, ...], n_bytes: int = 0) -> None:
        """Take a row in the order of the schema; ``n_bytes`` counts towards ``BATCH_BYTES``."""
        self._rows.append(row)
        self._n_bytes += n_bytes
        if len(self._rows) >= BATCH_ROWS or self._n_bytes >= BATCH_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered as one row group."""
        if self._rows:
            columns = zip(*self._rows, strict=True)
            arrays = [make_column(column, f.type) for column, f in zip(columns, self._schema, strict=True)]
            self._writer.write_batch(pa.record_batch(arrays, schema=self._schema))
        self._rows, self._n_bytes = [], 0


def set_export(path: Path, export: str) -> None:
    """Write a table again with the export's name, which only its newest entry has settled."""
    source = pq.ParquetFile(path)
    k = source.schema_arrow.get_field_index("export")
    with (
        open_atomically(path) as stream,
        pq.ParquetWriter(stream, source.schema_arrow, compression="zstd") as writer,
    ):
        for batch in source.iter_batches(BATCH_ROWS):
            names = make_column([export] * len(batch), pa.string())
            writer.write_batch(batch.set_column(k, source.schema_arrow.field(k), names))


def make_column(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """Lay out texts, bytes or whole numbers as an Arrow array; ``None`` becomes null."""
    validity = None
    if None in values:
        valid = np.array([value is not None for value in values], dtype=bool)
        validity = pa.py_buffer(np.packbits(valid, bitorder="little"))
    if pa.types.is_string(kind) or pa.types.is_binary(kind):
        if pa.types.is_string(kind):  # a file's name may hold bytes that are no text in any encoding
            pieces = [v.encode("utf-8", "backslashreplace") if v else b"" for v in values]
        else:
            pieces = [v or b"" for v in values]
        offsets = np.zeros(len(values) + 1, dtype=np.int32)
        np.cumsum(np.fromiter(map(len, pieces), np.int32, len(pieces)), out=offsets[1:])
        buffers = [validity, pa.py_buffer(offsets), pa.py_buffer(b"".join(pieces))]
    else:
        width = np.dtype(f"int{kind.bit_width}")
        buffers = [validity, pa.py_buffer(np.array([0 if v is None else v for v in values], dtype=width))]
    return pa.Array.from_buffers(kind, len(values), buffers)
