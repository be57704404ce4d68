"""What models believe, drawn: the learned day over what came, and the weights of each weekday's hours."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from pipeline.charts.learned_hours import (
    draw_learned_hours,
    find_learned_hours_height,
    picture_learned_hours,
)
from pipeline.charts.picture import make_alone, make_page_form
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.charts.weekday_weights import (
    draw_weekday_weights,
    find_weekday_weights_height,
    picture_weekday_weights,
)
from pipeline.patterns.coverage import Coverage
from pipeline.patterns.wording import WEEKDAYS

DAYS = pd.Timestamp("2021-03-09").date(), pd.Timestamp("2025-11-19").date()
COVERAGE = Coverage(*DAYS, 1717, 1696, 63_420, DAYS[1], noun="search", nouns="searches", first_weekday=6)


def make_day(*, peak: int = 21, level: float = 3.0, weekends: bool = True) -> pd.DataFrame:
    hours = np.arange(24.0)
    guessed = level * np.exp(-((hours - peak) ** 2) / 18) + 0.1 * level
    came = guessed * np.where(hours % 2, 1.2, 0.8)
    weekend = (0.7 * guessed, 0.7 * came) if weekends else (np.full(24, np.nan),) * 2
    columns = ("workday_guessed", "workday_came", "weekend_guessed", "weekend_came")
    return pd.DataFrame({"hour": hours, **dict(zip(columns, (guessed, came, *weekend), strict=True))})


def make_weights(seed: int = 0, scale: float = 0.3) -> pd.DataFrame:
    weights = np.random.default_rng(seed).normal(0, scale, (24, 7))
    weights[23, 0] = 4 * scale
    return pd.DataFrame(weights, columns=list(WEEKDAYS)).assign(hour=np.arange(24.0))


def draw_day(sheet: Callable[..., Axes], frame: pd.DataFrame, width: float = 744) -> Axes:
    narrow = width < 400
    n_panels = int(frame["weekend_guessed"].notna().any()) + 1
    whole = sheet(width, find_learned_hours_height(n_panels, narrow))
    return draw_learned_hours(whole, frame, narrow=narrow)


def test_each_kind_of_day_is_a_line_over_dots_on_one_scale_from_zero(sheet: Callable[..., Axes]) -> None:
    frame = make_day()
    whole = draw_day(sheet, frame)
    workday, weekend = whole.child_axes
    assert workday.get_ylim() == weekend.get_ylim() and workday.get_ylim()[0] == 0
    for plot, kind in ((workday, "workday"), (weekend, "weekend")):
        lines = {line.get_label(): line for line in plot.lines}
        np.testing.assert_array_equal(lines["guessed"].get_ydata(), frame[f"{kind}_guessed"])
        np.testing.assert_array_equal(lines["came"].get_ydata(), frame[f"{kind}_came"])
        assert (lines["guessed"].get_color(), lines["came"].get_color()) == (LIGHT.data, LIGHT.faint)
        assert (lines["highest"].get_xdata()[0], lines["highest"].get_color()) == (21, LIGHT.mark)


def test_the_peak_says_its_hour_and_its_count(sheet: Callable[..., Axes], texts: Any) -> None:
    whole = draw_day(sheet, make_day(peak=12, level=3.0))
    assert "noon: 3.3" in texts(whole.child_axes[0])


def test_without_weekend_days_there_is_one_panel(sheet: Callable[..., Axes]) -> None:
    assert len(draw_day(sheet, make_day(weekends=False)).child_axes) == 1


@pytest.mark.parametrize("width", [744, 664, 328])
@pytest.mark.parametrize(("peak", "level"), [(0, 0.02), (12, 3.0), (23, 140.0)])
@pytest.mark.parametrize("weekends", [True, False])
def test_no_words_of_a_learned_day_are_clipped_or_collide(
    sheet: Callable[..., Axes],
    find_clipped: Any,
    find_collisions: Any,
    width: int,
    peak: int,
    level: float,
    weekends: bool,
) -> None:
    whole = draw_day(sheet, make_day(peak=peak, level=level, weekends=weekends), width)
    assert (find_clipped(whole.figure), find_collisions(whole.figure)) == ([], [])


def test_the_cell_that_speaks_most_is_framed_in_the_owners_week(sheet: Callable[..., Axes]) -> None:
    whole = sheet(744, find_weekday_weights_height(False))
    cells = draw_weekday_weights(whole, make_weights(), first_weekday=6)
    frames = [
        (patch.get_x(), patch.get_y())
        for patch in cells.patches
        if isinstance(patch, Rectangle) and to_hex(patch.get_edgecolor()).upper() == LIGHT.mark
    ]
    assert frames == [(23, 1)]  # Monday is the second row
    names = sorted((text.xy[1], text.get_text()) for text in whole.texts if text.get_text() in WEEKDAYS)
    assert [name for _, name in names] == ["Sunday", *WEEKDAYS[:6]]


def test_for_and_against_have_the_two_ends_of_the_colours(sheet: Callable[..., Axes]) -> None:
    frame = pd.DataFrame(0.0, index=range(24), columns=list(WEEKDAYS)).assign(hour=np.arange(24.0))
    frame.loc[3, "Tuesday"], frame.loc[5, "Friday"] = 1.0, -1.0
    cells = draw_weekday_weights(sheet(744, find_weekday_weights_height(False)), frame)
    (drawn,) = [one for one in cells.collections if one.get_label() == "cells"]
    colours = [to_hex(colour).upper() for colour in drawn.get_facecolors()]
    assert (colours[24 + 3], colours[4 * 24 + 5]) == (LIGHT.diverging[-1], LIGHT.diverging[0])
    assert set(colours) == {LIGHT.diverging[k] for k in (0, 4, 8)}


@pytest.mark.parametrize("width", [744, 664, 328])
def test_no_words_of_the_weights_are_clipped_or_collide(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any, width: int
) -> None:
    narrow = width < 400
    whole = sheet(width, find_weekday_weights_height(narrow))
    draw_weekday_weights(whole, make_weights(), narrow=narrow)
    assert (find_clipped(whole.figure), find_collisions(whole.figure)) == ([], [])


def test_both_are_drawn_in_every_form(find_clipped: Any) -> None:
    pictures = (
        picture_learned_hours(make_day(), COVERAGE),
        picture_learned_hours(make_day(weekends=False), COVERAGE),
        picture_weekday_weights(make_weights(), COVERAGE),
    )
    for picture in pictures:
        for narrow in (False, True):
            alone = make_alone(picture, "A headline", "A deck.", COVERAGE, theme=DARK, narrow=narrow)
            bare = make_page_form(picture, 328 if narrow else 744, narrow=narrow)
            assert find_clipped(alone) == find_clipped(bare) == []
