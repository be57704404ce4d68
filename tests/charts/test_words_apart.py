from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_hex

from pipeline.charts.tokens import DARK, LIGHT
from pipeline.charts.words_apart import draw_words_apart, find_words_apart_height, picture_words_apart
from pipeline.patterns.answer import Answer
from pipeline.patterns.words_apart import answer_words_apart


def make_frame(*rows: tuple[str, str, float]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["part", "word", "z"])
    return frame.astype({"part": "str", "word": "str", "z": "float64"}).assign(count=10)


FULL = make_frame(
    *[
        ("night", word, 12.0 - k)
        for k, word in enumerate(["recipe", "film", "$\\foo{", "<b>", "naïve", "lyrics"])
    ],
    *[
        ("day", word, 9.4 - k)
        for k, word in enumerate(["python", "Donaudampfschifffahrtsgesellschaft", "x y z"])
    ],
    ("weekend", "hike", 5.0),
    ("workday", "traceback", 4.1),
)


def draw(sheet: Callable[..., Axes], frame: pd.DataFrame, width: float = 744, **asked: Any) -> Axes:
    narrow = asked.get("narrow", False)
    return draw_words_apart(sheet(width, find_words_apart_height(frame, width, narrow)), frame, **asked)


def test_each_part_lists_its_words_with_bars_of_z_outward(sheet: Callable[..., Axes]) -> None:
    ax = draw(sheet, FULL, mark=("recipe", "python"))
    panels = {panel.get_label(): panel for panel in ax.child_axes}
    assert list(panels) == ["night", "day", "weekend", "workday"]
    said = [text.get_text() for text in panels["night"].texts]
    assert said[:4] == ["recipe", "12", "film", "11"]
    night, day = panels["night"].patches, panels["day"].patches
    middle = panels["night"].get_xlim()[1] / 2
    assert [bar.get_x() + bar.get_width() for bar in night] == pytest.approx([middle - 12] * 6)
    assert [bar.get_x() for bar in day] == pytest.approx([middle + 12] * 3)
    assert day[0].get_width() / night[0].get_width() == pytest.approx(9.4 / 12)


def test_the_first_word_of_a_part_is_red_if_it_is_marked(sheet: Callable[..., Axes]) -> None:
    ax = draw(sheet, FULL, mark=("python", "film"))
    colours = {panel.get_label(): to_hex(panel.patches[0].get_facecolor()).upper() for panel in ax.child_axes}
    assert colours == {"night": LIGHT.data, "day": LIGHT.mark, "weekend": LIGHT.data, "workday": LIGHT.data}


def test_a_part_without_words_says_so_and_a_pair_without_is_left_out(
    sheet: Callable[..., Axes], texts: Callable[..., Any]
) -> None:
    ax = draw(sheet, make_frame(("weekend", "hike", 5.0)))
    assert [panel.get_label() for panel in ax.child_axes] == ["weekend", "workday"]
    assert list(texts(ax.child_axes[1])) == ["no word, clearly"]
    assert list(texts(ax)) == ["At weekends", "On workdays"]


@pytest.mark.parametrize(("width", "narrow"), [(744, False), (664, False), (328, True)])
@pytest.mark.parametrize("theme", [LIGHT, DARK])
@pytest.mark.parametrize(
    "frame", [FULL, FULL[FULL["part"] == "day"], FULL[FULL["part"].isin(["night", "workday"])]]
)
def test_nothing_is_clipped_and_nothing_collides(
    width: float, narrow: bool, theme: Any, frame: pd.DataFrame, sheet: Callable[..., Axes],
    find_clipped: Any, find_collisions: Any,
) -> None:  # fmt: skip
    ax = draw(sheet, frame, width, theme=theme, narrow=narrow, mark=("recipe", "python"))
    assert (find_clipped(ax.figure), find_collisions(ax.figure)) == ([], [])


def test_without_words_there_is_no_picture(subject_of: Callable[..., Any]) -> None:
    subject = subject_of(pd.date_range("2024-01-01", periods=30, freq="h"))
    answer: Answer = answer_words_apart(subject, np.random.default_rng(0))
    assert picture_words_apart(answer, subject.coverage) is None
