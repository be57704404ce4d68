from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from markupsafe import Markup

from pipeline.report.inline_svg import inline_svg
from pipeline.report.week_cells import add_cells


def _frame() -> pd.DataFrame:
    hours = pd.DataFrame({"weekday": np.repeat(range(7), 24), "hour": np.tile(range(24), 7)})
    hours["searches"] = 24 * hours["weekday"] + hours["hour"]
    return hours.assign(covered_weeks=100, per_week=hours["searches"] / 100)


def _list_said(picture: Markup) -> list[str]:
    return re.findall(r'data-says="([^"]*)"', picture)


@pytest.mark.parametrize("n_columns", [24, 7])
def test_each_cell_says_its_own_hour_whichever_way_the_week_is_drawn(
    draw_week: Callable[[int], str], n_columns: int
) -> None:
    picture = inline_svg(draw_week(n_columns), prefix="w-", colours={})
    said = _list_said(add_cells(picture, _frame(), "search", "searches", 0))
    assert len(said) == 168
    assert said[0] == "0.04 searches, Mondays 04:00 – 05:00\n4 in 100 Mondays"
    last_of_monday = said[23] if n_columns == 24 else said[7 * 23]
    assert last_of_monday == "0.3 searches, Tuesdays 03:00 – 04:00\n27 in 100 Tuesdays"


def test_the_first_weekday_is_the_settings(draw_week: Callable[[int], str]) -> None:
    picture = inline_svg(draw_week(24), prefix="w-", colours={})
    said = _list_said(add_cells(picture, _frame(), "search", "searches", 6))
    assert said[0].startswith("1.5 searches, Sundays 04:00")
    assert said[24].startswith("0.04 searches, Mondays 04:00")
    assert said[20].startswith("0 searches, Mondays 00:00")


def test_an_hour_without_a_covered_week_says_so(draw_week: Callable[[int], str]) -> None:
    picture = inline_svg(draw_week(24), prefix="w-", colours={})
    frame = _frame().assign(covered_weeks=0, per_week=np.nan)
    assert _list_said(add_cells(picture, frame, "search", "searches", 0))[0] == (
        "Not in the archive: Mondays 04:00 – 05:00"
    )


def test_a_drawing_without_a_weeks_boxes_is_left_alone(draw_svg: Callable[..., str]) -> None:
    picture = inline_svg(draw_svg(), prefix="w-", colours={})
    assert add_cells(picture, _frame(), "search", "searches", 0) == picture


def test_a_table_of_another_kind_leaves_the_picture_alone(draw_week: Callable[[int], str]) -> None:
    picture = inline_svg(draw_week(24), prefix="w-", colours={})
    assert add_cells(picture, _frame()[["hour", "searches"]], "search", "searches", 0) == picture
