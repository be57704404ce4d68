from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.learner import LEARNER_HEIGHT, NARROW_LEARNER_HEIGHT, draw_learner, smooth_curve
from pipeline.charts.timeline import day_number
from pipeline.charts.tokens import LIGHT

WEEKS = pd.date_range("2024-01-01", periods=8, freq="7D")
FRAME = pd.DataFrame({"week": WEEKS, "model": [1.0, 2, 3, 4, 5, 6, 7, 8], "baseline": [2.0] * 8})


def _long(n_weeks: int, gain: float) -> pd.DataFrame:
    baseline = 2 + np.sin(np.arange(n_weeks) / 5)
    return pd.DataFrame(
        {
            "week": pd.date_range("2021-03-15", periods=n_weeks, freq="7D"),
            "model": baseline * gain,
            "baseline": baseline,
        }
    )


def test_a_smoothed_week_is_the_mean_of_its_six_last_ones() -> None:
    curve = smooth_curve(FRAME)
    assert list(curve["model"])[2:] == [2.0, 2.5, 3.0, 3.5, 4.5, 5.5]
    assert curve["model"][:2].isna().all()


def test_a_missing_week_is_a_gap_not_a_bridge() -> None:
    curve = smooth_curve(FRAME.drop(index=4))
    assert (len(curve), list(np.flatnonzero(curve["model"].isna()))) == (8, [0, 1, 4])


def test_learner_and_baseline_are_lines_from_zero_with_names_at_their_ends(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = draw_learner(sheet(), _long(200, 0.8), names=("the learner", "the hour’s\neight-week mean"))
    lines = {line.get_label(): line for line in plot.lines if line.get_label() in ("model", "baseline")}
    assert (lines["model"].get_color(), lines["baseline"].get_color()) == (LIGHT.data, LIGHT.faint)
    assert plot.get_ylim()[0] == 0
    said = texts(plot)
    assert {"the learner", "the hour’s", "eight-week mean", "2022"} <= set(said)
    assert said["the learner"].get_color() == LIGHT.data


def test_the_space_is_filled_only_where_the_learner_is_better(sheet: Callable[..., Axes]) -> None:
    worse = draw_learner(sheet(), _long(200, 1.3)).collections[0]
    better = draw_learner(sheet(), _long(200, 0.7)).collections[0]
    assert (len(worse.get_paths()), len(better.get_paths())) == (0, 1)


def test_each_change_of_the_error_is_a_red_line_with_its_date(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    drifts = (date(2022, 7, 5), date(2024, 3, 18))
    plot = draw_learner(sheet(), _long(200, 0.8), drifts=drifts)
    red = sorted(line.get_xdata()[0] for line in plot.lines if line.get_color() == LIGHT.mark)
    assert red == [day_number(pd.Timestamp(day)) for day in drifts]
    said = texts(plot)
    assert said["change noticed, 18 Mar 2024"].get_color() == LIGHT.mark
    assert said["5 Jul 2022"].get_color() == LIGHT.mark


def test_dates_of_changes_that_would_touch_are_left_out(
    sheet: Callable[..., Axes], texts: Callable[..., Any], find_collisions: Any
) -> None:
    ax = sheet(328, NARROW_LEARNER_HEIGHT)
    drifts = (date(2022, 3, 1), date(2024, 1, 9), date(2024, 3, 18))
    said = texts(draw_learner(ax, _long(200, 0.8), drifts=drifts, narrow=True))
    assert "change noticed, 18 Mar 2024" in said and "9 Jan 2024" not in said
    assert find_collisions(ax.figure) == []


def test_on_a_phone_the_names_stand_above_the_lines(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    ax = sheet(328, NARROW_LEARNER_HEIGHT)
    plot = draw_learner(
        ax, _long(200, 0.8), names=("the learner", "the hour’s\neight-week mean"), narrow=True
    )
    assert {"the learner", "the hour’s eight-week mean"} <= set(texts(ax)) - set(texts(plot))


@pytest.mark.parametrize("at", [0, 60, 199])
@pytest.mark.parametrize(("width", "narrow"), [(664, False), (328, True)])
def test_a_marked_change_has_room_wherever_it_lies(
    at: int, width: int, narrow: bool, sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    ax = sheet(width, NARROW_LEARNER_HEIGHT if narrow else LEARNER_HEIGHT)
    frame = _long(200, 0.8)
    names = ("the learner", "the hour’s\neight-week mean")
    draw_learner(ax, frame, names=names, drifts=(frame["week"][at].date(),), narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


@pytest.mark.parametrize(
    ("n_weeks", "gain"), [(9, 1.0), (30, 0.4), (60, 0.99), (75, 1.02), (250, 1.3), (780, 0.7)]
)
@pytest.mark.parametrize("baseline", ["last week’s\nhour", "the hour’s\neight-week\nmean", "none"])
@pytest.mark.parametrize(("width", "narrow"), [(664, False), (328, True)])
def test_any_span_and_gain_has_room(
    n_weeks: int,
    gain: float,
    baseline: str,
    width: int,
    narrow: bool,
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
) -> None:
    ax = sheet(width, NARROW_LEARNER_HEIGHT if narrow else LEARNER_HEIGHT)
    draw_learner(ax, _long(n_weeks, gain), names=("the learner", baseline), narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])
