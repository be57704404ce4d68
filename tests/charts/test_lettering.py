from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.axes import Axes

from pipeline.charts.faces import list_families
from pipeline.charts.lettering import balance, fill_lines, measure, write
from pipeline.charts.render import render_png
from pipeline.charts.style import FONT_FOLDER, holds, register_fonts

HOSTILE = "iphone $500 vs $\\foo{ <script>alert(1)</script> & \\frac"


def test_the_shipped_fonts_come_before_any_of_the_system() -> None:
    from matplotlib.font_manager import FontProperties, findfont

    register_fonts()
    found = [
        findfont(FontProperties(family=family, weight=weight))
        for family in ("Source Sans Pro", "Source Serif Pro")
        for weight in (400, 600)
    ]
    assert found == [
        str(FONT_FOLDER / f"Source{name}.otf")
        for name in ("SansPro-Regular", "SansPro-Semibold", "SerifPro-Regular", "SerifPro-Semibold")
    ]


def test_only_a_text_in_another_script_asks_for_other_fonts() -> None:
    assert (holds("Ελλάδα лампа naïve", True), holds("音楽", True)) == (True, False)
    assert list_families("naïve", True) == ("Source Serif Pro",)
    assert list_families("音楽", True)[0] == "Source Serif Pro"


def test_a_measured_text_is_as_wide_as_the_drawn_one(sheet: Callable[..., Axes]) -> None:
    ax = sheet()
    label = write(ax, "63,420 searches", 0.5, 0.5, size=24, colour="#000000", serif=True, semibold=True)
    ax.figure.canvas.draw()
    drawn = label.get_window_extent().width * 96 / ax.figure.dpi
    assert measure("63,420 searches", 24, serif=True, semibold=True) == pytest.approx(drawn, abs=1.0)


def test_dollars_and_tags_are_drawn_as_text(sheet: Callable[..., Axes]) -> None:
    ax = sheet()
    label = write(ax, HOSTILE, 0.5, 0.5, size=14, colour="#000000")
    assert label.get_parse_math() is False
    assert render_png(ax.figure)[:4] == b"\x89PNG"


def test_the_letters_that_no_font_holds_stay_out_of_warnings(sheet: Callable[..., Axes]) -> None:
    ax = sheet()
    write(ax, "\U0001f9c0 \ue000", 0.5, 0.5, size=14, colour="#000000")
    render_png(ax.figure)  # a warning would be an error here


def test_labels_of_different_shape_stand_on_one_line(sheet: Callable[..., Axes]) -> None:
    ax = sheet()
    baselines = [
        write(ax, name, 0.5, 0.5, size=12, colour="#000000").get_transform().transform((0, 0))[1]
        for name in ("Jun", "aces", "Ågy")
    ]
    assert len(set(np.round(baselines, 6))) == 1


def test_a_headline_breaks_into_even_lines() -> None:
    headline = "The evening peak comes at 21:00; from 2 to 7 there is almost nothing"
    lines = balance(headline, 24, 664, serif=True, semibold=True)
    assert lines == ["The evening peak comes at 21:00;", "from 2 to 7 there is almost nothing"]


def test_a_no_break_space_is_not_broken() -> None:
    assert fill_lines("one two 21\u00a0% closer", 12, 40)[-2:] == ["21\u00a0%", "closer"]


words = st.lists(st.text("abcmiWÅé", min_size=1, max_size=12), min_size=1, max_size=9)


@settings(max_examples=30)
@given(words, st.floats(min_value=30, max_value=700))
def test_breaking_keeps_every_word_and_the_width(parts: list[str], width: float) -> None:
    for lines in (balance(" ".join(parts), 15, width), fill_lines(" ".join(parts), 15, width)):
        assert " ".join(lines) == " ".join(parts)
        assert all(measure(line, 15) <= width + 1e-6 for line in lines if " " in line)


@settings(max_examples=30)
@given(words, st.floats(min_value=30, max_value=700))
def test_balancing_takes_no_more_lines_than_filling(parts: list[str], width: float) -> None:
    assert len(balance(" ".join(parts), 15, width)) == len(fill_lines(" ".join(parts), 15, width))
