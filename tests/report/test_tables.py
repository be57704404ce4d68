from __future__ import annotations

import math

import pandas as pd
import pytest

from pipeline.report import columns
from pipeline.report.columns import name_column, say_value
from pipeline.report.tables import MOST_ROWS, Cell, Table, lay_out_table, lay_out_weeks, turn_week


def test_a_frame_becomes_rows_of_text() -> None:
    frame = pd.DataFrame(
        {
            "year": [2021, 2022],
            "first": pd.to_datetime(["2021-03-09", "2022-01-01"]),
            "searches": [8068, 14060],
            "per_day": [27.25, math.nan],
            "partial": [True, False],
        }
    )
    assert lay_out_table(frame) == Table(
        (
            Cell("Year"),
            Cell("First day"),
            Cell("Searches", True),
            Cell("A covered day", True),
            Cell("Only part of it"),
        ),
        (
            (
                Cell("2021"),
                Cell("9 Mar 2021", key="1615248000"),
                Cell("8,068", True, key="8068"),
                Cell("27", True, key="27.25"),
                Cell("yes", key="1"),
            ),
            (
                Cell("2022"),
                Cell("1 Jan 2022", key="1640995200"),
                Cell("14,060", True, key="14060"),
                Cell("–", True, key=""),
                Cell("no", key="0"),
            ),
        ),
    )


def test_the_owners_words_are_marked_as_such() -> None:
    table = lay_out_table(pd.DataFrame({"word": ["<b>"], "count": [3]}))
    assert table.rows == ((Cell("<b>", owner=True), Cell("3", True)),)


def test_a_long_table_says_what_it_leaves_out() -> None:
    table = lay_out_table(pd.DataFrame({"count": range(MOST_ROWS + 1200)}))
    assert (len(table.rows), table.rest) == (MOST_ROWS, "And 1,200 more rows, in the CSV.")


def test_a_week_gets_a_row_an_hour_and_a_column_a_weekday() -> None:
    frame = pd.DataFrame({"weekday": [0, 1, 0, 1], "hour": [3, 3, 4, 4], "per_week": [1.0, 2.0, 3.0, 4.0]})
    assert turn_week(frame).to_dict("list") == {"hour": [3, 4], "Monday": [1.0, 3.0], "Tuesday": [2.0, 4.0]}


def test_weeks_that_lie_in_one_frame_get_a_table_each_for_each_value_in_the_order_of_their_hours() -> None:
    frame = pd.DataFrame(
        {
            "number": [0.0] * 4 + [1.0] * 2,
            "week": pd.to_datetime(["2021-03-08"] * 4 + [None] * 2),
            "weekday": [0.0, 0.0, 1.0, 1.0, 0.0, 0.0],
            "hour": [4.0, 3.0, 4.0, 3.0, 4.0, 3.0],
            "came": [1.0, 2.0, 3.0, -0.004, 5.0, 6.0],
            "drawn": [0.0] * 6,
        }
    )
    tables = lay_out_weeks(frame, "denoised_weeks")
    assert [table.caption for table in tables] == [
        "Most usual, 8 Mar 2021, as it came", "Most usual, 8 Mar 2021, as it is drawn",
        "Far from it, as it came", "Far from it, as it is drawn",
    ]  # fmt: skip
    said = [[[cell.text for cell in row] for row in (table.headings, *table.rows)] for table in tables[::2]]
    assert said == [
        [["Hour", "Monday", "Tuesday"], ["04:00", "1.0", "3.0"], ["03:00", "2.0", "0"]],
        [["Hour", "Monday"], ["04:00", "5.0"], ["03:00", "6.0"]],
    ]
    assert not any(table.sortable for table in tables)
    (plain,) = lay_out_weeks(frame.drop(columns="drawn").iloc[:4], "denoised_weeks")
    assert plain.caption == "Most usual, 8 Mar 2021"


def test_values_are_written_as_the_page_writes_them() -> None:
    said = [
        say_value(8, "month"),
        say_value(6, "weekday"),
        say_value(0, "hour"),
        say_value(0.0754, "share"),
        say_value(-0.5, "change"),
        say_value(32.0, "per_day"),
        say_value(32, "searches"),
        say_value(None, "first"),
        say_value(pd.NaT, "first"),
    ]
    assert said == ["August", "Sunday", "00:00", "7.5\u00a0%", "−0.5", "32", "32", "–", "–"]


def test_what_a_model_believes_is_written_with_what_its_picture_shows() -> None:
    cases = {"loss": 1.0, "penalty": 0.0, "off": 14.12, "weights": 0.949, "zeros": 1.0, "chosen": 1.0}
    assert [say_value(value, column, "usual_cases") for column, value in cases.items()] == [
        "L1", "none", "14.1", "0.95", "1", "yes",
    ]  # fmt: skip
    assert [say_value(value, "off", "usual_cases") for value in (0.5, 1234.5)] == ["0.50", "1,234"]
    assert say_value(pd.Timestamp("2025-01-29"), "week", "learned_year") == "29 Jan 2025"
    assert say_value(-0.004, "Monday", "weekday_weights") == "0"
    assert [say_value(value, "surprise", "week_surprise") for value in (-0.004, -0.014)] == ["0", "−0.01"]
    assert say_value(-0.004, "change", "trend_ways") == "0.00"
    assert name_column("near", "trend_ways") == "Stays near from here"


def test_the_ends_of_an_interval_are_named_as_such() -> None:
    assert [name_column(end) for end in ("low", "high")] == ["95\u00a0% from", "95\u00a0% to"]


def test_an_unknown_column_is_named_after_itself() -> None:
    assert name_column("silent_nights") == "Silent nights"


def test_a_table_may_call_and_write_a_column_in_its_own_way(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(columns.HEADINGS, "one", {"low": "From"})
    monkeypatch.setitem(columns.HEADINGS, "one--more", {"high": "To"})
    monkeypatch.setitem(columns.FORMATS, "one--more", {"low": lambda value: f"{value} h"})
    places = ("", "one", "one--more", "one--other", "two")
    plain = "95\u00a0% from"
    assert [columns.name_column("low", place) for place in places] == [plain, "From", "From", "From", plain]
    assert [columns.name_column("high", place) for place in places[1:3]] == ["95\u00a0% to", "To"]
    assert [say_value(0.5, "low", place) for place in places[1:3]] == ["50.0\u00a0%", "0.5 h"]


def test_columns_are_written_in_their_units() -> None:
    assert [
        say_value(23.5 - 15, "start", "quiet--habit"),
        say_value(-1.5, "hours", "quiet--changes"),
        say_value(7.0, "hours", "gaps"),
        say_value(1e-15, "chance", "gaps"),
        say_value(540.0, "seconds", "sessions--limit"),
        say_value(0.5, "low", "changes--changes"),
        say_value(34.4, "low", "changes"),
        say_value(-0.0001, "weight", "eigenweeks"),
        say_value(0.0712, "weight", "eigenweeks"),
        say_value(28.5, "value", "records"),
        say_value("clock", "unit", "records"),
        say_value(12345.0, "value", "records"),
        say_value(pd.Timestamp("2025-01-01 08:05"), "local", "firsts"),
        say_value(18.75, "mean_hour", "clock"),
    ] == [
        "23:30", "−1.5", "+7\u00a0h", "under 1 in 1,000", "540", "50.0\u00a0%", "34", "0", "0.071", "28.5",
        "hours after midnight", "12,345", "1 Jan 2025, 08:05", "18:45",
    ]  # fmt: skip
