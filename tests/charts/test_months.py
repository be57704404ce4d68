from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.months import draw_months, find_months_height
from pipeline.charts.tokens import LIGHT

NAN = float("nan")
RATES = {
    2024: [10, 12, 20, 14, 12, 11, 10, 4, 12, 13, 12, 11],
    2025: [12, NAN, 18, NAN, 30, 12, 8, 6, NAN, NAN, NAN, NAN],
}
FRAME = pd.DataFrame(
    [(year, month, rate) for year, rates in RATES.items() for month, rate in enumerate(rates, 1)],
    columns=["year", "month", "per_day"],
)


def _panels(ax: Axes) -> list[Axes]:
    return list(ax.child_axes)


def _dots(panel: Axes) -> list[tuple[float, float, str]]:
    return [
        (float(line.get_xdata()[0]), float(line.get_ydata()[0]), line.get_color())
        for line in panel.lines
        if line.get_label() == "dot"
    ]


def test_each_year_is_a_panel_on_one_scale(sheet: Callable[..., Axes]) -> None:
    panels = _panels(draw_months(sheet(), FRAME))
    assert [panel.get_label() for panel in panels] == ["2024", "2025"]
    assert {panel.get_ylim() for panel in panels} == {(0.0, 36.0)}


def test_the_line_has_the_rates_and_its_gaps(sheet: Callable[..., Axes]) -> None:
    panels = _panels(draw_months(sheet(), FRAME))
    drawn = [next(line for line in panel.lines if line.get_label() == "year").get_ydata() for panel in panels]
    np.testing.assert_array_equal(drawn, list(RATES.values()))


def test_a_month_between_two_gaps_is_still_seen(sheet: Callable[..., Axes]) -> None:
    panel = _panels(draw_months(sheet(), FRAME))[1]
    alone = next(line for line in panel.lines if line.get_label() == "alone")
    assert (list(alone.get_xdata()), list(alone.get_ydata())) == ([1, 3], [12, 18])


def test_grey_is_the_mean_of_the_years_that_have_the_month(sheet: Callable[..., Axes]) -> None:
    panel = _panels(draw_months(sheet(), FRAME))[0]
    grey = next(line for line in panel.lines if line.get_label() == "mean")
    assert (list(grey.get_ydata()[:3]), grey.get_color()) == ([11, 12, 19], LIGHT.faint)


def test_a_single_year_has_no_grey_line(sheet: Callable[..., Axes]) -> None:
    panel = _panels(draw_months(sheet(), FRAME[FRAME["year"] == 2024]))[0]
    assert "mean" not in [line.get_label() for line in panel.lines]


def test_the_common_dip_is_red_in_every_year(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    ax = draw_months(sheet(), FRAME, mark=(8,))
    assert [_dots(panel) for panel in _panels(ax)] == [
        [(8, 4, LIGHT.mark), (3, 20, LIGHT.data)],
        [(8, 6, LIGHT.mark), (5, 30, LIGHT.data)],
    ]
    assert "August in red; each year’s highest month in blue." in texts(ax)


def test_one_marked_month_of_one_year_is_red_there_only(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    ax = draw_months(sheet(), FRAME, mark=(2025, 5))
    assert [_dots(panel) for panel in _panels(ax)] == [[(3, 20, LIGHT.data)], [(5, 30, LIGHT.mark)]]
    assert "May 2025 in red; each year’s highest month in blue." in texts(ax)


def test_values_over_the_line_have_a_halo(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    panel = _panels(draw_months(sheet(), FRAME, mark=(8,)))[0]
    assert [bool(texts(panel)[label].get_path_effects()) for label in ("4.0", "20")] == [True, True]


def test_a_value_stands_below_its_dip_or_above_where_the_axis_is_near(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = FRAME.assign(per_day=FRAME["per_day"].where(FRAME["month"] != 7, 0.1))
    for month, value, below in ((8, "4.0", True), (7, "0.1", False)):
        panel = _panels(draw_months(sheet(), frame, mark=(month,)))[0]
        assert (texts(panel)[value].xyann[1] < 0) is below


def test_fifteen_years_stand_five_a_row(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    frame = pd.concat([FRAME.assign(year=FRAME["year"] - 2 * k) for k in range(8)]).sort_values(
        ["year", "month"]
    )
    frame = frame[frame["year"] > 2010]
    for width, narrow, a_row in ((744, False, 5), (328, True, 1)):
        ax = draw_months(sheet(width, find_months_height(frame, narrow)), frame, mark=(8,), narrow=narrow)
        lefts = {round(panel.get_position().x0, 4) for panel in _panels(ax)}
        assert (len(_panels(ax)), len(lefts)) == (15, a_row)
        assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


@pytest.mark.parametrize(("width", "initials"), [(744, "JFMAMJJASOND"), (584, "JAJO")])
def test_panels_too_narrow_for_twelve_initials_name_the_quarters(
    width: int, initials: str, sheet: Callable[..., Axes]
) -> None:
    frame = pd.concat([FRAME.assign(year=FRAME["year"] - 2 * k) for k in range(3)])
    panel = _panels(draw_months(sheet(width, find_months_height(frame, False)), frame))[-1]
    assert "".join(text.get_text() for text in panel.texts if text.get_text().isalpha()) == initials
