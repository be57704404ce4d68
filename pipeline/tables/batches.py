"""A table on its way to the disk: columns become Arrow arrays, gather, and leave as row groups.

``pyarrow.array`` imports pandas wherever that is installed (pyarrow 26, November 2026): 60 MB and two
seconds that an ingest can do without, so arrays are made of their buffers.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import IO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.tables.columns import OWN_TEXTS, Column, Labels, Numbers, Texts, lay_out_texts, repeat_label
from pipeline.tables.files import open_atomically
from pipeline.tables.schema import TABLES

# Arrow's own pool keeps what was freed: 40 MB more at the peak of an ingest (pyarrow 26, November 2026).
pa.set_memory_pool(pa.system_memory_pool())

ROW_GROUP = 20_480
PART_ROW_GROUP = 8_192  # a slice of the merge reads whole row groups, of which two lie half outside it
ROW_GROUP_BYTES = 8 << 20


def open_parquet(stream: IO[bytes], schema: pa.Schema) -> pq.ParquetWriter:
    """Open a Parquet file for writing; whoever uses it closes it."""
    labels = [field.name for field in schema if pa.types.is_string(field.type)]
    return pq.ParquetWriter(
        stream, schema, compression="zstd", use_dictionary=[name for name in labels if name not in OWN_TEXTS]
    )


class TableWriter:
    """Writes one table of a part; whoever owns ``stack`` closes it, and a failure leaves no file."""

    def __init__(self, path: Path, name: str, stack: contextlib.ExitStack) -> None:
        self._schema = TABLES[name]
        stream = stack.enter_context(open_atomically(path))
        self._writer = stack.enter_context(open_parquet(stream, self._schema))
        self._gathered: list[dict[str, Column]] = []
        self._n_rows = self._n_bytes = 0

    def add(self, n_rows: int, columns: Mapping[str, Column]) -> None:
        """Take rows, as all the columns of the schema."""
        self._gathered.append(dict(columns))
        self._n_rows += n_rows
        self._n_bytes += sum(len(texts.content) for texts in columns.values() if isinstance(texts, Texts))
        if self._n_rows >= PART_ROW_GROUP or self._n_bytes >= ROW_GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered as one row group."""
        if self._gathered:
            arrays = [
                make_array([columns.pop(field.name) for columns in self._gathered], field.type)
                for field in self._schema
            ]
            self._gathered = []
            write_row_group(self._writer, pa.table(arrays, schema=self._schema))
        self._n_rows = self._n_bytes = 0


def write_row_group(writer: pq.ParquetWriter, rows: pa.Table) -> None:
    """Write rows as one row group, whatever pieces they came in."""
    writer.write_table(rows.combine_chunks(), row_group_size=len(rows))


def write_row_groups(writer: pq.ParquetWriter, tables: Iterable[pa.Table]) -> Iterator[int]:
    """Write rows as row groups of ``ROW_GROUP``, however many come at a time; yield how many are written."""
    rest: pa.Table | None = None
    done = 0
    for table in tables:
        rows = table if rest is None else pa.concat_tables([rest, table])
        n_whole = len(rows) - len(rows) % ROW_GROUP
        for begin in range(0, n_whole, ROW_GROUP):
            write_row_group(writer, rows.slice(begin, ROW_GROUP))
        rest = rows.slice(n_whole)
        done += n_whole
        del table, rows  # nothing is held while the next ones are made
        yield done
    if rest is not None and len(rest):
        write_row_group(writer, rest)
        yield done + len(rest)


def set_export(path: Path, export: str) -> None:
    """Write a table again with the export's name, which only its newest entry has settled."""
    source = pq.ParquetFile(path)
    k = source.schema_arrow.get_field_index("export")
    with open_atomically(path) as stream, open_parquet(stream, source.schema_arrow) as writer:
        for group in range(source.num_row_groups):
            rows = source.read_row_group(group)
            names = make_array([repeat_label(export, len(rows))], pa.string())
            write_row_group(writer, rows.set_column(k, source.schema_arrow.field(k), names))


def make_array(pieces: Sequence[Column], kind: pa.DataType) -> pa.Array:
    """Make one Arrow array of a column's pieces, which are alike."""
    if labels := [piece for piece in pieces if isinstance(piece, Labels)]:
        known: dict[str | None, int] = {}
        codes = np.concatenate([_recode(piece, known) for piece in labels])
        indices = pa.Array.from_buffers(pa.int32(), len(codes), [None, pa.py_buffer(codes)])
        names = make_array([lay_out_texts(list(known))], kind)
        return pa.DictionaryArray.from_arrays(indices, names).dictionary_decode()
    if numbers := [piece.values for piece in pieces if isinstance(piece, Numbers)]:
        values = np.concatenate(numbers).astype(f"int{kind.bit_width}", copy=False)
        return pa.Array.from_buffers(kind, len(values), [None, pa.py_buffer(values)])
    texts = [piece for piece in pieces if isinstance(piece, Texts)]
    lengths = np.concatenate([np.diff(piece.ends) for piece in texts])
    ends = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int32)
    validity = None
    if any(piece.present is not None for piece in texts):
        present = b"".join(piece.present or b"\1" * (len(piece.ends) - 1) for piece in texts)
        validity = pa.py_buffer(np.packbits(np.frombuffer(present, dtype=bool), bitorder="little"))
    content = b"".join(piece.content for piece in texts)
    return pa.Array.from_buffers(kind, len(lengths), [validity, pa.py_buffer(ends), pa.py_buffer(content)])


def _recode(labels: Labels, known: dict[str | None, int]) -> npt.NDArray[np.int32]:
    """Return the codes as the names are ``known`` to all pieces; new ones are added."""
    codes = np.array([known.setdefault(name, len(known)) for name in labels.names], np.int32)
    recoded: npt.NDArray[np.int32] = codes[np.asarray(labels.codes)]
    return recoded
