"""What goes out of the activity table: all of it, or what redaction leaves."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.export.activity import COARSE, REDACTED, WHOLE, Choice, iter_activity, schema_of
from pipeline.export.common_sites import hide_site, list_common_sites
from pipeline.export.tables import list_outgoing
from pipeline.settings import ZoneSpan, load_settings
from pipeline.tables.local_time import add_local_time
from pipeline.tables.schema import ACTIVITY
from pipeline.tables.store import Store

PARIS = (ZoneSpan(None, "Europe/Paris"),)
REDACT, COARSELY = Choice(redact=True), Choice(redact=True, coarse=True)


def read(store: Store, choice: Choice, home: tuple[ZoneSpan, ...] = PARIS) -> pa.Table:
    return pa.concat_tables([schema_of(choice).empty_table(), *iter_activity(store.merged, choice, home)])


def test_all_columns_go_out_and_the_home_clock_stands_beside_the_time(store: Store) -> None:
    table = read(store, Choice())
    assert table.schema == WHOLE
    assert table.select(ACTIVITY.names).equals(
        pq.read_table(store.merged, schema=ACTIVITY, partitioning=None)
    )
    assert table.slice(0, 1).select(["time", "local", "year", "month", "weekday", "hour"]).to_pylist() == [
        {
            "time": datetime.fromisoformat("2021-03-08T23:21:37.123+00:00"),
            "local": datetime(2021, 3, 9, 0, 21, 37, 123000),
            "year": 2021,
            "month": 3,
            "weekday": 1,
            "hour": 0,
        }
    ]


def test_the_clock_is_that_of_the_zone_of_the_day(store: Store) -> None:
    home = load_settings(
        {"out": store.out, "home_zone": "Asia/Tokyo,2021-05-01 America/New_York"}, environment={}
    ).home_zone
    frame = add_local_time(store.activity(), home)
    table = read(store, Choice(), home)
    assert table["local"].to_pylist() == frame["local"].dt.to_pydatetime().tolist()
    assert table["hour"].to_pylist() == [8, 8, 19, 4, 4, 4]


def test_redacted_rows_hold_neither_words_nor_places_nor_zones(store: Store) -> None:
    times = [
        "2021-03-08T23:21:37.123Z", "2021-03-08T23:30:00.500Z", "2021-03-10T10:00:00Z",
        "2021-07-01T08:00:00Z", "2021-07-02T08:00:00Z", "2021-07-05T08:00:00Z",
    ]  # fmt: skip
    expected = {
        "time": [datetime.fromisoformat(time) for time in times],
        "product": ["search", "chrome", "search", "search", "other", "chrome"],
        "action": ["searched", "visited", "searched", "searched", "used", "visited"],
        "site": ["google.com", None, "google.com", "google.com", None, "wikipedia.org"],
        "mark": [None, None, "ad", None, "boilerplate", None],
    }
    assert read(store, REDACT).to_pydict() == expected
    assert read(store, REDACT).schema == REDACTED


def test_coarse_rows_have_no_day_and_come_in_an_order_that_tells_none(store: Store) -> None:
    assert read(store, COARSELY).schema == COARSE
    assert [tuple(row.values()) for row in read(store, COARSELY).to_pylist()] == [
        (2021, 3, 1, 0, "chrome", "visited", None, None),
        (2021, 3, 1, 0, "search", "searched", "google.com", None),
        (2021, 3, 2, 11, "search", "searched", "google.com", "ad"),
        (2021, 7, 0, 10, "chrome", "visited", "wikipedia.org", None),
        (2021, 7, 3, 10, "search", "searched", "google.com", None),
        (2021, 7, 4, 10, "other", "used", None, "boilerplate"),
    ]


def write_rows(path: Path, rows: list[dict[str, object]], schema: pa.Schema = ACTIVITY) -> Path:
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), path)
    return path


def test_equal_coarse_rows_are_all_there_however_many_come_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.export.activity.ROW_GROUP", 3)
    days = [datetime.fromisoformat(f"2021-03-{day:02}T12:00:00Z") for day in (1, 8, 15, 22, 29, 2, 9)]
    rows = [{"time": day, "product": "search", "action": "searched"} for day in days]
    tables = [*iter_activity(write_rows(tmp_path / "a.parquet", rows), COARSELY, PARIS)]
    assert [len(table) for table in tables] == [3, 3, 1]
    table = pa.concat_tables(tables)
    assert table["weekday"].to_pylist() == [0, 0, 0, 0, 0, 1, 1]
    assert table["hour"].to_pylist() == [13, 13, 13, 13, 14, 13, 13]  # summer time began on the 28th


def test_what_is_no_action_or_mark_of_ours_goes_out_as_other_or_not_at_all(tmp_path: Path) -> None:
    row = {"time": datetime(2021, 1, 1), "product": "search", "action": "spied", "mark": "cheap flights"}
    [table] = iter_activity(write_rows(tmp_path / "a.parquet", [row]), REDACT, PARIS)
    assert table.select(["action", "mark"]).to_pylist() == [{"action": "other", "mark": None}]


def test_a_filter_leaves_only_what_fits(store: Store) -> None:
    assert read(store, Choice(product="chrome"))["position"].to_pylist() == [4, 5]
    assert read(store, Choice(product="search", action="searched"))["position"].to_pylist() == [0, 1, 2]
    assert len(read(store, replace(COARSELY, action="asked"))) == 0


def test_a_column_that_older_tables_lack_is_null(tmp_path: Path) -> None:
    schema = pa.schema([field for field in ACTIVITY if field.name != "mark"])
    path = write_rows(tmp_path / "a.parquet", [{"time": datetime(2021, 1, 1), "product": "search"}], schema)
    [table] = iter_activity(path, Choice(), PARIS)
    assert table["mark"].to_pylist() == [None]


def test_the_public_sites_are_registrable_domains_in_order_and_tell_no_country() -> None:
    from pipeline.reading.links import find_site

    sites = list_common_sites()
    assert {site for site in sites if find_site(f"https://www.{site}/") != site} == set()
    assert {
        site for site in sites if site.rpartition(".")[2] in ("de", "fr", "jp", "ru", "cn", "br")
    } == set()
    assert hide_site("example.org") is None and hide_site(None) is None
    assert hide_site("youtube.com") == "youtube.com"


def test_of_redacted_tables_only_activities_are_left(store: Store) -> None:
    assert [table.name for table in list_outgoing(store, REDACT, PARIS)] == ["activity"]
    assert [table.name for table in list_outgoing(store, Choice(), PARIS)] == [
        "activity", "location", "detail", "file", "skipped", "source",
    ]  # fmt: skip


def test_places_and_details_say_on_which_row_they_hang(store: Store) -> None:
    def read_ids(choice: Choice) -> dict[str, list[int | None]]:
        tables = list_outgoing(store, choice, PARIS, linked=True)
        return {
            table.name: pa.concat_tables([table.schema.empty_table(), *table.read()])["activity"].to_pylist()
            for table in tables[1:3]
        }

    assert read_ids(Choice()) == {"location": [1], "detail": [3, 3]}
    assert read_ids(Choice(product="search")) == {"location": [1], "detail": [2, 2]}
    assert read_ids(Choice(product="chrome")) == {"location": [], "detail": []}
    chosen = list_outgoing(store, Choice(product="search"), PARIS)
    assert [table.name for table in chosen] == ["activity", "location", "detail"]


def test_the_other_tables_are_the_stores_own(store: Store) -> None:
    tables = {
        table.name: pa.concat_tables(table.read()) for table in list_outgoing(store, Choice(), PARIS)[1:]
    }
    with store.connect() as connection:
        for name, table in tables.items():
            assert table.to_pylist() == connection.sql(f"FROM {name}").to_arrow_table().to_pylist(), name
    assert tables["skipped"]["content"].to_pylist()[0].endswith(b'"no time at all"}')
