from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle

from pipeline.charts.cloud_years import draw_cloud_years
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.charts.words_years import (
    draw_words_years,
    find_words_years_height,
    list_year_words,
    picture_words_by_year,
)
from pipeline.patterns.answer import MAIN, Answer

UNHELD = "\ue000"  # private use: no font of a system has it


def _make(years: range, n_words: int = 9, first_z: float = 46.0) -> pd.DataFrame:
    rows = [
        (year, f"word{year % 100}{'abcdefghijkl'[k]}", 90 - k, first_z / (1 + k / 4) - year % 3)
        for year in years
        for k in range(n_words)
    ]
    return pd.DataFrame(rows, columns=["year", "word", "count", "z"])


def _bars(panel: Axes) -> list[float]:
    return [patch.get_width() for patch in panel.patches if isinstance(patch, Rectangle)]


def test_seven_words_of_each_year_by_z() -> None:
    frame = pd.DataFrame(
        {
            "year": [2022, 2021, 2021, 2021, 2021],
            "word": ["later", "pear", "apple", "none", "least"],
            "z": [5.0, 9.0, 9.0, -1.0, 3.9],
        }
    )
    listed = list_year_words(frame.sample(frac=1, random_state=0))
    assert listed["word"].to_list() == ["apple", "pear", "later"]
    assert list_year_words(_make(range(2021, 2023))).groupby("year").size().to_list() == [7, 7]


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_a_marked_word_that_leads_its_year_is_red_and_semibold(
    theme: Any, sheet: Callable[..., Axes]
) -> None:
    frame = _make(range(2021, 2024))
    ax = draw_words_years(sheet(744, 260), frame, mark=("word21a", "word23b"), theme=theme)
    red = [
        text.get_text() for panel in ax.child_axes for text in panel.texts if text.get_color() == theme.mark
    ]
    assert red == ["word21a"]
    first, second = ax.child_axes[0].texts[0], ax.child_axes[0].texts[2]
    assert (first.get_fontweight(), second.get_fontweight()) == (600, 400)


def test_bars_are_z_on_one_scale_and_numbers_say_it(sheet: Callable[..., Axes]) -> None:
    frame = _make(range(2021, 2023), n_words=2, first_z=40.0)
    ax = draw_words_years(sheet(744, 260), frame)
    assert [[text.get_text() for text in panel.texts] for panel in ax.child_axes] == [
        ["word21a", "38", "word21b", "30"],
        ["word22a", "40", "word22b", "32"],
    ]
    wide = max(_bars(ax.child_axes[1]))
    assert [bar / wide for panel in ax.child_axes for bar in _bars(panel)] == pytest.approx(
        [38 / 40, 30 / 40, 1, 32 / 40]
    )


@pytest.mark.parametrize(("width", "a_row"), [(744, 5), (328, 2)])
def test_years_stand_in_rows_and_nothing_is_clipped_or_collides(
    width: int, a_row: int, sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    frame = _make(range(2010, 2025))
    frame.loc[3, "word"] = "internationalisierungsbeauftragte " * 3
    frame.loc[12, "word"] = "w" * 200
    ax = draw_words_years(sheet(width, find_words_years_height(frame, width)), frame, narrow=width < 400)
    assert [panel.get_label() for panel in ax.child_axes] == [str(year) for year in range(2010, 2025)]
    assert len({round(panel.get_position().x0, 4) for panel in ax.child_axes}) == a_row
    assert find_clipped(ax.figure) == []
    assert find_collisions(ax.figure) == []


def test_a_long_word_is_made_smaller_then_cut(sheet: Callable[..., Axes]) -> None:
    frame = _make(range(2021, 2026), n_words=2)
    frame.loc[0, "word"], frame.loc[2, "word"] = "internationalise", "w" * 200
    ax = draw_words_years(sheet(744, 120), frame)
    cut, whole = ax.child_axes[1].texts[0], ax.child_axes[0].texts[0]
    assert cut.get_text().endswith("w…")
    assert cut.get_fontsize() == pytest.approx(12 * 0.75)
    assert whole.get_text() == "internationalise"
    assert 12 * 0.75 <= whole.get_fontsize() < 17 * 0.75


def test_a_word_without_a_font_is_named_in_a_line_below(
    sheet: Callable[..., Axes], texts: Callable[..., Any], find_clipped: Any
) -> None:
    frame = _make(range(2021, 2023), n_words=3)
    frame.loc[1, "word"] = UNHELD
    ax = draw_words_years(sheet(328, find_words_years_height(frame, 328)), frame, narrow=True)
    assert "1 word has no font here: see the table." in [text.get_text() for text in ax.texts]
    assert [len(_bars(panel)) for panel in ax.child_axes] == [2, 3]
    assert find_clipped(ax.figure) == []


def test_one_year_of_one_word_is_drawn(sheet: Callable[..., Axes]) -> None:
    frame = _make(range(2021, 2022), n_words=1)
    ax = draw_words_years(sheet(328, find_words_years_height(frame, 328)), frame, narrow=True)
    assert len(ax.child_axes) == 1


def test_a_year_that_no_word_sets_apart_says_so(
    sheet: Callable[..., Axes], texts: Callable[..., Any], find_clipped: Any
) -> None:
    frame = _make(range(2021, 2024))
    frame.loc[frame["year"] == 2022, "z"] = 1.5
    for width in (744, 328):
        ax = draw_words_years(sheet(width, find_words_years_height(frame, width)), frame, narrow=width < 400)
        assert [panel.get_label() for panel in ax.child_axes] == ["2021", "2022", "2023"]
        assert " ".join(texts(ax.child_axes[1])) == "No word sets it apart."
        assert [len(_bars(panel)) for panel in ax.child_axes] == [7, 0, 7]
        assert find_clipped(ax.figure) == []


def test_where_no_word_sets_any_year_apart_the_years_are_clouds_by_count() -> None:
    coverage: Any = None
    finding: Any = SimpleNamespace(mark=("word21a",))
    for frame, drawn in (
        (_make(range(2021, 2023)), draw_words_years),
        (_make(range(2021, 2023)).assign(z=0.0), draw_cloud_years),
    ):
        picture = picture_words_by_year(Answer({MAIN: frame}, finding), coverage)
        assert picture is not None
        assert picture.draw.func is drawn  # type: ignore[attr-defined]
    assert picture.draw.keywords["size_by"] == "count"  # type: ignore[attr-defined]
    empty = Answer({MAIN: _make(range(2021, 2021))}, finding)
    assert picture_words_by_year(empty, coverage) is None
