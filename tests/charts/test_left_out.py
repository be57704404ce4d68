from collections.abc import Callable
from typing import Any

import pytest
from matplotlib.axes import Axes

from pipeline.charts import left_out
from pipeline.charts.left_out import can_draw, measure_left_out, say_left_out, write_left_out
from pipeline.charts.tokens import LIGHT

SECRETS = ["ดนตรี", "音乐", "🍅", "plain"]


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw on a system that has our own fonts only."""
    monkeypatch.setattr(left_out, "list_installed", lambda: frozenset({"DejaVu Sans"}))
    monkeypatch.setattr(
        left_out,
        "list_missing",
        lambda text, serif: "".join(letter for letter in text if ord(letter) > 0x590),
    )


def test_where_all_words_have_fonts_nothing_is_said() -> None:
    assert say_left_out(["plain", "naïve", "лампа"]) == ""
    assert say_left_out([]) == ""
    assert measure_left_out("", 300) == 0


def test_scripts_and_packages_are_named_but_no_word(bare: None) -> None:
    text = say_left_out(SECRETS)
    assert text == (
        "3 words in Chinese, Thai and emoji have no font here (fonts-noto-cjk, fonts-noto-core and"
        " fonts-symbola would help): see the table."
    )
    assert not any(secret in text for secret in SECRETS)
    assert say_left_out(["ดนตรี", "ดนตรี"]) == (
        "1 word in Thai has no font here (fonts-noto-core would help): see the table."
    )


def test_a_package_that_is_here_is_not_named(monkeypatch: pytest.MonkeyPatch, bare: None) -> None:
    monkeypatch.setattr(left_out, "list_installed", lambda: frozenset({"Symbola"}))
    assert say_left_out(["\U0001fae0"]) == "1 word in emoji has no font here: see the table."


def test_an_empty_word_is_not_drawn() -> None:
    assert not can_draw(" ")


def test_the_line_breaks_on_a_phone(sheet: Callable[..., Axes], bare: None, find_clipped: Any) -> None:
    text = say_left_out(SECRETS)
    high = measure_left_out(text, 328)
    ax = sheet(328, high)
    ax.set_xlim(0, 328)
    ax.set_ylim(high, 0)
    write_left_out(ax, text, 328, high, LIGHT)
    assert len(ax.texts) == 3
    assert " ".join(label.get_text() for label in reversed(ax.texts)) == text
    assert find_clipped(ax.figure) == []
