from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.days import draw_days
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.charts.years import draw_years, find_years_height, name_days

FRAME = pd.DataFrame(
    {
        "year": [2023, 2024, 2025],
        "searches": [300, 1200, 1000],
        "covered_days": [60, 366, 300],
        "per_day": [5.0, 3.28, float("nan")],
        "partial": [True, False, True],
        "first": pd.to_datetime(["2023-11-02", "2024-01-01", "2025-01-01"]),
        "last": pd.to_datetime(["2023-12-31", "2024-12-31", "2025-10-27"]),
    }
)


def _many(n_years: int) -> pd.DataFrame:
    frame = pd.concat([FRAME.iloc[[1]]] * n_years, ignore_index=True)
    return frame.assign(year=range(2010, 2010 + n_years), searches=range(10_000, 10_000 + n_years))


def test_a_bar_is_as_high_as_its_count_and_a_partial_year_is_hatched(sheet: Callable[..., Axes]) -> None:
    plot = draw_years(sheet(), FRAME)
    assert [(bar.get_height(), bar.get_hatch()) for bar in plot.patches] == [
        (300, "/////"),
        (1200, None),
        (1000, "/////"),
    ]
    assert plot.get_ylim() == (0, 1440)


def test_the_hatch_has_the_colour_of_the_data(sheet: Callable[..., Axes]) -> None:
    bar = draw_years(sheet(), FRAME, theme=DARK).patches[0]
    assert to_hex(bar.get_edgecolor()).upper() == DARK.data
    assert bar.get_hatch_linewidth() < 1


def test_under_each_bar_stand_its_year_its_days_and_its_rate(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    said = list(texts(draw_years(sheet(), FRAME)))
    assert said == [
        "300", "2023", "from 2 Nov", "5.0 a day",
        "1,200", "2024", "366 days", "3.3 a day",
        "1,000", "2025", "to 27 Oct",
    ]  # fmt: skip


def test_only_the_marked_years_rate_is_red(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    said = texts(draw_years(sheet(), FRAME, mark=(2024,)))
    assert [text for text, artist in said.items() if artist.get_color() == LIGHT.mark] == ["3.3 a day"]


def test_fifteen_years_lie_down_as_rows(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    frame = _many(15)
    plot = draw_years(sheet(664, find_years_height(frame, 664)), frame, mark=(2011,))
    assert [bar.get_width() for bar in plot.patches] == list(range(10_000, 10_015))
    assert {"2010", "2024", "10,014"} <= set(texts(plot))


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
@pytest.mark.parametrize("n_years", [1, 5, 6, 10, 11, 15])
def test_any_number_of_years_has_room(
    n_years: int,
    width: int,
    narrow: bool,
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
) -> None:
    frame = _many(n_years).assign(partial=True)
    ax = sheet(width, find_years_height(frame, width))
    draw_years(ax, frame, narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_the_days_of_a_year_are_named_by_what_is_missing() -> None:
    rows = FRAME.assign(partial=True).iloc[[1, 1, 1]].reset_index(drop=True)
    rows["first"] = pd.to_datetime(["2024-03-05", "2024-03-05", "2024-01-01"])
    rows["last"] = pd.to_datetime(["2024-06-01", "2024-03-05", "2024-12-31"])
    assert [name_days(row) for row in rows.itertuples()] == ["5 Mar – 1 Jun", "only 5 Mar", "366 days"]


def test_a_short_archive_is_drawn_day_by_day(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    days = pd.date_range("2025-10-30", periods=19, freq="D")
    counts = [8, 14, 12, 7, 9, 12, 10, 10, 10, 9, 11, 6, 8, 12, 11, 15, 16, 15, 13]
    plot = draw_days(sheet(), pd.DataFrame({"date": days, "searches": counts}))
    assert [bar.get_height() for bar in plot.patches] == counts
    assert list(texts(plot)) == ["16", "13", "8", "30 Oct", "1 Nov", "5", "10", "15", "17"]


def test_every_bar_of_up_to_twelve_days_carries_its_count(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    counts = [5, 0, 2, 7, 4, 0, 6, 0, 3]
    days = pd.date_range("2025-11-01", periods=9)
    plot = draw_days(sheet(), pd.DataFrame({"date": days, "searches": counts}))
    assert sorted(texts(plot))[1:-1] == ["2", "3", "4", "5", "6", "7"]


def test_free_days_are_tinted_behind_their_bars(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    days = pd.date_range("2025-03-01", periods=4)
    frame = pd.DataFrame({"date": days, "searches": [3, 9, 4, 1], "free": [False, True, False, True]})
    ax = sheet()
    plot = draw_days(ax, frame)
    tints = [patch for patch in plot.patches if to_hex(patch.get_facecolor()).upper() == LIGHT.quiet]
    assert [patch.get_x() for patch in tints] == [0.5, 2.5]
    assert "free days" in texts(ax)
    bare = sheet()
    assert len(draw_days(bare, frame.assign(free=False)).patches) == 4
    assert "free days" not in texts(bare)
