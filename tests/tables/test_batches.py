from __future__ import annotations

import contextlib
import itertools
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
from pipeline.tables.batches import TableWriter, make_array, open_parquet, set_export, write_row_groups
from pipeline.tables.columns import lay_out_column, lay_out_labels, lay_out_rows, lay_out_texts
from pipeline.tables.schema import SKIPPED

texts = st.text(st.characters(exclude_categories=["Cs"]))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.none() | texts))
def test_a_column_of_texts_is_what_pyarrow_makes_of_them(values: list[str | None]) -> None:
    for lay_out in (lay_out_texts, lay_out_labels):
        made = make_array([lay_out(values)], pa.string())
        made.validate(full=True)
        assert made.equals(pa.array(values, pa.string()))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.lists(st.none() | texts), min_size=1, max_size=4))
def test_pieces_of_a_column_are_one_array(pieces: list[list[str | None]]) -> None:
    for lay_out in (lay_out_texts, lay_out_labels):
        made = make_array([lay_out(values) for values in pieces], pa.string())
        made.validate(full=True)
        assert made.equals(pa.array([value for values in pieces for value in values], pa.string()))


@settings(deadline=None, max_examples=50)
@given(st.lists(st.none() | st.binary()))
def test_a_column_of_bytes_is_what_pyarrow_makes_of_them(values: list[bytes | None]) -> None:
    assert make_array([lay_out_texts(values)], pa.binary()).equals(pa.array(values, pa.binary()))


@pytest.mark.parametrize("kind", [pa.int16(), pa.int64(), pa.timestamp("ms", tz="UTC")])
@settings(deadline=None, max_examples=50)
@given(values=st.lists(st.integers(-(2**15), 2**15 - 1), min_size=1))
def test_a_column_of_numbers_is_what_pyarrow_makes_of_them(kind: pa.DataType, values: list[int]) -> None:
    assert make_array([lay_out_column("position", values)] * 2, kind).equals(pa.array(values * 2, kind))


def list_groups(path: Path) -> list[int]:
    metadata = pq.read_metadata(path)
    return [metadata.row_group(k).num_rows for k in range(metadata.num_row_groups)]


def write(path: Path, rows: Sequence[tuple[object, ...]]) -> list[int]:
    """Write rows of ``skipped``, one at a time, and return the sizes of the row groups."""
    with contextlib.ExitStack() as stack:
        table = TableWriter(path, "skipped", stack)
        for row in rows:
            table.add(*lay_out_rows(SKIPPED.names, [row]))
        table.flush()
    return list_groups(path)


ROW = ("20210101T000000Z", "a.html", 0, 1, 2, "no date", b"<div")


def test_rows_leave_memory_when_they_are_many(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batches, "PART_ROW_GROUP", 2)
    assert write(tmp_path / "a.parquet", [ROW] * 5) == [2, 2, 1]


def test_rows_leave_memory_when_they_are_long(tmp_path: Path) -> None:
    long = (*ROW[:-1], bytes(batches.ROW_GROUP_BYTES // 2))
    assert write(tmp_path / "a.parquet", [long] * 5) == [2, 2, 1]
    assert pq.read_table(tmp_path / "a.parquet")["content"].to_pylist() == [long[-1]] * 5


def test_a_table_without_rows_has_its_columns(tmp_path: Path) -> None:
    assert write(tmp_path / "a.parquet", []) == []
    assert pq.read_schema(tmp_path / "a.parquet").equals(SKIPPED, check_metadata=True)


def test_row_groups_are_the_same_however_the_rows_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "ROW_GROUP", 3)
    numbers = pa.table({"position": list(range(10))})
    found = []
    for size in (1, 2, 3, 7, 10):
        tables = [numbers.slice(begin, size) for begin in range(0, 10, size)]
        with (tmp_path / "a.parquet").open("wb") as stream, open_parquet(stream, numbers.schema) as writer:
            done = list(write_row_groups(writer, tables))
        assert (done[-1], done) == (10, sorted(done))
        found.append((list_groups(tmp_path / "a.parquet"), (tmp_path / "a.parquet").read_bytes()))
    assert found[0][0] == [3, 3, 3, 1]
    assert all(first == second for first, second in itertools.pairwise(found))


def test_naming_the_export_later_changes_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(batches, "PART_ROW_GROUP", 2)
    rows = [("20210101T000000Z", "a.html", k, 1, 2, "no date", b"x") for k in range(5)]
    write(tmp_path / "named.parquet", rows)
    write(tmp_path / "later.parquet", [(None, *row[1:]) for row in rows])
    set_export(tmp_path / "later.parquet", "20210101T000000Z")
    assert pq.read_table(tmp_path / "later.parquet").equals(pq.read_table(tmp_path / "named.parquet"))


def test_making_arrays_imports_no_pandas() -> None:
    script = (
        "import sys, pyarrow as pa\n"
        "from pipeline.tables.batches import make_array\n"
        "from pipeline.tables.columns import lay_out_column\n"
        "make_array([lay_out_column('text', ['a', None])], pa.string())\n"
        "make_array([lay_out_column('zone', ['a', None])], pa.string())\n"
        "make_array([lay_out_column('time', [1, 2])], pa.timestamp('ms', tz='UTC'))\n"
        "print('pandas' in sys.modules)"
    )
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ended.stdout == "False\n"
