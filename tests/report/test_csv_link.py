from __future__ import annotations

import csv
import math
from io import StringIO
from urllib.parse import unquote

import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from pipeline.report.csv_link import FORMULA_STARTS, link_csv, write_csv


def test_text_that_begins_like_a_formula_is_defused_and_numbers_stay_numbers() -> None:
    frame = pd.DataFrame({"word": ["=1+1", "+1", "-1", "@a", "a=1"], "count": [-1, 2, 3, 4, 5]})
    assert write_csv(frame) == "word,count\r\n'=1+1,-1\r\n'+1,2\r\n'-1,3\r\n'@a,4\r\na=1,5\r\n"


def test_days_are_dates_and_missing_values_are_empty() -> None:
    frame = pd.DataFrame({"first": pd.to_datetime(["2021-03-09", None]), "per_day": [math.nan, 1.5]})
    assert write_csv(frame) == "first,per_day\r\n2021-03-09,\r\n,1.5\r\n"


def test_a_clock_time_keeps_its_clock() -> None:
    assert (
        write_csv(pd.DataFrame({"at": pd.to_datetime(["2021-03-09 21:05"])}))
        == "at\r\n2021-03-09 21:05:00\r\n"
    )


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), min_size=1), max_size=5))
def test_no_cell_of_text_begins_like_a_formula_and_none_is_lost(words: list[str]) -> None:
    rows = list(csv.reader(StringIO(write_csv(pd.DataFrame({"word": words})), newline="")))[1:]
    assert not [row for row in rows if row[0].startswith(FORMULA_STARTS)]
    assert [row[0].removeprefix("'") for row in rows] == [word.removeprefix("'") for word in words]


def test_the_link_holds_the_whole_file_with_a_byte_order_mark() -> None:
    link = link_csv(pd.DataFrame({"word": ['a "b" é,#%']}))
    kind, _, content = link.partition(",")
    assert kind == "data:text/csv;charset=utf-8"
    assert unquote(content) == '\ufeffword\r\n"a ""b"" é,#%"\r\n'
    assert link.isascii()
