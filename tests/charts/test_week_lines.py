from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.tokens import LIGHT
from pipeline.charts.week_lines import draw_week_lines, find_week_lines_height, picture_week_lines
from pipeline.patterns.week_lines import answer_week_lines
from pipeline.patterns.wording import WEEKDAYS

RATES = np.random.default_rng(0).gamma(2.0, 1.0, (7, 24)).round(2)
FRAME = pd.DataFrame({"weekday": np.repeat(np.arange(7), 24), "hour": np.tile(np.arange(24), 7)})
FRAME = FRAME.assign(per_day=RATES.ravel(), low=RATES.ravel() - 0.1, high=RATES.ravel() + 0.1)


def _draw(ax: Axes, **changed: Any) -> list[Axes]:
    """Draw and return the seven rows."""
    return [plot for plot in draw_week_lines(ax, FRAME, **changed).child_axes if plot.get_label() in WEEKDAYS]


def _line(plot: Axes, label: str) -> Any:
    return next(line for line in plot.lines if line.get_label() == label)


def test_each_weekday_is_a_curve_from_four_to_four_on_one_scale(sheet: Callable[..., Axes]) -> None:
    plots = _draw(sheet(744, find_week_lines_height(False)))
    assert [plot.get_label() for plot in plots] == list(WEEKDAYS)
    assert len({plot.get_ylim() for plot in plots}) == 1
    for day, plot in enumerate(plots):
        np.testing.assert_array_equal(_line(plot, "day").get_ydata(), [*RATES[day, 4:], *RATES[day, :4]])
        np.testing.assert_allclose(
            _line(plot, "others").get_ydata(), np.roll(np.delete(RATES, day, axis=0).mean(axis=0), -4)
        )


def test_the_week_begins_where_the_owners_does(sheet: Callable[..., Axes]) -> None:
    plots = _draw(sheet(744, find_week_lines_height(False)), first_weekday=6)
    assert [plot.get_label() for plot in plots] == ["Sunday", *WEEKDAYS[:6]]


def test_marked_weekdays_are_red_beside_the_mean_of_the_others(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plots = _draw(sheet(744, find_week_lines_height(False)), mark=(5, 6))
    assert [_line(plot, "day").get_color() == LIGHT.mark for plot in plots] == [False] * 5 + [True] * 2
    np.testing.assert_allclose(_line(plots[6], "others").get_ydata(), np.roll(RATES[:5].mean(axis=0), -4))
    assert texts(plots[5])["Saturday"].get_color() == LIGHT.mark
    assert texts(plots[0])["Monday"].get_color() == LIGHT.ink


def test_the_highest_hour_has_its_value(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    for day, plot in enumerate(_draw(sheet(744, find_week_lines_height(False)))):
        dot = _line(plot, "highest")
        best = int(np.argmax(np.roll(RATES[day], -4)))
        assert (list(dot.get_xdata()), list(dot.get_ydata())) == ([best + 0.5], [RATES[day].max()])
        assert f"{RATES[day].max():.1f}" in texts(plot)


def test_the_middle_of_a_day_stands_under_its_name(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = FRAME.assign(per_day=np.where(FRAME["hour"].isin([15, 16]), 2.0, 0.0), low=0.0, high=2.5)
    ax = draw_week_lines(sheet(744, find_week_lines_height(False)), frame)
    for plot in ax.child_axes[1:]:
        assert "16:00" in texts(plot)


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (328, True)])
def test_nothing_is_clipped_or_collides(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any, width: int, narrow: bool
) -> None:
    peaks = [4, 3, 12, 22, 23, 0, 5]  # at both ends of a row too
    high = np.where(FRAME["hour"] == np.array(peaks)[FRAME["weekday"]], 123.0, 1.0)
    ax = sheet(width, find_week_lines_height(narrow))
    draw_week_lines(ax, FRAME.assign(per_day=high, low=0.5, high=150.0), mark=(2,), narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_without_intervals_there_is_no_picture(subject_of: Any) -> None:
    rng = np.random.default_rng(0)
    for n_days, drawn in ((2, False), (30, False), (90, True)):
        subject = subject_of(pd.date_range("2025-01-01", periods=4 * n_days, freq="6h"))
        picture = picture_week_lines(answer_week_lines(subject, rng), subject.coverage)
        assert (picture is not None) is drawn
