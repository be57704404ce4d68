import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes

from pipeline.charts.cloud import draw_cloud, find_cloud_height, rank_words
from pipeline.charts.cloud_years import (
    cover_year,
    draw_cloud_years,
    find_cloud_years_height,
    picture_year_cloud,
)
from pipeline.charts.frame import say_source
from pipeline.charts.tokens import DARK, LIGHT
from pipeline.patterns.coverage import Coverage

UNHELD = "\ue000"  # private use: no font of a system has it

HOSTILE = ["$\\foo{", "<script>", "a&b", "iphone$500$"]
WORDS = HOSTILE + [
    f"{a}{b}" for a in ("tom", "pla", "gri", "quo", "ly", "ser") for b in ("ato", "net", "py", "sso", "va")
]
FRAME = pd.DataFrame({"word": WORDS, "count": [900 // (k + 1) + 12 for k in range(len(WORDS))]})


def _drawn(ax: Axes) -> dict[str, Any]:
    return {text.get_text(): text for text in ax.texts}


def test_every_word_is_set_as_text_hostile_ones_too(sheet: Callable[..., Axes]) -> None:
    drawn = _drawn(draw_cloud(sheet(744, 400), FRAME))
    assert set(drawn) == set(WORDS)
    assert {text.get_rotation() for text in drawn.values()} == {0.0}
    assert not any(text.get_parse_math() for text in drawn.values())


def test_size_follows_the_count_and_none_is_under_ten_pixels(sheet: Callable[..., Axes]) -> None:
    sizes = [text.get_fontsize() / 0.75 for text in draw_cloud(sheet(744, 400), FRAME).texts]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[0] > 2 * sizes[-1]
    assert sizes[-1] >= 10


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=["light", "dark"])
def test_the_first_word_is_red_only_if_the_finding_marks_it(theme: Any, sheet: Callable[..., Axes]) -> None:
    marked = _drawn(draw_cloud(sheet(744, 400), FRAME, mark=("$\\foo{", "<script>"), theme=theme))
    assert [word for word, text in marked.items() if text.get_color() == theme.mark] == ["$\\foo{"]
    plain = _drawn(draw_cloud(sheet(744, 400), FRAME, theme=theme))
    assert {text.get_color() for text in plain.values()} == set(theme.words)


def test_size_follows_z_where_that_is_asked_for(sheet: Callable[..., Axes]) -> None:
    frame = FRAME.assign(z=[float(k) - 2 for k in range(len(FRAME))])
    drawn = draw_cloud(sheet(744, 400), frame, size_by="z").texts
    assert [text.get_text() for text in drawn] == WORDS[:2:-1]
    assert drawn[0].get_fontsize() > drawn[-1].get_fontsize()


def test_words_keep_to_a_shape(sheet: Callable[..., Axes]) -> None:
    shape = np.zeros((40, 80), dtype=bool)
    shape[:, 40:] = True
    ax = draw_cloud(sheet(800, 400), FRAME, shape=shape)
    assert len(ax.texts) == len(FRAME)
    assert min(text.xy[0] for text in ax.texts) >= 399


def test_words_stay_inside(sheet: Callable[..., Axes], find_clipped: Any) -> None:
    for width, narrow in ((744, False), (328, True)):
        ax = sheet(width, find_cloud_height(FRAME, width, narrow))
        draw_cloud(ax, FRAME, narrow=narrow)
        assert find_clipped(ax.figure, slack=3.0) == []


def test_on_a_phone_the_largest_are_drawn_and_a_line_says_so(
    sheet: Callable[..., Axes], find_clipped: Any
) -> None:
    frame = pd.DataFrame({"word": [f"word{k}" for k in range(60)], "count": range(160, 100, -1)})
    ax = draw_cloud(sheet(328, find_cloud_height(frame, 328, True)), frame, narrow=True)
    assert set(_drawn(ax)) == {*frame["word"][:45], "The 45 largest of 60; the table has all."}
    assert find_clipped(ax.figure, slack=3.0) == []
    few = draw_cloud(sheet(328, find_cloud_height(frame.head(40), 328, True)), frame.head(40), narrow=True)
    assert set(_drawn(few)) == set(frame["word"][:40])


def test_ties_stand_by_the_word() -> None:
    frame = pd.DataFrame({"word": ["pear", "apple", "fig", "none"], "count": [2, 2, 3, 0]})
    assert rank_words(frame) == [("fig", 3.0), ("apple", 2.0), ("pear", 2.0)]


def test_a_word_without_a_font_is_counted_not_drawn_as_boxes(sheet: Callable[..., Axes]) -> None:
    frame = pd.concat([FRAME, pd.DataFrame({"word": [UNHELD, f"a{UNHELD}"], "count": [800, 700]})])
    drawn = _drawn(draw_cloud(sheet(744, 400), frame))
    assert set(drawn) == {*WORDS, "2 words have no font here: see the table."}


def test_under_thirty_words_they_are_a_list_with_counts(
    sheet: Callable[..., Axes], find_clipped: Any, find_collisions: Any
) -> None:
    few = pd.concat([FRAME.head(9), pd.DataFrame({"word": [UNHELD, "x" * 60], "count": [5, 4]})])
    for width, narrow in ((744, False), (328, True)):
        ax = sheet(width, find_cloud_height(few, width, narrow))
        draw_cloud(ax, few, mark=("$\\foo{",), narrow=narrow)
        words = [_drawn(panel) for panel in ax.child_axes]
        assert [next(iter(word)) for word in words] == [*WORDS[:9], "x" * 27 + "…"]
        assert next(iter(words[0].values())).get_color() == LIGHT.mark
        assert "1 word has no font here: see the table." in _drawn(ax)
        assert find_clipped(ax.figure) == []
        assert find_collisions(ax.figure) == []


YEARS = pd.concat([FRAME.head(25).assign(year=year) for year in range(2010, 2025)], ignore_index=True)


@pytest.mark.parametrize(("width", "a_row"), [(1024, 5), (744, 5), (328, 2)])
def test_every_year_has_a_cloud_of_its_own(
    width: int, a_row: int, sheet: Callable[..., Axes], find_clipped: Any
) -> None:
    ax = sheet(width, find_cloud_years_height(YEARS, width))
    draw_cloud_years(ax, YEARS, mark=("$\\foo{",), most_words=18)
    assert [panel.get_label() for panel in ax.child_axes] == [str(year) for year in range(2010, 2025)]
    assert len({round(panel.get_position().x0, 4) for panel in ax.child_axes}) == a_row
    assert {len(panel.texts) for panel in ax.child_axes} == {18}
    assert {panel.texts[0].get_color() for panel in ax.child_axes} == {LIGHT.mark}
    assert find_clipped(ax.figure, slack=3.0) == []


def test_years_are_sized_by_what_sets_them_apart(sheet: Callable[..., Axes]) -> None:
    frame = YEARS[YEARS["year"] < 2012].assign(z=lambda frame: 1000.0 / frame["count"])
    ax = draw_cloud_years(sheet(744, 300), frame, size_by="z", most_words=5)
    assert [panel.texts[0].get_text() for panel in ax.child_axes] == [WORDS[24]] * 2


def test_a_year_of_words_without_a_font_says_so_in_the_place_of_its_cloud(
    sheet: Callable[..., Axes], texts: Callable[..., Any], find_clipped: Any
) -> None:
    unheld = pd.DataFrame({"word": [UNHELD, 2 * UNHELD], "count": [9, 7], "year": 2021})
    frame = pd.concat([unheld, FRAME.assign(year=2022)])
    for width, narrow in ((744, False), (328, True)):
        ax = draw_cloud_years(sheet(width, find_cloud_years_height(frame, width)), frame, narrow=narrow)
        empty, full = ax.child_axes
        assert " ".join(texts(empty)) == "No font here for this year’s 2 words."
        assert len(full.texts) == 15
        assert "2 words have no font here: see the table." in _drawn(ax)
        assert find_clipped(ax.figure) == []


def test_drawing_never_imports_pyplot() -> None:
    code = (
        "import sys, pandas as pd\n"
        "from pipeline.charts.pictures import PICTURES\n"
        "from pipeline.charts.placing import Ground, place_words\n"
        "place_words((('one', 3.0), ('two', 2.0)), Ground(200, 100), 0)\n"
        "print('matplotlib.pyplot' in sys.modules)\n"
    )
    assert (
        subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
        == "False\n"
    )


def test_the_cloud_of_one_year_says_that_its_sizes_are_counts(sheet: Callable[..., Axes]) -> None:
    frame = pd.DataFrame({"word": WORDS, "count": range(len(WORDS)), "z": range(len(WORDS), 0, -1)})
    picture, deck = picture_year_cloud(frame)
    drawn = _drawn(picture.draw(sheet(800, 420)))
    assert [word for word, text in drawn.items() if text.get_color() == LIGHT.mark] == [WORDS[-1]]
    assert deck == "The commonest words of the year, by count. Red: the most frequent."
    picture, deck = picture_year_cloud(frame.assign(count=7))
    assert LIGHT.mark not in {text.get_color() for text in picture.draw(sheet(800, 420)).texts}
    assert deck == "The commonest words of the year, by count."


def test_the_cloud_of_one_year_names_its_own_rows_and_days() -> None:
    whole = Coverage(date(2021, 3, 9), date(2025, 11, 19), 1717, 1700, 63_458, date(2025, 11, 18))
    years = pd.DataFrame(
        {
            "year": [2021, 2022],
            "searches": [8657, 12_683],
            "covered_days": [297, 365],
            "first": pd.to_datetime(["2021-03-09", "2022-01-01"]),
            "last": pd.to_datetime(["2021-12-31", "2022-12-31"]),
        }
    )
    assert say_source(cover_year(whole, years, "2021")).startswith(
        "8,657 entries · 9 Mar – 31 Dec 2021 · 297 of 298 days covered"
    )
    assert cover_year(whole, years, "2022").n_days == 365
