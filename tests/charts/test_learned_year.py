"""The year that a model expects from the calendar alone, drawn over what came."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from flows.painters import Piece
from flows.steps.charts import Studio
from flows.work.result import Belief
from pipeline.charts.learned_year import draw_learned_year, find_learned_year_height, picture_learned_year
from pipeline.charts.picture import make_alone, make_page_form
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.coverage import Coverage

DAYS = pd.Timestamp("2021-03-09").date(), pd.Timestamp("2025-11-19").date()
COVERAGE = Coverage(*DAYS, 1717, 1696, 63_420, DAYS[1], noun="search", nouns="searches", first_weekday=6)


def make_year(*, first: str = "2024-11-20", peak: int = 28, level: float = 40.0, n_came: int = 52) -> Any:
    """A year of weeks from the day ``first``; of all but the last ``n_came`` nothing is known."""
    starts = (np.datetime64(first) + 7 * np.arange(52)).astype("datetime64[s]")
    guessed = level * (1 + 0.4 * np.cos(2 * np.pi * (np.arange(52) - peak) / 52))
    came = guessed * np.where(np.arange(52) % 2, 1.3, 0.7)
    came[: 52 - n_came] = np.nan
    return pd.DataFrame({"week": starts, "guessed": guessed, "came": came})


def draw(sheet: Callable[..., Axes], frame: pd.DataFrame, width: float = 744) -> Axes:
    narrow = width < 400
    return draw_learned_year(sheet(width, find_learned_year_height(narrow)), frame, narrow=narrow)


def test_the_guessed_weeks_are_a_line_in_order_over_dots_of_what_came(sheet: Callable[..., Axes]) -> None:
    frame = make_year(n_came=30)
    (plot,) = draw(sheet, frame).child_axes
    lines = {line.get_label(): line for line in plot.lines}
    np.testing.assert_array_equal(lines["guessed"].get_ydata(), frame["guessed"])
    np.testing.assert_array_equal(lines["came"].get_ydata(), frame["came"])
    assert (lines["guessed"].get_color(), lines["came"].get_color()) == (LIGHT.data, LIGHT.faint)
    assert (lines["highest"].get_xdata()[0], lines["highest"].get_color()) == (28 * 7 + 3.5, LIGHT.mark)
    assert plot.get_ylim()[0] == 0


def test_the_highest_week_is_named_by_its_month(sheet: Callable[..., Axes], texts: Any) -> None:
    (plot,) = draw(sheet, make_year()).child_axes
    assert "June: 56" in texts(plot)


def test_months_are_named_in_the_order_of_the_weeks(sheet: Callable[..., Axes], texts: Any) -> None:
    (plot,) = draw(sheet, make_year(first="2025-02-20")).child_axes
    names = [(text.xy[0], text.get_text()) for text in plot.texts if len(text.get_text()) == 3]
    assert [name for _, name in sorted(names)] == (
        ["Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Jan", "Feb"]
    )


@pytest.mark.parametrize("width", [744, 328])
@pytest.mark.parametrize(
    ("peak", "level", "first"),
    [(0, 0.02, "2024-11-20"), (28, 40.0, "2024-01-01"), (51, 900.0, "2024-06-17")],
)
def test_no_words_are_clipped_or_collide(
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
    width: int,
    peak: int,
    level: float,
    first: str,
) -> None:
    whole = draw(sheet, make_year(peak=peak, level=level, first=first), width)
    assert (find_clipped(whole.figure), find_collisions(whole.figure)) == ([], [])


def test_it_is_drawn_in_every_form(find_clipped: Any) -> None:
    picture = picture_learned_year(make_year(n_came=9), COVERAGE)
    for narrow in (False, True):
        alone = make_alone(picture, "A headline", "A deck.", COVERAGE, theme=DARK, narrow=narrow)
        bare = make_page_form(picture, 328 if narrow else 744, narrow=narrow)
        assert find_clipped(alone) == find_clipped(bare) == []


def test_where_no_date_is_finer_than_a_month_no_week_is_drawn(tmp_path: Any) -> None:
    belief = Belief("learned_year", "Most in May", "Weeks.", "A line.", ("week", "guessed"), ((0, 1.0),))
    results: Any = (SimpleNamespace(beliefs=(belief,)),)
    for coarse in (False, True):
        coverage: Any = SimpleNamespace(coarse=coarse)
        drawn = Studio(tmp_path, {}, coverage, results)._choose_beliefs(Piece("learned_year"))
        assert drawn == ([] if coarse else [belief])
