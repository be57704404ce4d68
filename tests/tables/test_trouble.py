"""DuckDB's errors in our words; and a store that another run has overtaken."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from pipeline.errors import StoreError
from pipeline.records import Activity
from pipeline.settings import Settings
from pipeline.tables.intake import take_in
from pipeline.tables.store import Store
from pipeline.tables.trouble import explain_duckdb
from pipeline.tables.views import open_duckdb

FILE = "My Activity/Search/MyActivity.html"
GONE = (
    "A table has gone while it was read ({}). "
    "If another run has replaced it, ask again; else run almanac ingest PATH."
)
SORT = "CREATE TEMP TABLE t AS SELECT range AS i, md5(range::VARCHAR) AS x FROM range(1000000)"


def take(settings: Settings, *paths: Path) -> None:
    take_in(paths, settings, tell=lambda what, done, total: None)


@pytest.fixture
def two_exports(put_archive: Callable[..., Path], days: list[Activity]) -> list[Path]:
    return [
        put_archive({FILE: days[:3]}, "takeout-20210101T000000Z-001.zip"),
        put_archive({FILE: days[1:]}, "takeout-20220101T000000Z-001.zip"),
    ]


def test_a_disk_without_room_to_sort_on_is_named(out: Path) -> None:
    (out / "tables").mkdir(parents=True)
    with open_duckdb(out, memory_mb=16) as connection:
        connection.execute("SET max_temp_directory_size = '1MB'")  # as DuckDB does where no more is free
        with pytest.raises(StoreError) as caught, explain_duckdb(out):
            connection.execute(SORT)
    assert str(caught.value) == (
        f"There is no room to sort the tables ({out / 'tables'}). Make room for it, or use another --out."
    )


def test_a_spill_that_cannot_be_written_is_named(out: Path) -> None:
    out.mkdir()
    (out / "tables").write_text("a file where the folder should be")
    connection = open_duckdb(out, memory_mb=16)
    with connection, pytest.raises(StoreError) as caught, explain_duckdb(out):
        connection.execute(SORT)
    assert str(caught.value).startswith("Nothing can be written here: ")
    assert str(caught.value).endswith(f" ({out / 'tables'}). Make room for it, or use another --out.")


def test_a_spill_of_a_readers_own_is_known_too(out: Path) -> None:
    spill = out / "tables" / ".almanac-0123456789ab-spill" / "duckdb_temp_storage_DEFAULT-0.tmp"
    with pytest.raises(StoreError) as caught, explain_duckdb(out):
        raise duckdb.IOException(f'IO Error: Could not write file "{spill}": No space left on device')
    assert str(caught.value) == (
        f"Nothing can be written here: No space left on device ({out / 'tables'}). "
        "Make room for it, or use another --out."
    )


def flip(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[20:-400] = bytes(len(content) - 420)
    path.write_bytes(content)


@pytest.mark.parametrize(
    "harm", [lambda path: os.truncate(path, 100), lambda path: path.write_bytes(b""), flip]
)
def test_a_damaged_table_is_named_with_what_makes_it_again(
    settings: Settings, two_exports: list[Path], harm: Callable[[Path], object]
) -> None:
    take(settings, *two_exports)
    store, parts = Store(settings.out), settings.out / "tables" / "exports"
    rows = store.activity()
    torn = next(parts.glob("20220101*")) / "file.parquet"
    harm(torn)
    for read in (store.files, store.sources, store.ledger, lambda: Store(settings.out).notes()):
        with pytest.raises(StoreError) as caught:
            read()
        assert str(caught.value) == (
            f"A table is damaged ({torn}). Take its archive in again: almanac ingest PATH."
        )
    take(settings, two_exports[1])
    assert Store(settings.out).files()["parsed"].sum() == 8
    harm(store.merged)
    for read in (store.activity, lambda: Store(settings.out).activity()):
        with pytest.raises(StoreError) as caught:
            read()
        assert str(caught.value) == f"A table is damaged ({store.merged}). Make it again: almanac ingest."
    take(settings)
    assert Store(settings.out).activity().equals(rows)


def test_an_error_of_a_query_over_sound_tables_is_no_damage(
    settings: Settings, two_exports: list[Path]
) -> None:
    take(settings, two_exports[0])
    for error in (
        duckdb.InvalidInputException("of the query"),
        OSError("of Arrow"),
        pa.ArrowInvalid("another"),
    ):
        with pytest.raises(type(error)), explain_duckdb(settings.out):
            raise error


def test_too_little_memory_is_no_full_disk(out: Path) -> None:
    with pytest.raises(duckdb.OutOfMemoryException), explain_duckdb(out):
        raise duckdb.OutOfMemoryException("failed to allocate")


def test_a_store_that_a_refresh_has_overtaken_says_so_and_never_mixes(
    settings: Settings, two_exports: list[Path]
) -> None:
    take(settings, two_exports[0])
    store = Store(settings.out)
    with store.connect() as connection:
        before = connection.execute("SELECT text FROM activity").fetchall()
        take(settings, two_exports[1])
        assert len(Store(settings.out).activity()) > len(before) == 3
        for read in (store.activity, store.files, store.sources, store.notes):
            try:
                found: Any = read()
            except StoreError as error:
                assert str(error) == GONE.format(settings.out / "tables")
            else:
                assert "20220101T000000Z" not in str(found)
        with pytest.raises(StoreError) as caught, explain_duckdb(settings.out):
            connection.execute("SELECT text FROM activity").fetchall()
    assert str(caught.value) == GONE.format(settings.out / "tables")
    with pytest.raises(StoreError):
        store.activity()


def test_a_store_that_is_opened_while_tables_are_replaced_opens_the_new_ones(
    settings: Settings, two_exports: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline.tables import store as module

    take(settings, two_exports[0])
    read = module.read_journal
    calls = []

    def read_and_be_overtaken(out: Path) -> Any:
        journal = read(out)
        calls.append(out)
        if len(calls) == 1:
            take(settings, two_exports[1])
        return journal

    monkeypatch.setattr(module, "read_journal", read_and_be_overtaken)
    assert len(Store(settings.out).activity()) == 6 and len(calls) == 3
