"""A table on its way to the disk: rows gather in memory and leave it in batches."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.tables.files import open_atomically
from pipeline.tables.schema import TABLES

BATCH_ROWS = 20_000
BATCH_BYTES = 4 << 20  # of what the caller measures: the content of skipped entries


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
        columns = zip(*self._rows, strict=True) if self._rows else ([] for _ in self._schema)
        arrays = [pa.array(c, field.type) for c, field in zip(columns, self._schema, strict=True)]
        if self._rows:
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
            names = pa.array([export] * len(batch), pa.string())
            writer.write_batch(batch.set_column(k, source.schema_arrow.field(k), names))
