from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.records import draw_records, find_records_height, picture_records
from pipeline.charts.tokens import LIGHT
from pipeline.patterns.answer import Answer
from pipeline.patterns.finding import Finding

SPAN = (pd.Timestamp("2010-03-01"), pd.Timestamp("2024-11-20"))
FRAME = pd.DataFrame(
    {
        "record": ["busiest day", "longest run", "longest silence", "latest night"],
        "value": [1097.0, 216.0, 9.0, 28.5],
        "unit": ["searches", "days", "days", "clock"],
        "first": pd.to_datetime(["2024-11-20", "2010-03-01", "2024-08-05", "2013-02-01"]),
        "last": pd.to_datetime(["2024-11-20", "2010-10-02", "2024-08-13", "2013-02-01"]),
    }
)


def test_each_record_is_a_bar_over_its_days_and_the_marked_one_red(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    plot = draw_records(
        sheet(744, find_records_height(FRAME, False)), FRAME, span=SPAN, mark=("busiest day",)
    )
    run = plot.patches[1]
    epoch = pd.Timestamp("1970-01-01")
    assert run.get_x() == (SPAN[0] - epoch).days
    assert run.get_width() == 216
    low, high = plot.get_xlim()
    assert all(low <= bar.get_x() and bar.get_x() + bar.get_width() <= high + 1e-6 for bar in plot.patches)
    assert [to_hex(bar.get_facecolor()).upper() == LIGHT.mark for bar in plot.patches] == [
        True,
        False,
        False,
        False,
    ]
    said = texts(plot)
    assert said["1,097 searches"].get_color() == LIGHT.mark
    assert {"216 days", "04:30", "Longest silence, 5 – 13 Aug 2024"} <= set(said)


@pytest.mark.parametrize("span", [SPAN, (pd.Timestamp("2024-08-01"), pd.Timestamp("2024-11-20"))])
@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
def test_the_words_have_room(
    span: Any, width: int, narrow: bool, sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    frame = FRAME.assign(first=FRAME["first"].clip(lower=span[0]), last=FRAME["last"].clip(lower=span[0]))
    ax = sheet(width, find_records_height(frame, narrow))
    draw_records(ax, frame, span=span, mark=("busiest day",), narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_no_records_have_no_picture(subject_of: Any) -> None:
    coverage = subject_of(pd.date_range("2025-01-01", periods=3, freq="D")).coverage
    finding = Finding("records", "Years", "", "", "", "", (), "", "")
    assert picture_records(Answer({"main": FRAME.iloc[:0]}, finding), coverage) is None
    assert picture_records(Answer({"main": FRAME}, finding), coverage) is not None
