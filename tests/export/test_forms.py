"""Each form gives back what went in, whatever the texts hold, and is opened by those who read it."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.export import csv_rows, json_lines
from pipeline.export.activity import WHOLE, Choice
from pipeline.export.sqlite_file import RUNS, WORDS, read_application_id, write_database
from pipeline.export.tables import Outgoing
from pipeline.export.write import write_export
from pipeline.settings import ZoneSpan
from pipeline.tables.batches import open_parquet, write_row_groups
from pipeline.tables.store import Store

PARIS = (ZoneSpan(None, "Europe/Paris"),)
SCHEMA = pa.schema(
    [
        ("time", pa.timestamp("ms", tz="UTC")),
        ("local", pa.timestamp("ms")),
        ("hour", pa.int8()),
        ("text", pa.string()),
        ("site", pa.string()),
        ("channel", pa.string()),
        ("copy", pa.bool_()),
        ("content", pa.binary()),
    ]
)
TEXTS = st.none() | st.text(st.characters(exclude_categories=["Cs"])) | st.sampled_from(
    ["", "=1+1", "'=1", "''", "+\r\n", '"', ",", "\x00", "a\x00b", "\ufeff", "\u2028", "@", "\t", "＝"]
)  # fmt: skip
ROWS = st.lists(
    st.tuples(
        st.datetimes(datetime(1999, 1, 1), datetime(2040, 1, 1)),
        st.integers(-128, 127) | st.none(),
        TEXTS,
        TEXTS,
        st.booleans() | st.none(),
        st.binary(max_size=20) | st.none(),
    ),
    max_size=5,
)


def make_table(rows: Sequence[tuple[Any, ...]]) -> pa.Table:
    lines = []
    for moment, hour, text, site, copy, content in rows:
        moment = moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        lines.append((moment, moment, hour, text, site, None, copy, content))
    return pa.Table.from_pylist([dict(zip(SCHEMA.names, line, strict=True)) for line in lines], SCHEMA)


def read_csv(content: bytes) -> list[list[str]]:
    return [*csv.reader(io.StringIO(content.decode(), newline=""), strict=True)]


@settings(max_examples=40)
@given(ROWS)
def test_csv_gives_every_text_back_by_restore_and_no_cell_begins_a_formula(rows: list[Any]) -> None:
    table = make_table(rows)
    lines = read_csv(csv_rows.write_header(SCHEMA) + csv_rows.write_rows(table))
    assert lines[0] == [*SCHEMA.names[:-1], "content_base64"]
    assert [csv_rows.restore(line[3]) for line in lines[1:]] == [t or "" for t in table["text"].to_pylist()]
    assert [csv_rows.restore(line[4]) for line in lines[1:]] == [t or "" for t in table["site"].to_pylist()]
    cells = [cell for line in lines[1:] for cell in (line[3], line[4], line[7])]
    assert [cell for cell in cells if cell[:1] and cell[0] in "=+-@\t\r\n＝＋－＠"] == []


HOSTILE = st.lists(st.none() | st.text(";\t\r\n\"'=+-@＝,a "), min_size=1, max_size=6)


@settings(max_examples=300)
@given(HOSTILE, HOSTILE)
def test_wherever_a_spreadsheet_cuts_a_line_no_cell_begins_a_formula(
    names: list[str | None], values: list[str | None]
) -> None:
    names, values = (cells[: min(len(names), len(values))] for cells in (names, values))
    schema = pa.schema([(name or "", pa.string()) for name in names])
    table = pa.Table.from_arrays([pa.array([value] * 2, pa.string()) for value in values], schema=schema)
    content = (csv_rows.write_header(schema) + csv_rows.write_rows(table)).decode()
    for cut in (",", ";", "\t"):  # as Excel does: marks count where a cell begins with one
        for line in csv.reader(io.StringIO(content, newline=""), delimiter=cut):
            assert [cell for cell in line if cell[:1] and cell[0] in "=+-@＝"] == []
    read = [[csv_rows.restore(cell) for cell in line] for line in read_csv(content.encode())]
    expected = [[name or "" for name in names], *[[value or "" for value in values]] * 2]
    assert [line or [""] for line in read] == expected


def test_a_text_is_cut_where_excel_cuts_it_and_comes_back_by_restore() -> None:
    texts = ["foo;=cmd|x", 'a;"=1', "a\n-1", "a;b", "a;'b", "\t=", "a=b;c=d", "it's; isn't"]
    lines = csv_rows.write_rows(pa.table({"text": texts})).decode().split("\r\n")
    assert lines == [
        '"foo;\'=cmd|x"', '"a;\'""=1"', '"a\n\'-1"', '"a;b"', '"a;\'\'b"', '"\'\t\'="', '"a=b;c=d"',
        '"it\'s; isn\'t"', "",
    ]  # fmt: skip
    assert [csv_rows.restore(cell) for [cell] in read_csv("\r\n".join(lines).encode())] == texts


def test_the_names_of_columns_are_quoted_and_defused_as_texts_are() -> None:
    names = ["time", "count_star()", "coalesce(text, url)", "=1+1", 'a"b', "x;=1", ""]
    content = csv_rows.write_header(pa.schema([(name, pa.string()) for name in names]))
    assert content.decode() == ('time,"count_star()","coalesce(text, url)","\'=1+1","a""b","x;\'=1",""\r\n')
    assert [csv_rows.restore(cell) for cell in read_csv(content)[0]] == names


def test_a_time_finer_than_a_millisecond_loses_the_rest() -> None:
    expected = b"1969-12-31T23:59:59.999Z\r\n2021-01-01T00:00:00.123Z\r\n\r\n"
    for unit, n in (("us", 1), ("ns", 1000)):
        values = pa.array([-1 * n, 1_609_459_200_123_999 * n, None], pa.timestamp(unit, tz="UTC"))
        assert csv_rows.write_rows(pa.table({"t": values})) == expected


@settings(max_examples=40)
@given(ROWS)
def test_json_lines_give_every_value_back_and_end_where_all_say_a_line_ends(rows: list[Any]) -> None:
    table = make_table(rows)
    content = json_lines.write_rows(table)
    lines = content.decode().splitlines()
    assert content.count(b"\n") == len(lines) == len(table)
    assert [json.loads(line)["text"] for line in lines] == table["text"].to_pylist()
    assert [json.loads(line)["copy"] for line in lines] == table["copy"].to_pylist()


@settings(max_examples=40)
@given(ROWS)
def test_parquet_gives_the_same_table_back(rows: list[Any]) -> None:
    table, stream = make_table(rows), io.BytesIO()
    with open_parquet(stream, SCHEMA) as writer:
        assert max(write_row_groups(writer, [table])) == len(table)
    assert pq.read_table(io.BytesIO(stream.getvalue())).equals(table)


@settings(max_examples=40)
@given(ROWS)
def test_sqlite_gives_every_value_back(tmp_path_factory: pytest.TempPathFactory, rows: list[Any]) -> None:
    table, path = make_table(rows), tmp_path_factory.mktemp("db") / "a.db"
    assert write_database(path, [Outgoing("activity", SCHEMA, lambda: iter([table]))]) == {
        "activity": len(table)
    }
    with sqlite3.connect(path) as connection:
        found = connection.execute(
            "SELECT text, site, hour, copy, content FROM activity ORDER BY id"
        ).fetchall()
        kinds = connection.execute("SELECT DISTINCT typeof(text) FROM activity").fetchall()
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    connection.close()
    columns = [table[name].to_pylist() for name in ("text", "site", "hour", "copy", "content")]
    assert found == [*zip(*columns, strict=True)]
    assert {kind for (kind,) in kinds} <= {"text", "null"}


def test_a_missing_value_of_a_csv_is_nothing_and_an_empty_text_two_marks() -> None:
    moment = datetime(2021, 3, 8, 23, 21, 37, 5000)
    table = make_table([(moment, -5, None, "", True, b"\xfb\xef"), (moment, None, "-5", 'a"b', None, None)])
    assert csv_rows.write_rows(table).decode() == (
        '2021-03-08T23:21:37.005Z,2021-03-08T23:21:37.005,-5,,"",,true,"\'++8="\r\n'
        '2021-03-08T23:21:37.005Z,2021-03-08T23:21:37.005,,"\'-5","a""b",,,\r\n'
    )


def test_a_json_line_has_every_column_and_null_where_it_is_missing() -> None:
    table = make_table([(datetime(2021, 3, 8, 23, 21, 37), None, "日本\u2028", None, False, b"\xfb")])
    assert json_lines.write_rows(table).decode() == (
        '{"time":"2021-03-08T23:21:37.000Z","local":"2021-03-08T23:21:37.000","hour":null,'
        '"text":"日本\\u2028","site":null,"channel":null,"copy":false,"content_base64":"+w=="}\n'
    )


@pytest.fixture(scope="module")
def folders(store: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """An export of the small tables in each form."""
    place = tmp_path_factory.mktemp("forms")
    for form in ("csv", "parquet", "jsonl", "sqlite"):
        counts = write_export(store, place / form, form, Choice(), PARIS)
        assert counts == {"activity": 6, "location": 1, "detail": 2, "file": 1, "skipped": 1, "source": 3}
    return {form: place / form for form in ("csv", "parquet", "jsonl", "sqlite")}


def test_pandas_and_duckdb_read_the_csv_and_pass_over_the_mark(folders: dict[str, Path]) -> None:
    path = folders["csv"] / "activity.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbftime,")
    frame = pd.read_csv(path, parse_dates=["time", "local"])
    assert [*frame.columns] == WHOLE.names
    assert str(frame["time"].dtype).startswith("datetime64") and str(frame["time"].dt.tz) == "UTC"
    assert frame["text"][0] == "'=cheap flights to mars"
    [(text, rows)] = duckdb.sql(
        f"SELECT any_value(text), count(*) FROM read_csv('{path}') WHERE text LIKE '%flights%'"
    ).fetchall()
    assert (text, rows) == ("'=cheap flights to mars", 1)


def test_pandas_and_duckdb_read_the_json_lines(folders: dict[str, Path]) -> None:
    path = folders["jsonl"] / "activity.jsonl"
    frame = pd.read_json(path, lines=True)
    assert [*frame.columns] == WHOLE.names
    assert frame["text"].tolist()[3] == "it's \"new\", isn't it"
    assert duckdb.sql(f"SELECT count(*) FROM read_json('{path}') WHERE mark IS NULL").fetchall() == [(4,)]


def test_pandas_and_duckdb_read_the_parquet(folders: dict[str, Path]) -> None:
    path = folders["parquet"] / "activity.parquet"
    assert pq.read_schema(path) == WHOLE
    assert str(pd.read_parquet(path)["time"].dt.tz) == "UTC"
    assert duckdb.sql(f"SELECT hour, count(*) FROM '{path}' GROUP BY 1 ORDER BY 1").fetchall() == [
        (0, 2), (10, 3), (11, 1),
    ]  # fmt: skip


def ask(path: Path, sql: str, *values: Any) -> list[Any]:
    connection = sqlite3.connect(path)
    try:
        return connection.execute(sql, values).fetchall()
    finally:
        connection.close()


def find_words(path: Path, words: str) -> list[int]:
    sql = "SELECT rowid FROM activity_fts WHERE activity_fts MATCH ? ORDER BY rowid"
    return [row for (row,) in ask(path, sql, words)]


def test_the_database_has_types_keys_views_and_an_index_of_words(folders: dict[str, Path]) -> None:
    path = folders["sqlite"] / "almanac.db"
    assert read_application_id(path) == 0x414C4D4B
    assert ask(path, "SELECT time, local, weekday, hour FROM activity WHERE id = 1") == [
        ("2021-03-08T23:21:37.123Z", "2021-03-09T00:21:37.123", 1, 0)
    ]
    assert find_words(path, "flights") == [1] and find_words(path, "wikipedia") == [6]
    joined = "SELECT a.text, l.name FROM location l JOIN activity a ON a.id = l.activity"
    assert ask(path, joined) == [("=cheap flights to mars", "At the red house")]
    assert ask(path, "SELECT d.text FROM detail d WHERE d.activity = 3") == [("From Google Ads",), ("Twice",)]
    assert ask(path, "SELECT name FROM weekday WHERE id = 0") == [("Monday",)]
    assert ask(path, "SELECT * FROM count_by_month") == [
        (2021, 3, "chrome", "visited", 1), (2021, 3, "search", "searched", 1),
        (2021, 7, "chrome", "visited", 1), (2021, 7, "search", "searched", 1),
    ]  # fmt: skip
    plan = ask(path, "EXPLAIN QUERY PLAN SELECT month, count(*) FROM activity GROUP BY month")
    assert "USING COVERING INDEX activity_month" in plan[0][3]
    assert ask(path, "PRAGMA foreign_key_check") == []


def write_texts(path: Path, texts: list[str]) -> Path:
    moment = datetime(2021, 1, 1)
    table = make_table([(moment, 0, text, None, None, None) for text in texts])
    write_database(path, [Outgoing("activity", SCHEMA, lambda: iter([table]))])
    return path


def test_a_full_disk_is_the_same_error_for_a_database_as_for_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(connection: sqlite3.Connection, *_: Any) -> int:
        connection.execute("PRAGMA max_page_count = 2")
        connection.execute("CREATE TABLE a AS SELECT randomblob(100000)")
        return 1

    monkeypatch.setattr("pipeline.export.sqlite_file._fill", fill)
    with pytest.raises(OSError, match="No space left on device"):
        write_texts(tmp_path / "a.db", ["rye flour"])


def test_accents_do_not_count_in_a_search(tmp_path: Path) -> None:
    path = write_texts(tmp_path / "a.db", ["crème brûlée", "creme", "naïve"])
    assert find_words(path, "creme") == [1, 2]
    assert WORDS in ask(path, "SELECT sql FROM sqlite_master WHERE name = 'activity_fts'")[0][0]


def test_where_a_tenth_of_the_texts_has_no_spaces_words_are_found_in_mid_text(tmp_path: Path) -> None:
    path = write_texts(tmp_path / "a.db", ["東京都の天気予報", *["rye flour"] * 9])
    assert find_words(path, "天気予報") == [1]
    assert RUNS in ask(path, "SELECT sql FROM sqlite_master WHERE name = 'activity_fts'")[0][0]
    fewer = write_texts(tmp_path / "b.db", ["東京都の天気予報", *["rye flour"] * 10])
    assert find_words(fewer, "天気予報") == []


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl", "sqlite"])
@pytest.mark.parametrize("choice", [Choice(), Choice(redact=True, coarse=True)], ids=["whole", "coarse"])
def test_the_same_tables_give_the_same_bytes(store: Store, tmp_path: Path, form: str, choice: Choice) -> None:
    for name in ("one", "two"):
        write_export(store, tmp_path / name, form, choice, PARIS)
    one, two = ({p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two


SECRETS = [
    b"flights", b"rye", b"secret", b"Ann", b"_ann", b"red house", b"diary-of-mars", b"example.org", b"Twice",
    b"lost", b"MyActivity", b"20211201", b"Paris", b"Chrome",
]  # fmt: skip


@pytest.mark.parametrize("form", ["csv", "parquet", "jsonl", "sqlite"])
@pytest.mark.parametrize("coarse", [False, True])
def test_no_word_of_the_owners_is_in_a_redacted_export(
    store: Store, tmp_path: Path, form: str, coarse: bool
) -> None:
    write_export(store, tmp_path / "shared", form, Choice(redact=True, coarse=coarse), PARIS)
    content = {path.name: path.read_bytes() for path in (tmp_path / "shared").iterdir()}
    found = {(name, word) for name, held in content.items() for word in SECRETS if word in held}
    assert found == set()
    if coarse:
        days = (b"2021-03", b"2021-07", b"23:21", b"time")
        rows = {name: held for name, held in content.items() if name.startswith(("activity", "almanac"))}
        assert {(name, day) for name, held in rows.items() for day in days if day in held} <= {
            ("activity.parquet", b"time")
        }
