from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_hex
from matplotlib.patches import FancyArrowPatch, Rectangle

from pipeline.charts.tokens import LIGHT
from pipeline.charts.weekdays import draw_weekdays, list_runs
from pipeline.charts.year_weekday import draw_year_weekday, find_year_weekday_height

RATES = [40.0, 41.3, 41.5, 40.9, 39.9, 28.8, 29.4]
FRAME = pd.DataFrame({"weekday": range(7), "per_day": RATES, "weekend": [False] * 5 + [True] * 2})
CLAIM: dict[str, Any] = {"mark": (5, 6), "ratio": (0.71, 0.67, 0.76)}


def _bars(plot: Axes) -> list[Rectangle]:
    return [p for p in plot.patches if isinstance(p, Rectangle) and p.get_width() == pytest.approx(0.66)]


def test_two_red_bars_fall_short(sheet: Callable[..., Axes]) -> None:
    bars = _bars(draw_weekdays(sheet(), FRAME, **CLAIM))
    assert [bar.get_height() for bar in bars] == RATES
    assert [to_hex(bar.get_facecolor()).upper() for bar in bars] == [LIGHT.data] * 5 + [LIGHT.mark] * 2


def test_the_ratio_its_interval_and_the_mean_stand_beside(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = draw_weekdays(sheet(), FRAME, **CLAIM)
    assert list(texts(plot))[-3:] == ["workday mean", "−29\u00a0%", "24 to 33\u00a0%"]
    dashed = [line for line in plot.lines if line.get_label() == "workday mean"]
    assert [round(float(line.get_ydata()[0]), 2) for line in dashed] == [40.72]
    (arrow,) = [patch for patch in plot.patches if isinstance(patch, FancyArrowPatch)]
    assert arrow.get_path().vertices[0][1] > arrow.get_path().vertices[-1][1]


def test_without_a_claim_nothing_is_red(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    plot = draw_weekdays(sheet(), FRAME)
    assert {to_hex(bar.get_facecolor()).upper() for bar in _bars(plot)} == {LIGHT.data}
    assert "workday mean" not in texts(plot)


def test_a_fuller_weekend_has_a_plus_and_an_arrow_upward(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = FRAME.assign(per_day=[10.0] * 5 + [14.0] * 2)
    plot = draw_weekdays(sheet(), frame, mark=(5, 6), ratio=(1.4, 1.2, 1.6))
    assert {"+40\u00a0%", "20 to 60\u00a0%"} <= set(texts(plot))


def test_values_stand_in_their_bars_or_above_a_low_one(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    said = texts(draw_weekdays(sheet(), FRAME.assign(per_day=[40.0] * 6 + [0.3])))
    assert (said["40.0"].get_color(), said["0.3"].get_color()) == (LIGHT.bg, LIGHT.ink)


def test_a_weekday_that_is_never_covered_has_no_value(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    said = texts(draw_weekdays(sheet(), FRAME.assign(per_day=[np.nan, *RATES[1:]])))
    assert "nan" not in said
    assert "Monday" in said


def test_days_off_are_found_in_runs() -> None:
    assert list_runs([True, False, True, True]) == [(0, 0), (2, 3)]
    assert list_runs([False]) == []


@pytest.mark.parametrize("order", [range(7), [6, 0, 1, 2, 3, 4, 5], [5, 6, 0, 1, 2, 3, 4]])
@pytest.mark.parametrize(("width", "narrow"), [(664, False), (744, False), (328, True)])
def test_any_first_weekday_has_room(
    order: Any, width: int, narrow: bool, sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    ax = sheet(width, 276)
    draw_weekdays(ax, FRAME.iloc[list(order)], narrow=narrow, **CLAIM)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


YEARS = pd.DataFrame(
    [(year, day, 21.0 + 5 * (year - 2021) + day) for year in range(2021, 2024) for day in range(7)],
    columns=["year", "weekday", "per_day"],
)
YEARS.loc[0, "per_day"] = np.nan
RATIOS = pd.DataFrame(
    {
        "year": [2021, 2022, 2023],
        "ratio": [0.76, np.nan, 0.62],
        "low": [0.65, np.nan, 0.55],
        "high": [0.89, np.nan, 0.69],
        "partial": [True, False, False],
    }
)


def test_cells_carry_their_rates_and_an_uncovered_one_its_stroke(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    cells = draw_year_weekday(sheet(744, 200), YEARS, ratios=RATIOS)
    numbers = [
        text.get_text() for text in cells.texts if text.get_text().isdigit() and len(text.get_text()) < 4
    ]
    assert numbers == [str(n) for year in range(3) for n in range(21 + 5 * year, 28 + 5 * year)][1:]
    (mesh,) = [c for c in cells.collections if isinstance(c, PolyCollection)]
    assert len(mesh.get_paths()) == 20
    (outline,) = cells.patches
    assert to_hex(outline.get_edgecolor()).upper() == LIGHT.hatch
    assert "2021*" in texts(cells)


def test_numbers_are_ink_on_pale_cells_and_paper_on_dark_ones(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    said = texts(draw_year_weekday(sheet(744, 200), YEARS, ratios=RATIOS))
    assert (said["22"].get_color(), said["37"].get_color()) == (LIGHT.ink, LIGHT.bg)


def test_a_ratio_is_a_dot_with_its_interval_and_the_marked_year_is_red(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    ax = sheet(744, 200)
    draw_year_weekday(ax, YEARS, ratios=RATIOS, mark=(2023,))
    plot = ax.child_axes[1]
    spans = {line.get_label(): list(line.get_xdata()) for line in plot.lines if line.get_label().isdigit()}
    dots = [(line.get_xdata()[0], line.get_color()) for line in plot.lines if line.get_label() == "ratio"]
    assert spans == {"2021": [0.65, 0.89], "2023": [0.55, 0.69]}
    assert dots == [(0.76, LIGHT.data), (0.62, LIGHT.mark)]
    assert list(texts(plot)) == ["60\u00a0%", "80\u00a0%", "equal", "76\u00a0%", "62\u00a0%"]


def test_without_any_ratio_the_cells_stand_alone(sheet: Callable[..., Axes]) -> None:
    ax = sheet(744, 200)
    draw_year_weekday(ax, YEARS, ratios=RATIOS.assign(ratio=np.nan))
    assert len(ax.child_axes) == 1


@pytest.mark.parametrize(("n_years", "ratio"), [(1, 0.02), (7, 0.76), (1, 1.0), (8, 3.1), (15, 0.9)])
@pytest.mark.parametrize(("width", "narrow"), [(664, False), (328, True)])
def test_any_number_of_years_and_any_ratio_has_room(
    n_years: int,
    ratio: float,
    width: int,
    narrow: bool,
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
) -> None:
    years = range(2010, 2010 + n_years)
    frame = pd.DataFrame(
        [(y, d, 1000.0 * (1 + d)) for y in years for d in range(7)], columns=["year", "weekday", "per_day"]
    )
    ratios = pd.DataFrame(
        {"year": years, "ratio": ratio, "low": ratio * 0.8, "high": ratio * 1.25, "partial": True}
    )
    ax = sheet(width, find_year_weekday_height(frame, ratios, narrow))
    draw_year_weekday(ax, frame, ratios=ratios, narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


@pytest.mark.parametrize("high", [0.6, 0.8, 0.9, 0.99, 1.0, 1.3])
def test_no_share_is_written_on_the_line_at_equal(
    high: float, sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    year = YEARS[YEARS["year"] == 2022]
    ratios = RATIOS[RATIOS["year"] == 2022].assign(ratio=high - 0.3, low=high - 0.5, high=high)
    ax = sheet(744, 120)
    draw_year_weekday(ax, year, ratios=ratios)
    plot = ax.child_axes[-1]
    label = [text for text in plot.texts if text.get_fontweight() not in ("normal", "regular", 400)][-1]
    ax.figure.canvas.draw()
    box, line = label.get_window_extent(), plot.transData.transform((1.0, 0.0))[0]
    assert not box.x0 <= line <= box.x1
    assert box.x1 <= ax.get_window_extent().x1


def test_where_one_share_stands_beyond_the_line_all_of_its_side_do(sheet: Callable[..., Axes]) -> None:
    years = range(2019, 2023)
    frame = pd.DataFrame(
        [(y, d, 1000.0 * (1 + d)) for y in years for d in range(7)], columns=["year", "weekday", "per_day"]
    )
    highs = np.array([0.55, 0.97, 0.7, 1.3])
    ratios = pd.DataFrame(
        {"year": years, "ratio": highs - 0.1, "low": highs - 0.2, "high": highs, "partial": True}
    )
    ax = sheet(744, 220)
    draw_year_weekday(ax, frame, ratios=ratios)
    labels = [
        text for text in ax.child_axes[-1].texts if text.get_fontweight() not in ("normal", "regular", 400)
    ]
    starts = [round(text.xy[0], 2) for text in labels]
    assert starts == [1.0, 1.0, 1.0, 1.3]
