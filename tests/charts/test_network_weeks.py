"""Weeks as networks see them: needles of surprise, and pairs of maps, as they came and as they are drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.denoised_weeks import picture_denoised_weeks
from pipeline.charts.picture import Picture, make_alone
from pipeline.charts.tokens import DARK, LIGHT, Theme
from pipeline.charts.week_surprise import picture_week_surprise
from pipeline.patterns.coverage import Coverage

DAYS = pd.Timestamp("2021-03-09").date(), pd.Timestamp("2025-11-19").date()
COVERAGE = Coverage(*DAYS, 1717, 1696, 63_420, DAYS[1], noun="search", nouns="searches", first_weekday=6)


def make_surprise(n_weeks: int = 244, *, spread: float = 1.3, seed: int = 0) -> pd.DataFrame:
    surprise = np.random.default_rng(seed).normal(0, spread, n_weeks)
    weeks = pd.Timestamp("2021-03-15") + pd.to_timedelta(7 * np.arange(n_weeks), unit="D")
    learned = (np.arange(n_weeks) < 0.8 * n_weeks) * 1.0
    far = (np.abs(surprise) > 3) * 1.0
    return pd.DataFrame({"week": weeks, "surprise": surprise, "far": far, "learned": learned})


def make_weeks(n_weeks: int = 4) -> pd.DataFrame:
    rng, hours = np.random.default_rng(0), np.arange(168)
    parts = [
        pd.DataFrame(
            {
                "number": float(k),
                "week": pd.Timestamp("2021-03-15") + pd.Timedelta(days=70 * k),
                "weekday": (hours // 24).astype(float),
                "hour": (hours % 24 + 4.0) % 24,
                "came": rng.normal(size=168),
                "drawn": 0.3 * rng.normal(size=168),
            }
        )
        for k in range(n_weeks)
    ]
    return pd.concat(parts, ignore_index=True)


def draw(sheet: Callable[..., Axes], picture: Picture, width: float = 744) -> Axes:
    narrow = width < 400
    whole = sheet(width, picture.height(width, narrow))
    picture.draw(whole, theme=LIGHT, narrow=narrow)
    return whole


def test_each_week_is_a_needle_from_zero_faint_where_it_was_learned_and_red_where_it_is_far(
    sheet: Callable[..., Axes],
) -> None:
    frame = make_surprise()
    plot = draw(sheet, picture_week_surprise(frame, COVERAGE)).child_axes[0]
    soft, dark, red = plot.collections
    shown = [to_hex(np.atleast_2d(needles.get_facecolor())[0]).upper() for needles in (soft, dark, red)]
    assert shown == [LIGHT.data_soft, LIGHT.data, LIGHT.mark]
    far, learned = frame["far"] > 0, frame["learned"] > 0
    ends = [np.asarray(path.vertices)[1, 1] for path in red.get_paths()]
    np.testing.assert_allclose(ends, frame["surprise"][far])
    for needles, kept in ((soft, learned & ~far), (dark, ~learned & ~far)):
        ends = [np.asarray(path.vertices)[1, 1] for path in needles.get_paths()]
        np.testing.assert_allclose(ends, frame["surprise"][kept])
    low, high = plot.get_ylim()
    assert low < frame["surprise"].min() and high > frame["surprise"].max()


def test_the_farthest_weeks_are_named_and_no_date_stands_on_another(sheet: Callable[..., Axes]) -> None:
    frame = make_surprise().assign(surprise=0.1, far=0.0)
    frame.loc[[10, 12, 200, 243], "surprise"] = [5.0, 4.0, -6.0, 3.5]
    frame["far"] = (frame["surprise"].abs() > 3) * 1.0
    plot = draw(sheet, picture_week_surprise(frame, COVERAGE)).child_axes[0]
    words = [text.get_text().replace("\u00a0", " ") for text in plot.texts]
    assert "24 May 2021" in words and "7 Jun 2021" not in words
    assert "13 Jan 2025" in words and "10 Nov 2025" in words


def test_each_week_stands_twice_as_it_came_and_as_it_is_drawn(sheet: Callable[..., Axes]) -> None:
    whole = draw(sheet, picture_denoised_weeks(make_weeks(), COVERAGE))
    assert len(whole.child_axes) == 8
    words = [text.get_text().replace("\u00a0", " ") for text in whole.texts]
    assert words.count("as it is drawn") == 4
    assert words.count("far from it, as it came") == 3 and words.count("most usual, as it came") == 1
    assert "15 Mar 2021" in words


@pytest.mark.parametrize(
    ("case", "narrow", "theme"),
    [
        ("surprise", False, DARK), ("surprise", True, LIGHT), ("all far", True, LIGHT),
        ("few weeks", False, LIGHT), ("weeks", True, LIGHT), ("weeks", False, DARK),
    ],
)  # fmt: skip
def test_nothing_is_cut_off_and_no_word_stands_on_another(
    case: str, narrow: bool, theme: Theme, find_clipped: Callable[..., list[str]],
    find_collisions: Callable[..., list[tuple[str, str]]],
) -> None:  # fmt: skip
    picture = {
        "surprise": lambda: picture_week_surprise(make_surprise(), COVERAGE),
        "all far": lambda: picture_week_surprise(make_surprise(1000, spread=9.0), COVERAGE),
        "few weeks": lambda: picture_week_surprise(make_surprise(52, spread=0.2), COVERAGE),
        "weeks": lambda: picture_denoised_weeks(make_weeks(), COVERAGE),
    }[case]()
    figure = make_alone(picture, "Seven weeks were far", "Measure", COVERAGE, theme=theme, narrow=narrow)
    assert find_clipped(figure) == []
    assert find_collisions(figure) == []
