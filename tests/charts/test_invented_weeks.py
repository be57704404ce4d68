"""Invented weeks beside real ones: a map each, on one scale, with their names and totals."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.invented_weeks import list_maps, picture_invented_weeks
from pipeline.charts.picture import make_alone
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.coverage import Coverage

DAYS = pd.Timestamp("2021-03-09").date(), pd.Timestamp("2025-11-19").date()
COVERAGE = Coverage(*DAYS, 1717, 1696, 63_420, DAYS[1], noun="search", nouns="searches", first_weekday=6)


def make_frame() -> pd.DataFrame:
    rng = np.random.default_rng(0)
    hours = np.arange(168)
    weeks = [
        pd.DataFrame(
            {"invented": kind, "place": place, "weekday": hours // 24, "hour": (hours + 4) % 24,
             "count": rng.poisson(2.0, 168)}, dtype=float,
        ).assign(week=pd.NaT if kind else pd.Timestamp("2023-03-06") + pd.Timedelta(weeks=place))
        for kind in (0, 1) for place in range(4)
    ]  # fmt: skip
    return pd.concat(weeks, ignore_index=True)


def test_each_week_is_a_map_from_four_in_the_morning_with_its_total() -> None:
    frame = make_frame()
    maps = list_maps(frame, "search", "searches")
    assert [one.title for one in maps] == [
        "6 Mar 2023", "13 Mar 2023", "20 Mar 2023", "27 Mar 2023", *["invented"] * 4
    ]  # fmt: skip
    assert [one.is_marked for one in maps] == [False] * 4 + [True] * 4
    first = frame.iloc[:168]
    np.testing.assert_array_equal(maps[0].values.ravel(), first["count"])
    assert maps[0].caption == f"{int(first['count'].sum())} searches"
    lone = frame.assign(count=0.0)
    lone.loc[0, "count"] = 1.0
    assert list_maps(lone, "search", "searches")[0].caption == "1 search"


def test_counts_are_drawn_from_zero_in_the_sequential_colours(sheet: Callable[..., Axes]) -> None:
    picture = picture_invented_weeks(make_frame(), COVERAGE)
    whole = sheet(744, picture.height(744, False))
    picture.draw(whole, theme=LIGHT, narrow=False)
    names = [text.get_text() for text in whole.texts]
    assert names.count("invented") == 4 and "none" in names and names[-1].endswith(" an hour or more")
    plots = whole.child_axes
    assert len(plots) == 8
    from matplotlib.colors import to_hex

    shown = {to_hex(colour).upper() for plot in plots for colour in plot.collections[0].get_facecolors()}
    assert {LIGHT.sequential[0], LIGHT.sequential[-1]} <= shown <= set(LIGHT.sequential)
    assert [text.get_text() for text in plots[0].texts][-3:] == ["Sun", "Wed", "Sat"]  # Sunday comes first


@pytest.mark.parametrize("narrow", [False, True])
def test_no_word_is_cut_or_covers_another(
    narrow: bool,
    find_clipped: Callable[..., list[str]],
    find_collisions: Callable[..., list[tuple[str, str]]],
) -> None:
    picture = picture_invented_weeks(make_frame(), COVERAGE)
    figure = make_alone(picture, "A headline", "a deck", COVERAGE, theme=DARK, narrow=narrow)
    assert find_clipped(figure) == [] and find_collisions(figure) == []
