from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from pipeline.charts.clock import draw_clock, find_clock_height, picture_clock
from pipeline.charts.tokens import LIGHT
from pipeline.patterns.clock import answer_clock


def make_frame(hours: list[float], half: float = 0.4) -> pd.DataFrame:
    """Years from 2010 on with these mean hours."""
    n = len(hours)
    return pd.DataFrame(
        {
            "year": np.arange(2010, 2010 + n), "n": 900, "mean_hour": hours, "low": np.array(hours) - half,
            "high": np.array(hours) + half, "length": np.linspace(0.2, 0.6, n), "p": 0.0,
        }
    )  # fmt: skip


def test_each_year_is_a_dot_with_its_interval_clock_time_and_length(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = make_frame([15.0, 15.5, 17.25])
    ax = sheet(744, find_clock_height(frame))
    plot = draw_clock(ax, frame, mark=(2012,))
    dots = {line.get_label(): line for line in plot.lines if line.get_label() in ("2010", "2011", "2012")}
    assert [float(dot.get_xdata()[0]) for dot in dots.values()] == [15.0, 15.5, 17.25]
    colours = [to_hex(str(dot.get_color())).upper() for dot in dots.values()]
    assert colours == [LIGHT.data, LIGHT.data, LIGHT.mark]
    whiskers = [tuple(line.get_xdata()) for line in plot.lines if line.get_color() == LIGHT.ink]
    assert whiskers == [pytest.approx(ends) for ends in ((14.6, 15.4), (15.1, 15.9), (16.85, 17.65))]
    assert {"2010", "15:00", "15:30", "17:15", "0.20", "0.40", "0.60"} <= set(texts(plot))
    bars = [patch for inner in ax.child_axes for patch in inner.patches if isinstance(patch, Rectangle)]
    assert [bar.get_width() for bar in bars] == [0.2, 0.4, 0.6]


def test_hours_about_midnight_stand_side_by_side(sheet: Callable[..., Axes]) -> None:
    frame = make_frame([23.5, 0.5])
    plot = draw_clock(sheet(744, find_clock_height(frame)), frame)
    at = [float(line.get_xdata()[0]) for line in plot.lines if line.get_label() in ("2010", "2011")]
    assert abs(at[1] - at[0]) == pytest.approx(1.0)


def test_a_year_without_a_direction_is_an_open_circle(sheet: Callable[..., Axes]) -> None:
    frame = make_frame([15.0, 9.0])
    frame.loc[1, ["low", "high"]] = np.nan
    plot = draw_clock(sheet(744, find_clock_height(frame)), frame)
    (dot,) = [line for line in plot.lines if line.get_label() == "2011"]
    assert dot.get_color() == "none"
    assert len([line for line in plot.lines if line.get_color() == LIGHT.ink]) == 1


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
@pytest.mark.parametrize(
    "frame",
    [
        make_frame([15.2]), make_frame([23.9, 0.2, 0.1]), make_frame([14.0, 20.5, 9.5], 2.9),
        make_frame(list(np.linspace(12, 18, 16))),
    ],
)  # fmt: skip
def test_nothing_is_clipped_or_collides(
    width: int, narrow: bool, frame: pd.DataFrame, sheet: Callable[..., Axes],
    find_clipped: Callable[..., list[str]], find_collisions: Callable[..., Any],
) -> None:  # fmt: skip
    ax = sheet(width, find_clock_height(frame))
    draw_clock(ax, frame, mark=(int(frame["year"].iloc[-1]),), narrow=narrow)
    assert find_clipped(ax.figure) == []
    assert find_collisions(ax.figure) == []


def test_without_a_year_there_is_no_picture(subject_of: Callable[..., Any]) -> None:
    few = subject_of(pd.DatetimeIndex(pd.date_range("2025-03-01", periods=40, freq="9h")))
    assert picture_clock(answer_clock(few, np.random.default_rng(0)), few.coverage) is None
