"""One line through the days, and four ways to it, drawn."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.picture import make_alone, make_page_form
from pipeline.charts.style import PT
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.charts.trend_line import draw_trend_line, find_trend_line_height, picture_trend_line
from pipeline.charts.trend_ways import (
    _measure_losses,
    draw_trend_ways,
    find_trend_ways_height,
    picture_trend_ways,
)
from pipeline.patterns.coverage import Coverage

DAYS = pd.Timestamp("2021-03-09").date(), pd.Timestamp("2025-11-19").date()
COVERAGE = Coverage(*DAYS, 1717, 1696, 63_420, DAYS[1], noun="search", nouns="searches")
FORM = np.array([[5.0, 2.0], [2.0, 1.0]])  # of the loss


def make_months(n: int = 30, level: float = 30.0) -> pd.DataFrame:
    months = np.datetime64("2022-11") + np.arange(n)
    number = months.astype(int)
    line = level * (1 + np.arange(n) / 40)
    came = line * np.where(np.arange(n) % 2, 1.2, 0.8)
    came[0] = np.nan
    frame = {"year": 1970 + number // 12, "month": number % 12 + 1, "came": came, "line": line}
    return pd.DataFrame({**frame, "ahead": np.arange(n) >= 0.8 * n}, dtype=float)


def make_ways(
    change: float = 3.0, start: float = 30.0, *, rows: int = 1400, last: bool = True
) -> pd.DataFrame:
    """Four ways that come nearer by a half each step; the ``last`` arrives, or does not."""
    exact = np.array([change, start])
    table = [(0, 1, rows, *exact, 10.0, 1)]
    for way, size in enumerate((9 * rows, rows, 32, 1), 1):
        for step in range(8):
            place = exact * (1 - 0.5**step) + way * step * 0.01 * exact[::-1] * (step < 7)
            off = np.sqrt(100 + (place - exact) @ FORM @ (place - exact))
            table.append((way, step, step * size, *place, off, int(step >= 6 and (last or way < 4))))
    names = ["way", "steps", "rows", "change", "level", "off", "near"]
    return pd.DataFrame(table, columns=names, dtype=float)


def draw_line(sheet: Callable[..., Axes], frame: pd.DataFrame, width: float = 744) -> Axes:
    narrow = width < 400
    return draw_trend_line(sheet(width, find_trend_line_height(narrow)), frame, narrow=narrow)


def draw_ways(sheet: Callable[..., Axes], frame: pd.DataFrame, width: float = 744) -> Axes:
    narrow = width < 400
    return draw_trend_ways(sheet(width, find_trend_ways_height(narrow)), frame, narrow=narrow)


def test_months_are_dots_and_the_line_is_dashed_where_it_was_drawn_on(sheet: Callable[..., Axes]) -> None:
    frame = make_months()
    (plot,) = draw_line(sheet, frame).child_axes
    lines = {line.get_label(): line for line in plot.lines}
    np.testing.assert_array_equal(lines["came"].get_ydata(), frame["came"])
    np.testing.assert_array_equal(lines["line"].get_ydata(), frame["line"][:24])
    np.testing.assert_array_equal(lines["ahead"].get_ydata(), frame["line"][23:])
    assert (lines["came"].get_color(), lines["line"].get_color()) == (LIGHT.data, LIGHT.mark)
    assert lines["ahead"].is_dashed() and not lines["line"].is_dashed()
    assert plot.get_ylim()[0] == 0


def test_the_rings_are_those_of_the_loss_that_the_places_have() -> None:
    frame = make_ways()
    losses = _measure_losses(frame, (-1.0, 5.0, 10.0, 40.0))
    change, start = np.linspace(-1, 5, 61) - 3.0, np.linspace(10, 40, 61) - 30.0
    expected = 5 * change**2 + 4 * start[:, None] * change + start[:, None] ** 2
    np.testing.assert_allclose(losses, expected, atol=1e-7)


def test_each_way_says_how_many_days_it_looked_at_by_a_bar_from_nothing(
    sheet: Callable[..., Axes], texts: Any
) -> None:
    whole = draw_ways(sheet, make_ways(last=False))
    assert {"1,400, once each", "75,600 in 6 steps", "192 in 6 steps", "not in 7 in 7 steps"} <= set(
        texts(whole)
    )
    bars: Any = [patch for patch in whole.patches if patch.get_label() == "looked"]
    lengths = np.array([bar.get_width() for bar in bars])
    np.testing.assert_allclose(lengths / lengths[1], np.array([1400, 75_600, 8400, 192, 7]) / 75_600)
    assert len({bar.get_x() for bar in bars}) == 1
    (rings,) = whole.child_axes
    listed, drawn = whole.lines[0], next(line for line in rings.lines if line.get_markersize() == 9 * PT)
    for dot in (listed, drawn):  # the exact line has one face in both
        assert (dot.get_markerfacecolor(), dot.get_markeredgecolor()) == (LIGHT.bg, LIGHT.ink)


@pytest.mark.parametrize("width", [744, 328])
@pytest.mark.parametrize(("change", "start", "rows"), [(-0.02, 0.3, 600), (90.0, 900.0, 4000)])
def test_no_words_are_clipped_or_collide(
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
    width: int,
    change: float,
    start: float,
    rows: int,
) -> None:
    for whole in (
        draw_ways(sheet, make_ways(change, start, rows=rows, last=False), width),
        draw_line(sheet, make_months(rows // 25, start), width),
    ):
        assert (find_clipped(whole.figure), find_collisions(whole.figure)) == ([], [])


def test_both_are_drawn_alone_and_for_the_page(find_clipped: Any) -> None:
    for picture in (picture_trend_line(make_months(), COVERAGE), picture_trend_ways(make_ways(), COVERAGE)):
        alone = make_alone(picture, "A headline", "A deck.", COVERAGE, theme=DARK, narrow=True)
        bare = make_page_form(picture, 744)
        assert find_clipped(alone) == find_clipped(bare) == []
