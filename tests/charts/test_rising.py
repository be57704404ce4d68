from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.rising import draw_rising, find_rising_height, picture_rising
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.rising import answer_rising

ALL = {"pandas": 6.8, "$\\foo{": 5.1, "list comprehension of everything": 4.9, "naïve": 4.1, "fax": -4.2,
       "translate": -6.2}  # fmt: skip


def make(words: dict[str, float], n_years: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    frame = pd.DataFrame({"word": list(words), "z": list(words.values())}).astype({"word": "str"})
    years = pd.DataFrame(
        [
            (word, 2021 + k, round(20 * np.exp(np.sign(z) * 0.4 * k) + 8), 1000)
            for word, z in words.items()
            for k in range(n_years)
        ],
        columns=["word", "year", "count", "searches"],
    )
    return frame, years


def draw(sheet: Callable[..., Axes], words: dict[str, float], width: float = 744, **asked: Any) -> Axes:
    frame, years = make(words, asked.pop("n_years", 5))
    ax = sheet(width, find_rising_height(frame, width, asked.get("narrow", False)))
    return draw_rising(ax, frame, years=years, **asked)


def test_each_direction_has_its_words_the_surest_first_with_both_shares(sheet: Callable[..., Axes]) -> None:
    rising, falling = draw(sheet, ALL, mark=("pandas", "translate")).child_axes
    said = [text.get_text() for text in falling.texts]
    assert said == ["translate", "2.8\u00a0%", "1.2\u00a0%", "fax", "2.8\u00a0%", "1.2\u00a0%"]
    assert [text.get_text() for text in rising.texts][:3] == ["pandas", "2.8\u00a0%", "11\u00a0%"]


def test_a_line_goes_by_the_yearly_shares_from_zero(sheet: Callable[..., Axes]) -> None:
    rising, _ = draw(sheet, ALL).child_axes
    (line,) = [line for line in rising.lines if line.get_label() == "pandas"]
    _, years = make(ALL)
    shares = years.loc[years["word"] == "pandas", "count"].to_numpy() / 1000
    heights = 21 - np.asarray(line.get_ydata(), dtype=float)
    np.testing.assert_allclose(heights / heights.max(), shares / shares.max())


def test_only_the_marked_first_word_is_red(sheet: Callable[..., Axes]) -> None:
    rising, falling = draw(sheet, ALL, mark=("pandas", "fax")).child_axes
    red = [
        line.get_label()
        for panel in (rising, falling)
        for line in panel.lines
        if to_hex(line.get_color()).upper() == LIGHT.mark and not line.get_label().startswith("_")
    ]
    assert red == ["pandas"]


def test_a_direction_without_words_says_so(sheet: Callable[..., Axes], texts: Callable[..., Any]) -> None:
    rising, falling = draw(sheet, {"fax": -5.0}).child_axes
    assert list(texts(rising)) == ["no word, clearly"]
    assert "fax" in texts(falling)


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(("words", "n_years"), [(ALL, 5), (ALL, 15), ({"fax": -5.0}, 3)])
def test_nothing_is_clipped_and_nothing_collides(
    width: float, narrow: bool, theme: Any, words: dict[str, float], n_years: int,
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any,
) -> None:  # fmt: skip
    ax = draw(sheet, words, width, n_years=n_years, theme=theme, narrow=narrow, mark=("pandas", "fax"))
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_without_words_there_is_no_picture(subject_of: Callable[..., Any]) -> None:
    subject = subject_of(pd.date_range("2024-01-01", periods=30, freq="h"))
    answer = answer_rising(subject, np.random.default_rng(0))
    assert picture_rising(answer, subject.coverage) is None
