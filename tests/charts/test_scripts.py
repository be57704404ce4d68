import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.charts.scripts import (
    choose_variety,
    find_script,
    find_variety,
    list_scripts,
    list_varieties,
    name_packages,
    order_families,
    simplify_text,
)


@pytest.mark.parametrize(
    ("text", "scripts"),
    [
        ("música 12", ("Latin",)),
        ("чай tea", ("Cyrillic", "Latin")),
        ("μουσική", ("Greek",)),
        ("موسيقى", ("Arabic",)),
        ("מוזיקה", ("Hebrew",)),
        ("संगीत", ("Devanagari",)),
        ("ดนตรี", ("Thai",)),
        ("音乐", ("Chinese",)),
        ("音楽のアプリ", ("Chinese", "Japanese")),
        ("음악", ("Korean",)),
        ("🍅 ❤️", ("emoji",)),
        ("\U0001fae9 \U0001faef", ("emoji",)),  # of Unicode 16 and 17
        ("12 % – 3.5", ()),
    ],
)
def test_a_text_tells_its_scripts_in_order(text: str, scripts: tuple[str, ...]) -> None:
    assert list_scripts(text) == scripts


@pytest.mark.parametrize(
    ("text", "varieties"),
    [
        ("音乐", ("SC",)),
        ("你們", ("TC",)),
        ("音楽", ("JP",)),
        ("カフェ", ("JP",)),
        ("음악", ("KR",)),
        ("音樂", ("TC", "JP", "KR")),
        ("音", ("SC", "TC", "JP", "KR")),
        ("music", ()),
        ("чай", ()),
    ],
)
def test_chinese_letters_are_of_each_language_whose_charset_holds_them(
    text: str, varieties: tuple[str, ...]
) -> None:
    assert list_varieties(text) == varieties


def test_the_words_around_tell_what_a_word_alone_does_not() -> None:
    assert choose_variety(["京都", "図書館", "ラーメン", "music"]) == "JP"
    assert choose_variety(["京都", "音樂", "你們", "圖書館"]) == "TC"
    assert choose_variety(["京都", "音乐", "图书馆"]) == "SC"
    assert choose_variety(["음악", "學校", "서울"]) == "KR"
    assert choose_variety(["music", "чай"]) == choose_variety([]) == "SC"


def test_a_word_of_another_language_is_drawn_in_its_own() -> None:
    assert (find_variety("京都", "JP"), find_variety("京都", "SC")) == ("JP", "SC")
    assert (find_variety("音乐", "JP"), find_variety("ロック", "SC")) == ("SC", "JP")


def test_each_voice_has_families_of_its_own_kind_first() -> None:
    assert order_families("ดนตรี", True)[:2] == ("Noto Serif Thai", "Noto Sans Thai")
    assert order_families("ดนตรี", False)[:2] == ("Noto Sans Thai", "Noto Serif Thai")
    assert order_families("音楽", True)[0] == "Noto Serif CJK JP"
    assert order_families("京都", False, "TC")[0] == "Noto Sans CJK TC"
    assert order_families("موسيقى", False)[0] == "Noto Naskh Arabic"
    assert order_families("бук", True) == ("Noto Serif", "DejaVu Sans")


def test_what_has_no_outline_of_its_own_is_not_drawn() -> None:
    assert simplify_text("👍🏽 ❤️ 1️⃣") == "👍 ❤ 1"
    assert simplify_text("naïve") == "naïve"


def test_packages_are_named_once_and_only_if_they_are_missing() -> None:
    assert name_packages(["Thai", "Arabic"], []) == ["fonts-noto-core"]
    assert name_packages(["Thai", "Korean", "Chinese"], []) == ["fonts-noto-cjk", "fonts-noto-core"]
    assert name_packages(["emoji"], ["Symbola"]) == []
    assert name_packages(["emoji"], ["DejaVu Sans"]) == ["fonts-symbola"]


@given(st.characters())
def test_every_letter_has_a_script_or_is_common(letter: str) -> None:
    script = find_script(letter)
    if unicodedata.category(letter)[0] in "NPZ":
        assert script == ""
    assert order_families(letter, True)[-1] == "DejaVu Sans"
