from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.changes import draw_changes, picture_changes
from pipeline.charts.timeline import day_number
from pipeline.charts.tokens import LIGHT
from pipeline.patterns.answer import Answer
from pipeline.patterns.changes import answer_changes

FRAME = pd.DataFrame(
    {
        "since": pd.to_datetime(["2023-01-02", "2024-01-15"]),
        "until": pd.to_datetime(["2024-01-14", "2024-12-29"]),
        "days": [378, 350],
        "per_day": [20.0, 31.0],
        "low": [18.0, 28.0],
        "high": [22.0, 34.0],
    }
)
WEEKS = pd.DataFrame({"week": pd.date_range("2023-01-02", "2024-12-23", freq="7D")})
WEEKS = WEEKS.assign(per_day=np.where(WEEKS["week"] < "2024-01-15", 19.0, 32.0))
CHANGES = pd.DataFrame(
    {
        "day": pd.to_datetime(["2024-01-15"]),
        "earliest": pd.to_datetime(["2024-01-02"]),
        "latest": pd.to_datetime(["2024-01-28"]),
    }
)
DAY = (pd.Timestamp("2024-01-15"),)


def _draw(ax: Axes, **changed: Any) -> Axes:
    return draw_changes(ax, FRAME, **{"weeks": WEEKS, "changes": CHANGES, "mark": DAY, **changed})


def _lines(plot: Axes, label: str) -> list[Any]:
    return [line for line in plot.lines if line.get_label() == label]


def test_every_week_is_a_dot_and_every_stretch_a_line(sheet: Callable[..., Axes]) -> None:
    plot = _draw(sheet())
    (dots,) = _lines(plot, "weeks")
    assert (len(dots.get_ydata()), dots.get_color()) == (len(WEEKS), LIGHT.data_soft)
    steps = [(list(line.get_xdata()), list(line.get_ydata())) for line in _lines(plot, "stretch")]
    ends = [(day_number(a), day_number(b) + 1) for a, b in zip(FRAME["since"], FRAME["until"], strict=True)]
    assert steps == [(list(ends[0]), [20.0, 20.0]), (list(ends[1]), [31.0, 31.0])]
    bands = [(box.get_y(), box.get_height()) for box in plot.patches if box.get_alpha() is not None]
    assert bands == [(18.0, 4.0), (28.0, 6.0)]


def test_the_marked_change_is_red_from_its_earliest_to_its_latest_day(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = _draw(sheet())
    red = [
        line for line in plot.artists + plot.lines if getattr(line, "get_color", lambda: 0)() == LIGHT.mark
    ]
    spans = [tuple(line.get_xdata()) for line in red]
    at, low, high = (day_number(pd.Timestamp(day)) for day in ("2024-01-15", "2024-01-02", "2024-01-29"))
    assert spans == [(at, at), (low, high), (low, low), (high, high)]
    assert texts(plot)["15 Jan 2024"].get_color() == LIGHT.mark
    assert {"20", "31"} <= set(texts(plot))


def test_a_change_of_uncertain_date_is_dated_by_months(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = _draw(sheet(), changes=CHANGES.assign(earliest=pd.Timestamp("2023-08-02")))
    assert "Aug 2023 – Jan 2024" in texts(plot)


def test_without_a_mark_nothing_is_red(sheet: Callable[..., Axes]) -> None:
    plot = _draw(sheet(), mark=())
    assert LIGHT.mark not in [text.get_color() for text in plot.texts]


def test_weeks_without_a_rate_are_hatched(sheet: Callable[..., Axes]) -> None:
    gaps = WEEKS.assign(per_day=WEEKS["per_day"].where(~WEEKS.index.isin([0, 10, 11, 12, 40])))
    hatched = [box for box in _draw(sheet(), weeks=gaps).patches if box.get_label() == "missing"]
    assert [(box.get_x(), box.get_width()) for box in hatched] == [
        (day_number(WEEKS["week"][10]), 21.0),
        (day_number(WEEKS["week"][40]), 7.0),
    ]


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (328, True)])
def test_many_short_stretches_keep_only_the_values_that_fit(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any, width: int, narrow: bool
) -> None:
    since = pd.date_range("2010-01-04", periods=60, freq="60D")
    frame = pd.DataFrame({"since": since, "until": since + pd.Timedelta(days=59), "days": 60})
    frame = frame.assign(per_day=np.where(frame.index % 2, 120.0, 10.0), low=9.0, high=130.0)
    weeks = pd.DataFrame({"week": pd.date_range("2010-01-04", periods=514, freq="7D"), "per_day": 60.0})
    for day in (since[1], since[-1]):
        changes = pd.DataFrame({"day": [day], "earliest": [day], "latest": [day]})
        ax = sheet(width, 300)
        draw_changes(ax, frame, weeks=weeks, changes=changes, mark=(day,), narrow=narrow)
        assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_too_few_days_have_no_picture(subject_of: Any) -> None:
    for n_days in (0, 3, 100):
        subject = subject_of(pd.date_range("2025-01-01", periods=n_days + 2, freq="D"))
        answer: Answer = answer_changes(subject, np.random.default_rng(0))
        assert picture_changes(answer, subject.coverage) is None


def test_half_a_year_has_a_picture(subject_of: Any) -> None:
    subject = subject_of(pd.date_range("2025-01-01", periods=700, freq="8h"))
    assert picture_changes(answer_changes(subject, np.random.default_rng(0)), subject.coverage) is not None
