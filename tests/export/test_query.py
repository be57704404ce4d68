"""The owner's SQL reads the tables, and can neither change them nor read anything else."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.errors import SettingsError, StoreError
from pipeline.export.query import OTHERS, check_query, explain_errors, open_query
from pipeline.settings import load_settings
from pipeline.tables.local_time import add_local_time
from pipeline.tables.store import Store

HOME = load_settings(
    {"out": "x", "home_zone": "Asia/Tokyo,2021-05-01 America/New_York,2021-07-03 Europe/Paris"},
    environment={},
).home_zone


def ask(store: Store, sql: str) -> list[dict[str, Any]]:
    with open_query(store, sql, HOME) as rows:
        found: list[dict[str, Any]] = pa.Table.from_batches([*rows], rows.schema).to_pylist()
        return found


def read_all(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_a_query_sees_the_activities_and_their_home_clock(store: Store) -> None:
    rows = ask(store, "SELECT text, local FROM activity ORDER BY time")
    frame = add_local_time(store.activity(), HOME)
    assert [row["local"] for row in rows] == frame["local"].dt.to_pydatetime().tolist()
    assert [row["text"] for row in rows] == frame["text"].tolist()


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("SELECT count(*) AS n FROM location", [{"n": 1}]),
        ("FROM detail SELECT text ORDER BY text", [{"text": "From Google Ads"}, {"text": "Twice"}]),
        ("SELECT reason FROM skipped", [{"reason": "no date in a known form"}]),
        ("SELECT parsed FROM file", [{"parsed": 6}]),
        ("WITH s AS (SELECT n FROM source) SELECT sum(n)::INT AS n FROM s", [{"n": 6}]),
        ("SHOW TABLES", [{"name": name} for name in sorted(("activity", *OTHERS))]),
        ("PIVOT activity ON action USING count(*) GROUP BY product ORDER BY product LIMIT 1",
         [{"product": "chrome", "searched": 0, "used": 0, "visited": 2}]),
        ("SELECT 1 AS a; -- and no more", [{"a": 1}]),
    ],
)  # fmt: skip
def test_a_query_sees_every_table(store: Store, sql: str, expected: list[dict[str, Any]]) -> None:
    assert ask(store, sql) == expected


def test_nothing_can_be_written_read_loaded_or_set(store: Store, tmp_path: Path) -> None:
    (tmp_path / "foreign.csv").write_text("a\n1\n", "utf-8")
    before = read_all(store.out)
    copy = f"copy (select 1) to '{store.merged}' (format parquet, use_tmp_file false)"
    hostile = [
        copy,
        f"with a as ({copy}) select * from a",
        f"explain analyze {copy}",
        f"select 1; {copy}",
        f"from query('{copy.replace(chr(39), chr(39) * 2)}')",
        f"copy activity to '{tmp_path / 'stolen.csv'}'",
        f"with a as (copy activity to '{tmp_path / 'stolen.csv'}') select * from a",
        f"export database '{tmp_path / 'stolen'}'",
        f"attach '{tmp_path / 'stolen.db'}'",
        f"select * from '{tmp_path / 'foreign.csv'}'",
        f"select * from read_csv('{tmp_path / 'foreign.csv'}')",
        f"select * from read_text('{store.out / 'run.json'}')",
        f"select * from read_parquet('{store.merged}')",
        f"select * from glob('{tmp_path}/*')",
        "install httpfs",
        "load httpfs",
        "set enable_external_access = true",
        "reset lock_configuration",
        "pragma threads = 4",
        "update extensions",
        f"call enable_logging(storage = 'file', storage_path = '{tmp_path / 'stolen'}')",
        f"select * from enable_logging(storage = 'file', storage_path = '{tmp_path / 'stolen'}')",
        "create table a as select 1",
        "insert into location select * from location",
        "delete from location",
        "drop view activity",
        "explain select 1",
    ]
    for sql in hostile:
        with pytest.raises(SettingsError):
            ask(store, sql)
    assert read_all(store.out) == before
    assert [path.name for path in tmp_path.iterdir()] == ["foreign.csv"]


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("", "No query was given (sql). Give one select."),
        ("select 1; select 2", "These are several statements (sql). Give one select."),
        (
            "drop view activity",
            "This statement does not only read (sql). "
            "Give a select; with, from, pivot, describe, summarize and show tables are such, too.",
        ),
        (
            "selec 1",
            'Parser Error: syntax error at or near "selec" (sql). '
            "describe activity lists its columns, show tables the tables.",
        ),
        (
            "select * from foo.bar",
            'There is no table "foo.bar" (sql). There are activity, location, detail, file, skipped, source.',
        ),
        (
            "select * from searches",
            "There is no table searches (sql). There are activity, location, detail, file, skipped, source.",
        ),
        (
            "select * from read_csv('/etc/passwd')",
            "A query reads these tables and no other file (sql). See them by: show tables.",
        ),
        (
            "select * from enable_logging()",
            "A query only reads these tables, and changes no setting (sql). See them by: show tables.",
        ),
    ],
)
def test_an_error_is_one_clear_line(store: Store, sql: str, words: str) -> None:
    with pytest.raises(SettingsError) as error:
        ask(store, sql)
    assert str(error.value) == words


def test_an_unknown_column_is_said_with_those_there_are(store: Store) -> None:
    with pytest.raises(SettingsError, match=r'^Binder Error: Referenced column "nope" not found.*"'):
        ask(store, "select nope from activity")


@pytest.mark.parametrize("sql", ["select text::int from activity", "select error(text) from activity"])
def test_an_error_that_may_quote_a_value_loses_its_words(store: Store, sql: str) -> None:
    with pytest.raises(SettingsError) as error:
        ask(store, sql)
    assert "The query failed on a value" in str(error.value)
    assert "flights" not in str(error.value)


def test_a_table_that_is_gone_and_too_large_a_query_are_said_plainly() -> None:
    import duckdb

    with pytest.raises(StoreError) as gone, explain_errors():
        raise duckdb.IOException("No files found: secret")
    assert str(gone.value) == "A table could not be read (tables). If a run is at work here, ask again."
    with pytest.raises(SettingsError) as large, explain_errors():
        raise duckdb.OutOfMemoryException("secret")
    assert str(large.value) == "The query needs more than 512 MB (sql). Ask for less at a time."


@pytest.mark.parametrize("table", ["activity", "location"])
def test_a_table_that_goes_while_it_is_asked_is_said_plainly(
    store: Store, tmp_path: Path, table: str
) -> None:
    shutil.copytree(store.out, tmp_path / "out")
    opened = Store(tmp_path / "out")
    for path in (tmp_path / "out" / "tables").rglob(f"{table}*.parquet"):
        path.unlink()
    with pytest.raises(StoreError, match=r"A table (could not be read|has gone while it was read)"):
        ask(opened, f"select * from {table}")


def test_what_does_not_fit_is_spilled_and_gone_afterwards(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pipeline.export.query.QUERY_MB", 40)
    sql = "SELECT count(*) AS n FROM (SELECT DISTINCT md5(i::VARCHAR) FROM range(700000) t(i))"
    assert ask(store, sql) == [{"n": 700_000}]
    assert sorted(path.name[:9] for path in (store.out / "tables").iterdir()) == [
        "activity-", "activity.", "exports",
    ]  # fmt: skip


def test_a_pivot_passes_the_check_and_what_has_no_name_does_not() -> None:
    check_query("pivot activity on action")
    with pytest.raises(SettingsError, match="does not only read"):
        check_query("update extensions")
