from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Polygon, Rectangle

from pipeline.charts.quiet import draw_quiet, find_limits, picture_quiet
from pipeline.charts.quiet_short import MOST_HEIGHT, draw_quiet_short, find_quiet_short_height
from pipeline.charts.timeline import day_number
from pipeline.charts.tokens import DARK, LIGHT

Frames = dict[str, pd.DataFrame]
CLOCKS = {"01:15", "09:30", "23:45", "08:00"}


def make_frames(n_weeks: int = 150) -> Frames:
    """Weeks of one habit, then of an earlier one; two are blank, six and two lie elsewhere."""
    weeks = pd.date_range("2021-03-08", periods=n_weeks, freq="7D").as_unit("ms")
    rng = np.random.default_rng(0)
    early = np.arange(n_weeks) < n_weeks // 3
    start = np.where(early, 10.0, 8.5) + rng.normal(0, 0.5, n_weeks)
    end = np.where(early, 18.75, 17.25) + rng.normal(0, 0.5, n_weeks)
    start[[10, 11]] = end[[10, 11]] = np.nan
    date = weeks[n_weeks // 3]
    habit = pd.DataFrame(
        {
            "since": [weeks[0], date], "until": [date - pd.Timedelta(days=1), weeks[-1]],
            "start": [10.25, 8.75], "end": [18.5, 17.0], "nights": [350, 690], "usable": [300, 650],
        }
    )  # fmt: skip
    shifts = pd.DataFrame(
        {
            "first": [weeks[100], weeks[130]], "last": [weeks[106], weeks[132]],
            "days": [42, 14], "hours": [7, -6],
        }
    )  # fmt: skip
    return {
        "frame": pd.DataFrame({"week": weeks, "start": start, "end": end, "nights": 7}),
        "habit": habit,
        "changes": pd.DataFrame({"date": [date], "hours": -1.5, "low": -2, "high": -1, "certain": True}),
        "shifts": shifts,
    }  # fmt: skip


def draw(ax: Axes, frames: Frames, **options: Any) -> Axes:
    """Draw all of the frames."""
    return draw_quiet(ax, **frames, **options)


def test_each_week_is_two_dots_and_weeks_in_a_row_are_one_band(sheet: Callable[..., Axes]) -> None:
    frames = make_frames()
    plot = draw(sheet(), frames)
    dots = {line.get_label(): line for line in plot.lines if line.get_label() in ("last", "first")}
    weeks = frames["frame"].dropna()
    assert dots["last"].get_ydata().tolist() == weeks["start"].tolist()
    assert dots["first"].get_ydata().tolist() == weeks["end"].tolist()
    assert dots["last"].get_xdata().tolist() == [day_number(week) + 3.5 for week in weeks["week"]]
    bands = [patch for patch in plot.patches if isinstance(patch, Polygon)]
    assert [to_hex(band.get_facecolor()).upper() for band in bands] == [LIGHT.quiet] * 2
    assert [band.get_xy()[:, 0].min() for band in bands] == [
        day_number(weeks["week"].iloc[0]), day_number(weeks["week"].iloc[10])
    ]  # fmt: skip


def test_the_habit_is_ink_lines_with_their_clock_times(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = draw(sheet(), make_frames())
    ink = [line for line in plot.lines if line.get_color() == LIGHT.ink]
    assert [line.get_ydata()[0] for line in ink] == [10.25, 18.5, 8.75, 17.0]
    said = texts(plot)
    assert CLOCKS | {"quiet from", "quiet until"} <= set(said)
    assert {said[clock].get_color() for clock in CLOCKS} == {LIGHT.ink}


def test_time_runs_down_from_the_evening(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    plot = draw(sheet(), make_frames())
    bottom, top = plot.get_ylim()
    assert bottom > top
    named = [word for word in texts(plot) if word in ("21:00", "midnight", "03:00", "06:00", "09:00", "noon")]
    assert named == ["midnight", "03:00", "06:00", "09:00"]


def test_changes_and_stays_are_red_and_named(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    frames = make_frames()
    plot = draw(sheet(), frames)
    (line,) = [line for line in plot.lines if line.get_color() == LIGHT.mark]
    assert line.get_xdata()[0] == day_number(frames["changes"]["date"][0])
    spans = [patch for patch in plot.patches if isinstance(patch, Rectangle)]
    assert [to_hex(span.get_facecolor()).upper() for span in spans] == [LIGHT.mark_soft] * 2
    said = texts(plot)
    assert {said[name].get_color() for name in ("change", "+7 h", "−6 h")} == {LIGHT.mark}


def test_names_that_would_collide_give_way_to_the_change_and_the_longest_stay(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frames = make_frames()
    near = frames["changes"]["date"][0]
    days = [pd.Timedelta(days=k) for k in (2, 300, 310)]
    frames["shifts"] = pd.DataFrame(
        {
            "first": [near + day for day in days], "last": [near + day for day in days],
            "days": [9, 3, 5], "hours": [3, 4, 5],
        }
    )  # fmt: skip
    said = texts(draw(sheet(), frames))
    assert "change" in said
    assert "+5 h" in said
    assert "+3 h" not in said
    assert "+4 h" not in said


def test_what_lies_beyond_the_scale_is_left_out_of_the_dots(sheet: Callable[..., Axes]) -> None:
    frames = make_frames()
    frames["frame"].loc[5, ["start", "end"]] = [-4.0, 3.0]
    plot = draw(sheet(), frames)
    (dots,) = [line for line in plot.lines if line.get_label() == "last"]
    bottom, top = plot.get_ylim()
    assert len(dots.get_ydata()) == len(frames["frame"].dropna()) - 1
    assert min(dots.get_ydata()) > top
    assert (top, bottom) == find_limits(frames["frame"], frames["habit"])


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
@pytest.mark.parametrize("n_weeks", [9, 60, 150, 780])
def test_nothing_is_clipped_or_collides(
    width: int, narrow: bool, n_weeks: int, sheet: Callable[..., Axes],
    find_clipped: Callable[..., list[str]], find_collisions: Callable[..., Any],
) -> None:  # fmt: skip
    frames = make_frames(max(n_weeks, 150))
    frames["frame"] = frames["frame"].iloc[:n_weeks]
    frames["habit"] = frames["habit"].assign(
        until=frames["habit"]["until"].clip(upper=frames["frame"]["week"].max())
    )
    keep = frames["habit"]["since"] < frames["frame"]["week"].max()
    frames["habit"] = frames["habit"][keep]
    frames["changes"] = frames["changes"][frames["changes"]["date"] < frames["frame"]["week"].max()]
    frames["shifts"] = frames["shifts"][frames["shifts"]["last"] < frames["frame"]["week"].max()]
    ax = sheet(width, 306)
    draw(ax, frames, narrow=narrow, theme=DARK)
    assert find_clipped(ax.figure) == []
    assert find_collisions(ax.figure) == []


def test_without_a_habit_the_weeks_stand_alone(sheet: Callable[..., Axes]) -> None:
    frames = make_frames()
    for name in ("habit", "changes", "shifts"):
        frames[name] = frames[name].iloc[:0]
    plot = draw(sheet(), frames)
    assert {line.get_label() for line in plot.lines} >= {"last", "first"}
    assert not [line for line in plot.lines if line.get_color() == LIGHT.ink]


@pytest.mark.parametrize("n", [1, 18, 29, 400, 6000])
@pytest.mark.parametrize("width", [744, 328])
def test_nights_are_circles_that_fit_their_sheet(
    n: int, width: int, sheet: Callable[..., Axes], texts: Callable[..., Any],
    find_clipped: Callable[..., list[str]],
) -> None:  # fmt: skip
    usable = np.arange(n) % 3 == 1
    height = find_quiet_short_height(n, width)
    assert height <= MOST_HEIGHT + 34
    ax = draw_quiet_short(sheet(width, height), pd.DataFrame({"usable": usable}), nouns="searches")
    empty, filled = ax.lines
    assert empty.get_markerfacecolor() == "none"
    assert filled.get_markerfacecolor() == LIGHT.data
    shown = len(empty.get_xdata()) + len(filled.get_xdata())
    assert shown == n or shown > 2000
    for line in ax.lines:
        assert all(0 < x < width for x in line.get_xdata())
        assert all(0 < y < height - 30 for y in line.get_ydata())
    assert any(text.startswith("filled: a night with enough searches") for text in texts(ax))
    assert find_clipped(ax.figure) == []


def test_the_picture_has_its_short_form_and_says_what_is_blank(
    subject_of: Callable[..., Any],
) -> None:
    from pipeline.patterns.quiet import answer_quiet

    rng = np.random.default_rng(0)
    few = subject_of(pd.DatetimeIndex(pd.date_range("2025-03-01", periods=40, freq="9h")))
    picture = picture_quiet(answer_quiet(few, rng), few.coverage)
    assert picture is not None
    assert picture.draw.func is draw_quiet_short  # type: ignore[attr-defined]
    hours = [
        pd.Timestamp("2025-01-01") + pd.Timedelta(days=d, hours=h) for d in range(90) for h in range(8, 23)
    ]
    many = subject_of(pd.DatetimeIndex(hours))
    picture = picture_quiet(answer_quiet(many, rng), many.coverage)
    assert picture is not None
    assert picture.draw.func is draw_quiet  # type: ignore[attr-defined]
    assert picture.left_out.startswith("100\u00a0% of nights had enough searches to say; weeks with fewer")
    day = subject_of(pd.DatetimeIndex(["2025-03-01 10:00", "2025-03-01 12:00"]))
    assert picture_quiet(answer_quiet(day, rng), day.coverage) is None
