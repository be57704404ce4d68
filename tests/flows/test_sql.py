"""The command sql: rows laid out for people, and whole for programs."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from flows.answering import lay_out, lay_out_cards, measure
from flows.commands import app
from flows.steps.ingest import ingest
from pipeline.settings import load_settings
from pipeline.tables.journal import prepare_out


def call(*words: str | Path, typed: str | None = None) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words], input=typed)


@pytest.fixture(scope="module")
def out(tiny_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of some weeks."""
    settings = load_settings(
        {"out": tmp_path_factory.mktemp("sql") / "out", "home_zone": "Asia/Tokyo"}, environment={}
    )
    prepare_out(settings.out)
    ingest([str(tiny_archive)], settings)
    return settings.out


@pytest.fixture(autouse=True)
def _terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "60")


def test_rows_stand_under_each_other_and_numbers_to_the_right(out: Path) -> None:
    query = "from (values ('a', 1, 2.5, null), ('bcd', 12345, 1e9, 'x')) t(name, n, share, note)"
    assert call("sql", query, "--out", out).stdout.splitlines() == [
        "name      n  share  note",
        "────────────────────────",
        "a         1    2.5  –",
        "bcd   12345  1e+09  x",
        "2 rows.",
    ]


def test_times_are_in_utc_and_local_on_the_home_clock_and_it_is_said(out: Path) -> None:
    query = "select timestamptz '2021-01-01 23:00:00+00' as time, local from activity limit 1"
    lines = call("sql", query, "--out", out).stdout.splitlines()
    assert lines[2].startswith("2021-01-01 23:00:00")
    assert lines[-1] == "1 row. Times are in UTC. local is the clock of Asia/Tokyo."
    [row] = json.loads(call("sql", query, "--out", out, "--json").stdout)
    assert row["time"] == "2021-01-01T23:00:00.000Z" and row["local"].endswith(".000")


def test_wide_columns_are_cut_to_the_terminal_and_whole_in_json(out: Path) -> None:
    query = "select repeat('wide ', 30) as a, repeat('日本', 40) as b, 7 as n"
    lines = call("sql", query, "--out", out).stdout.splitlines()
    assert {measure(line) for line in lines[1:3]} == {60}
    assert lines[2].count("…") == 2 and lines[2].endswith("  7")
    [row] = json.loads(call("sql", query, "--out", out, "--json").stdout)
    assert row == {"a": "wide " * 30, "b": "日本" * 40, "n": 7}


def test_more_columns_than_the_terminal_is_wide_are_cards(out: Path) -> None:
    lines = call("sql", "from activity limit 2", "--out", out).stdout.splitlines()
    assert lines[0].startswith("time            2025-")
    assert lines[16] == "" and len(lines) == 34


def test_of_many_rows_the_first_are_printed_and_all_in_json_and_csv(out: Path) -> None:
    query = "select i from range(1000) t(i)"
    lines = call("sql", query, "--out", out).stdout.splitlines()
    assert len(lines) == 43
    assert lines[-1] == "The first 40 rows; there are more: --json and --csv print all."
    cards = call("sql", "from activity", "--out", out).stdout.splitlines()
    assert cards[-1].startswith("The first 10 rows; there are more: --json and --csv print all. ")
    assert json.loads(call("sql", query, "--out", out, "--json").stdout) == [{"i": i} for i in range(1000)]
    assert call("sql", query, "--out", out, "--csv").stdout_bytes.count(b"\r\n") == 1001


def test_no_row_is_a_header_an_empty_array_or_one_line(out: Path) -> None:
    query = "select 1 as a where false"
    assert call("sql", query, "--out", out).stdout == "a\n─\n0 rows.\n"
    assert json.loads(call("sql", query, "--out", out, "--json").stdout) == []
    assert call("sql", query, "--out", out, "--csv").stdout_bytes == b"a\r\n"


def test_every_kind_of_value_has_a_form_in_json_and_csv(out: Path) -> None:
    query = (
        "select [1, null] as l, {'k': date '2021-01-02'} as s, sum(i) as t, 1.50::decimal(4,2) as d, "
        "true as b, 'nan'::float as f, 'x'::blob as o, interval 1 month as v, null as n, '=1' as e "
        "from range(3) r(i)"
    )
    [row] = json.loads(call("sql", query, "--out", out, "--json").stdout)
    assert row == {
        "l": [1, None], "s": {"k": "2021-01-02"}, "t": 3, "d": 1.5, "b": True, "f": None, "o": "x",
        "v": [1, 0, 0], "n": None, "e": "=1",
    }  # fmt: skip
    content = call("sql", query, "--out", out, "--csv").stdout_bytes.decode()
    [names, cells] = csv.reader(io.StringIO(content, newline=""))
    assert names == [*row]
    assert cells == [
        "[1, null]",
        '{"k": "2021-01-02"}',
        "3",
        "1.50",
        "true",
        "nan",
        "x",
        "[1, 0, 0]",
        "",
        "'=1",
    ]


def test_a_csv_has_a_header_of_as_many_cells_as_its_rows_and_no_formula_in_it(out: Path) -> None:
    query = """select coalesce('a', 'b'), 1 as "=1+1", timestamptz '2021-01-01 00:00:00.123456+00' as t"""
    content = call("sql", query, "--out", out, "--csv").stdout_bytes.decode()
    assert content == (""""COALESCE('a', 'b')","'=1+1",t\r\n"a",1,2021-01-01T00:00:00.123Z\r\n""")


def test_what_could_steer_the_terminal_is_not_printed(out: Path) -> None:
    result = call("sql", "select chr(27) || '[2Jx' || chr(10) || 'y' || chr(8238) as a", "--out", out)
    assert result.stdout.splitlines()[2] == " [2Jx y"


@pytest.mark.parametrize("width", ["60", "10"])
def test_a_name_that_could_steer_the_terminal_is_not_printed(
    out: Path, monkeypatch: pytest.MonkeyPatch, width: str
) -> None:
    monkeypatch.setenv("COLUMNS", width)
    result = call("sql", 'select 1 as "\x1b[2Jx\u202e", 2 as b', "--out", out)
    assert "[2Jx" in result.stdout
    assert [c for c in result.stdout if not c.isprintable() and c != "\n"] == []


def test_columns_of_one_name_are_all_in_the_json(out: Path) -> None:
    query = "select 1 as a, 2 as a, 3 as a_1, 4 as a"
    [row] = json.loads(call("sql", query, "--out", out, "--json").stdout)
    assert row == {"a": 1, "a_2": 2, "a_1": 3, "a_3": 4}


def test_the_query_comes_from_a_file_or_from_standard_input_too(out: Path, tmp_path: Path) -> None:
    (tmp_path / "q.sql").write_text("select 'é' as a\n", "utf-8")
    expected = "a\n─\né\n1 row.\n"
    assert call("sql", tmp_path / "q.sql", "--out", out).stdout == expected
    assert call("sql", "-", "--out", out, typed="select 'é' as a;\n").stdout == expected


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["select 1", "--json", "--csv"], "Both --csv and --json were given (sql). Give one "),
        (["none.sql"], "This file cannot be read (none.sql). Name a text file that holds a select."),
        (["drop table activity"], "This statement does not only read (sql). Give a select; "),
    ],
)
def test_what_cannot_be_done_is_one_line_and_status_2(out: Path, words: list[str], says: str) -> None:
    result = call("sql", *words, "--out", out)
    assert result.stderr.startswith(f"almanac sql: {says}") and result.stderr.count("\n") == 1
    assert (result.exit_code, result.stdout) == (2, "")


@pytest.mark.parametrize("form", [[], ["--json"], ["--csv"]])
def test_an_error_in_mid_reading_is_one_line_that_quotes_nobody(out: Path, form: list[str]) -> None:
    query = "select case when i > 5000 then ('secret words' || i)::int else i end as a from range(9000) t(i)"
    result = call("sql", query, "--out", out, *form)
    assert "secret" not in result.output
    if form or result.exit_code:  # for a terminal it need not read as far
        assert result.stderr.startswith("almanac sql: The query failed on a value (Conversion) (sql). ")
        assert result.exit_code == 2


def test_only_v_shows_the_words_of_such_an_error(out: Path) -> None:
    result = call("sql", "select ('secret words' || product)::int from activity", "--out", out, "-v")
    assert "secret words" in result.stderr and result.exit_code == 2


def test_without_tables_it_says_what_to_run(tmp_path: Path) -> None:
    result = call("sql", "select 1", "--out", tmp_path / "none")
    assert result.stderr == (
        f"almanac sql: There are no tables here yet ({tmp_path / 'none'}). Run almanac ingest PATH first.\n"
    )


def test_the_widest_columns_give_way_first() -> None:
    lines = [*lay_out(["x", "y", "z"], [["a" * 30, "b" * 9, "c"]], [False, False, True], 30)]
    assert lines == [
        "x                 y          z",
        "─" * 30,
        "a" * 15 + "…  " + "b" * 9 + "  c",
    ]


def test_a_card_is_cut_at_the_end_of_the_line() -> None:
    assert [*lay_out_cards(["name", "n"], [["x" * 50, "1"], ["y", "2"]], 20)] == [
        "name  " + "x" * 13 + "…", "n     1", "", "name  y", "n     2",
    ]  # fmt: skip
