from __future__ import annotations

import contextlib
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.tables import batches
from pipeline.tables.batches import TableWriter, make_column, set_export
from pipeline.tables.schema import SKIPPED

texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.none() | texts))
def test_a_column_of_texts_is_what_pyarrow_makes_of_them(values: list[str | None]) -> None:
    made = make_column(values, pa.string())
    made.validate(full=True)
    assert made.equals(pa.array(values, pa.string()))


def test_a_name_that_is_no_text_is_kept_legibly() -> None:
    assert make_column(["caf\udce9.html"], pa.string()).to_pylist() == ["caf\\udce9.html"]


@settings(deadline=None, max_examples=50)
@given(st.lists(st.none() | st.binary()))
def test_a_column_of_bytes_is_what_pyarrow_makes_of_them(values: list[bytes | None]) -> None:
    assert make_column(values, pa.binary()).equals(pa.array(values, pa.binary()))


@pytest.mark.parametrize("kind", [pa.int16(), pa.int64(), pa.timestamp("ms", tz="UTC")])
@settings(deadline=None, max_examples=50)
@given(values=st.lists(st.none() | st.integers(-(2**15), 2**15 - 1)))
def test_a_column_of_numbers_is_what_pyarrow_makes_of_them(
    kind: pa.DataType, values: list[int | None]
) -> None:
    assert make_column(values, kind).equals(pa.array(values, kind))


def write(path: Path, rows: Sequence[tuple[object, ...]], n_bytes: int = 0) -> list[int]:
    """Write rows of ``skipped`` and return the sizes of the row groups."""
    with contextlib.ExitStack() as stack:
        table = TableWriter(path, "skipped", stack)
        for row in rows:
            table.add(row, n_bytes)
        table.flush()
    metadata = pq.read_metadata(path)
    return [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]


ROW = ("20210101T000000Z", "a.html", 0, 1, 2, "no date", b"<div")


def test_rows_leave_memory_when_they_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 2)
    assert write(tmp_path / "a.parquet", [ROW] * 5) == [2, 2, 1]


def test_rows_leave_memory_when_they_are_long(tmp_path: Path) -> None:
    assert write(tmp_path / "a.parquet", [ROW] * 5, n_bytes=batches.BATCH_BYTES // 2) == [2, 2, 1]


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    assert write(tmp_path / "a.parquet", []) == []
    assert pq.read_schema(tmp_path / "a.parquet").equals(SKIPPED)


def test_naming_the_export_later_changes_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "BATCH_ROWS", 2)
    rows = [("20210101T000000Z", "a.html", k, 1, 2, "no date", b"x") for k in range(5)]
    write(tmp_path / "named.parquet", rows)
    write(tmp_path / "later.parquet", [(None, *row[1:]) for row in rows])
    set_export(tmp_path / "later.parquet", "20210101T000000Z")
    assert pq.read_table(tmp_path / "later.parquet").equals(pq.read_table(tmp_path / "named.parquet"))


def test_laying_out_columns_imports_no_pandas() -> None:
    script = (
        "import sys, pyarrow as pa\n"
        "from pipeline.tables.batches import make_column\n"
        "make_column(['a', None], pa.string()); make_column([1, None], pa.timestamp('ms', tz='UTC'))\n"
        "print('pandas' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
