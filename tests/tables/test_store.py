from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pyarrow.parquet as pq
import pytest

from pipeline.errors import StoreError
from pipeline.reading.members import TWICE
from pipeline.records import Activity, Detail, Location, Skipped
from pipeline.settings import Settings, ZoneSpan
from pipeline.tables.intake import take_in
from pipeline.tables.journal import Input, Journal, StepRecord, commit_journal, prepare_out, read_journal
from pipeline.tables.merge import merge_parts
from pipeline.tables.parts import PartResult
from pipeline.tables.schema import ACTIVITY
from pipeline.tables.store import Store

SECOND = 1_600_000_000_000
OLD, NEW = "20200101T000000Z", "20220101T000000Z"
SEARCH, YOUTUBE = "My Activity/Search/MyActivity.html", "My Activity/YouTube/MyActivity.html"


@pytest.fixture
def store(out: Path, put_part: Callable[..., PartResult], activity: Callable[..., Activity]) -> Store:
    """Two archives of one export, one of them with a copy, and a later export."""
    place, detail = Location("here", None, None, None), Detail("From Google Ads", None)
    rich = activity(0, SECOND, locations=(place,), details=(detail,))
    video = activity(0, SECOND + 9000, product="youtube", action="watched")
    late = activity(1, SECOND + 5000, text="late", zone="IST", offset_minutes=330)
    broken = Skipped(2, 7, 8, "no date", b"<div>")
    parts = [
        put_part({SEARCH: [rich, late, broken], "index.html": ()}, stamp=OLD, digest="a" * 64),
        put_part({SEARCH: [rich], YOUTUBE: [video]}, stamp=OLD, digest="b" * 64),
        put_part({SEARCH: [late, activity(1, SECOND + 6000, text="new")]}, stamp=NEW, digest="c" * 64),
    ]
    prepare_out(out)
    result = merge_parts(
        out, [part.part for part in parts], home_zone=(ZoneSpan(None, "Europe/Paris"),), tell=lambda *_: None
    )
    counts = {
        "rows": result.n_rows,
        "ledger": [[li.export, li.found, li.known, li.set_aside, li.new, li.balance] for li in result.ledger],
        "twice": {line.export: line.twice for line in result.ledger},
        "left_out": {line.export: line.left_out for line in result.ledger},
        "guessed": {line.export: line.guessed for line in result.ledger},
        "offsets": result.offsets,
    }
    inputs = tuple(Input("", 0, 0, part.part, part.export, part.part) for part in parts)
    record = StepRecord("read", {result.path.relative_to(out).as_posix(): ""}, 0, counts)
    commit_journal(out, Journal(inputs=inputs, steps={"ingest": record}))
    return Store(out)


def utc(milliseconds: int) -> pd.Timestamp:
    return pd.Timestamp(SECOND + milliseconds, unit="ms", tz="UTC")


def test_the_activity_frame_has_all_columns_and_aware_times_in_utc(store: Store) -> None:
    frame = store.activity()
    assert list(frame.columns) == ACTIVITY.names
    assert str(frame["time"].dtype) == "datetime64[ms, UTC]"
    assert frame[["time", "text", "export", "position"]].values.tolist() == [
        [utc(0), "red bicycle", OLD, 0],
        [utc(5000), "late", NEW, 0 + 1],
        [utc(6000), "new", NEW, 1],
        [utc(9000), "red bicycle", OLD, 0],
    ]
    assert frame["channel"].isna().all()
    pd.testing.assert_frame_equal(store.activity(["time", "text"]), frame[["time", "text"]])


def test_a_source_is_one_product_folder_of_one_export(store: Store) -> None:
    assert store.sources().values.tolist() == [
        [OLD, "My Activity/Search", "search", utc(0), utc(5000)],
        [OLD, "My Activity/YouTube", "youtube", utc(9000), utc(9000)],
        [NEW, "My Activity/Search", "search", utc(5000), utc(6000)],
    ]
    with store.connect() as connection:
        assert connection.execute("SELECT n FROM source").fetchall() == [(2,), (1,), (2,)]


def test_the_files_say_which_are_copies(store: Store) -> None:
    assert store.files()[["export", "file", "seen", "parsed", "copy"]].values.tolist() == [
        [OLD, SEARCH, 3, 2, False],
        [OLD, SEARCH, 1, 1, True],
        [OLD, YOUTUBE, 1, 1, False],
        [OLD, "index.html", 0, 0, False],
        [NEW, SEARCH, 2, 2, False],
    ]


def test_the_views_leave_copies_out(store: Store) -> None:
    with store.connect() as connection:
        keys = {
            table: connection.execute(f"SELECT export, file, position FROM {table}").fetchall()
            for table in ("location", "detail", "skipped")
        }
        n_rows = connection.execute("SELECT count(*) FROM activity").fetchall()
    assert keys == {
        "location": [(OLD, SEARCH, 0)],
        "detail": [(OLD, SEARCH, 0)],
        "skipped": [(OLD, SEARCH, 2)],
    }
    assert n_rows == [(4,)]


def test_a_location_joins_the_row_that_the_merge_kept(store: Store) -> None:
    query = "SELECT epoch_ms(time), name FROM activity JOIN location USING (export, file, position)"
    with store.connect() as connection:
        assert connection.execute(query).fetchall() == [(SECOND, "here")]


def test_the_ledger_balances_and_says_what_was_read(store: Store) -> None:
    ledger = store.ledger()
    assert ledger.to_dict("records") == [
        {
            "export": OLD, "exported_at": pd.Timestamp("2020-01-01", tz="UTC"), "n_files": 3,
            "files": "3 files, HTML, English", "n_copies": 1, "found": 4, "known": 0, "set_aside": 1,
            "new": 3, "balance": 3, "twice": 0, "left_out": 0, "guessed": 1, "guessed_zones": "IST 1",
        },
        {
            "export": NEW, "exported_at": pd.Timestamp("2022-01-01", tz="UTC"), "n_files": 1,
            "files": "1 file, HTML, English", "n_copies": 0, "found": 2, "known": 1, "set_aside": 0,
            "new": 1, "balance": 4, "twice": 0, "left_out": 0, "guessed": 1, "guessed_zones": "IST 1",
        },
    ]  # fmt: skip
    assert (ledger["found"] == ledger["known"] + ledger["set_aside"] + ledger["new"]).all()


def test_what_was_set_aside_has_its_reasons(store: Store) -> None:
    assert store.skip_reasons().values.tolist() == [[OLD, SEARCH, "no date", 1]]


def test_a_second_file_of_one_name_in_one_archive_is_no_copy(
    settings: Settings, put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    path = put_archive({SEARCH: [activity()], f"./{SEARCH}": [activity(1)]})
    take_in([path], settings, tell=lambda *_: None)
    found = Store(settings.out).unread_files()[["kind", "reason", "n"]].to_numpy().tolist()
    assert found == [["refused", TWICE, 1]]


def test_what_was_not_read_is_listed_by_reason(
    settings: Settings, put_archive: Callable[..., Path], activity: Callable[..., Activity]
) -> None:
    path = put_archive({SEARCH: [activity()], "a.jpg": b"", "b/c.jpg": b"", "d/page.html": b"<html>"})
    take_in([path], settings, tell=lambda *_: None)
    assert Store(settings.out).unread_files().values.tolist() == [
        ["20210101T000000Z", "ignored", "pictures and videos", 2],
        ["20210101T000000Z", "unknown", "HTML without activity markup", 1],
    ]


def test_a_column_that_an_older_part_lacks_reads_as_null(store: Store) -> None:
    folder = store.out / "tables" / "exports" / f"{OLD}-aaaaaaaaaaaa"
    for table, column in (("skipped", "length"), ("file", "by_soup")):
        path = folder / f"{table}.parquet"
        pq.write_table(pq.read_table(path).drop_columns(column), path)
    with store.connect() as connection:
        assert connection.execute('SELECT "length", "offset" FROM skipped').fetchall() == [(None, 7)]
    assert store.files()["by_soup"].isna().sum() == 2


def test_a_folder_without_tables_is_refused_in_words(out: Path) -> None:
    with pytest.raises(StoreError) as error:
        Store(out)
    assert str(error.value) == f"There are no tables here yet ({out}). Run almanac ingest PATH first."


def test_a_table_that_is_missing_is_named(store: Store) -> None:
    path = store.merged
    path.unlink()
    with pytest.raises(StoreError) as error:
        Store(store.out)
    assert (
        str(error.value) == f"A table is missing ({path}). Take the archives in again: almanac ingest PATH."
    )


def test_a_table_of_another_version_is_refused(store: Store) -> None:
    path = store.merged
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({"almanac.schema_version": "999"}), path)
    with pytest.raises(StoreError, match="from a later version"):
        Store(store.out)


def test_a_part_that_run_json_does_not_name_is_not_read(
    store: Store, put_part: Callable[..., PartResult], activity: Callable[..., Activity]
) -> None:
    put_part({SEARCH: [activity()] * 9}, stamp=NEW, digest="d" * 64)
    assert len(Store(store.out).files()) == 5


def test_times_come_as_frames_without_pytz(store: Store) -> None:
    script = (
        "import sys, pathlib; sys.modules['pytz'] = None\n"
        "from pipeline import Store\n"
        "store = Store(pathlib.Path(sys.argv[1]))\n"
        "print(store.activity()['time'].min(), store.sources()['first'].min(), len(store.ledger()))"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script, str(store.out)], capture_output=True, text=True, check=True
    )
    assert ended.stdout == "2020-09-13 12:26:40+00:00 2020-09-13 12:26:40+00:00 2\n"


def test_duckdb_may_fetch_nothing_and_uses_one_thread(store: Store) -> None:
    names = (
        "autoinstall_known_extensions",
        "autoload_known_extensions",
        "threads",
        "temp_directory",
        "TimeZone",
    )
    with store.connect() as connection:
        found = dict(
            connection.execute(f"SELECT name, value FROM duckdb_settings() WHERE name IN {names}").fetchall()
        )
    assert found == {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "threads": "1",
        "temp_directory": str(store.out / "tables" / ".almanac-spill"),
        "TimeZone": "UTC",
    }


def test_the_store_sees_what_was_committed_when_it_was_opened(store: Store) -> None:
    commit_journal(store.out, Journal())
    assert len(store.files()) == 5
    assert read_journal(store.out).inputs == ()
