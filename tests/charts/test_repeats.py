from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.repeated import draw_repeated, find_repeated_height, picture_repeated
from pipeline.charts.repeats import draw_repeats, drop_last_empty, find_repeats_height, picture_repeats
from pipeline.charts.tokens import LIGHT
from pipeline.patterns.answer import Answer
from pipeline.patterns.finding import Finding
from pipeline.patterns.repeats import CLASS_NAMES

NB = "\u00a0"
RETURNS = pd.DataFrame(
    {
        "after": CLASS_NAMES,
        "repeats": [10, 20, 30, 20, 15, 5],
        "share": [0.1, 0.2, 0.3, 0.2, 0.15, 0.05],
        "low": [0.05] * 6,
        "high": [0.35] * 6,
    }
)
SPAN = (pd.Timestamp("2010-03-01"), pd.Timestamp("2024-11-20"))
LONG = "how to make a very long sourdough question that never comes to an end at all"


def make_years(n: int, first: int = 2010) -> pd.DataFrame:
    share = np.linspace(0.2, 0.35, n)
    frame = pd.DataFrame({"year": range(first, first + n), "queries": 1000, "share": share})
    return frame.assign(again=(1000 * share).astype(int), low=share - 0.02, high=share + 0.03)


def test_a_short_archive_does_not_show_the_times_that_it_cannot_hold(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    short = RETURNS.assign(share=[0.5, 0.0, 0.3, 0.2, 0.0, 0.0])
    said = texts(draw_repeats(sheet(744, 268), make_years(1), returns=short))
    assert CLASS_NAMES[1] in said
    assert not set(CLASS_NAMES[4:]) & set(said)
    assert len(drop_last_empty(RETURNS.assign(share=0.0))) == len(RETURNS)


def make_queries(n: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    names = ["python", LONG, "$\\foo{ <script>", "погода", *(f"query {k}" for k in range(20))][:n]
    frame = pd.DataFrame(
        {
            "query": names,
            "times": range(1200, 1200 - n, -1),
            "first": SPAN[0],
            "last": SPAN[1],
            "longest_days": 3,
        }
    )
    days = [(k, SPAN[0] + pd.Timedelta(days=31 * j + k)) for k in range(n) for j in range(100)]
    return frame, pd.DataFrame(days, columns=["rank", "date"])


def _finding(name: str) -> Finding:
    return Finding(name, "Words", "", "", "", "", (), "", "")


def test_every_year_is_a_bar_of_its_share_and_the_marked_one_red(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    frame = make_years(5)
    plot = draw_repeats(sheet(744, 268), frame, returns=RETURNS, mark=(2012,))
    assert [bar.get_height() for bar in plot.patches] == pytest.approx(frame["share"].tolist())
    red = [k for k, bar in enumerate(plot.patches) if to_hex(bar.get_facecolor()).upper() == LIGHT.mark]
    assert red == [2]
    assert {"2010", f"20{NB}%", f"35{NB}%"} <= set(texts(plot))


def test_the_times_are_bars_with_their_shares(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    ax = sheet(744, 268)
    draw_repeats(ax, make_years(5), returns=RETURNS)
    box = ax.child_axes[1]
    assert [bar.get_width() for bar in box.patches] == RETURNS["share"].tolist()
    assert {"within a day", "over a year", f"30{NB}%", f"5.0{NB}%"} <= set(texts(box))


def test_many_years_have_a_scale_instead_of_values(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    said = texts(draw_repeats(sheet(328, 466), make_years(15), returns=RETURNS, narrow=True))
    assert f"40{NB}%" in said
    assert "’24" in said
    assert not any(text.startswith(f"35{NB}") for text in said)


@pytest.mark.parametrize("n", [1, 2, 5, 9, 15, 20])
@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
def test_the_words_have_room(
    n: int, width: int, narrow: bool, sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    frame = make_years(n)
    for returns in (RETURNS, RETURNS.assign(share=np.nan)):
        if n == 1 and returns["share"].isna().all():
            continue
        ax = sheet(width, find_repeats_height(frame, returns, narrow))
        draw_repeats(ax, frame, returns=returns, mark=(2010,), narrow=narrow)
        assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_too_few_repeats_have_no_picture(subject_of: Any) -> None:
    coverage = subject_of(pd.date_range("2025-01-01", periods=3, freq="D")).coverage
    none = RETURNS.assign(share=np.nan)
    assert (
        picture_repeats(Answer({"main": make_years(1), "returns": none}, _finding("repeats")), coverage)
        is None
    )
    assert picture_repeats(Answer({"main": make_years(1), "returns": RETURNS}, _finding("repeats")), coverage)
    frame, asked = make_queries(2)
    assert picture_repeated(Answer({"main": frame, "asked": asked}, _finding("repeated")), coverage) is None
    frame, asked = make_queries(3)
    assert picture_repeated(Answer({"main": frame, "asked": asked}, _finding("repeated")), coverage)


def test_every_asking_is_a_stroke_on_its_day(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    frame, asked = make_queries(4)
    plot = draw_repeated(
        sheet(744, find_repeated_height(frame, False)), frame, asked=asked, span=SPAN, mark=("python",)
    )
    rows = [line for line in plot.lines if str(line.get_label()).startswith("row")]
    assert [np.isfinite(np.asarray(line.get_ydata(), dtype=float)).sum() / 2 for line in rows] == [100] * 4
    first = (SPAN[0] - pd.Timestamp("1970-01-01")).days + 0.5
    assert rows[0].get_xdata()[0] == first  # type: ignore[index]
    assert [to_hex(line.get_color()).upper() for line in rows[:2]] == [LIGHT.mark, LIGHT.data]
    said = texts(plot)
    assert {"python", "1,200", "погода", "$\\foo{ <script>"} <= set(said)
    assert said["python"].get_color() == LIGHT.mark
    assert any(text.startswith("how to") and text.endswith("…") for text in said)


@pytest.mark.parametrize("n", [3, 12])
@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
def test_the_queries_have_room(
    n: int, width: int, narrow: bool, sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    frame, asked = make_queries(n)
    ax = sheet(width, find_repeated_height(frame, narrow))
    draw_repeated(ax, frame, asked=asked, span=SPAN, mark=("python",), narrow=narrow)
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])
