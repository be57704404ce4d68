from collections import Counter

import pytest

from pipeline.patterns.stop_words import choose_stop_words, read_stop_words
from pipeline.patterns.words import count_words


def test_seven_languages_are_shipped_without_words_that_carry_meaning() -> None:
    lists = read_stop_words()
    assert list(lists) == ["English", "French", "German", "Spanish", "Italian", "Portuguese", "Dutch"]
    assert min(len(words) for words in lists.values()) > 100
    meaning = {"python", "recipe", "weather", "wetter", "recette", "receta", "film", "été"}
    assert not meaning & frozenset().union(*lists.values())


@pytest.mark.parametrize(
    ("language", "texts"),
    [
        ("French", ["la recette du pain", "où est le train", "le temps à paris", "le prix du pain"]),
        ("German", ["wie ist das wetter", "wo ist der zug", "der preis von brot", "das brot und die butter"]),
        ("Spanish", ["el tiempo en madrid", "la receta del pan", "el precio del tren", "dónde está el tren"]),
        (
            "Dutch",
            ["het weer in utrecht", "de prijs van het brood", "waar is het station", "het recept voor brood"],
        ),
    ],
)
def test_a_language_that_the_texts_show_loses_its_function_words(language: str, texts: list[str]) -> None:
    words = set(count_words(texts)["word"])
    assert not words & read_stop_words()[language]
    assert words & {"pain", "brot", "tren", "brood"}


def test_english_nouns_stay_though_other_languages_use_them_as_function_words() -> None:
    texts = ["electric car price", "cold war film", "camper van", "north sea"] + ["weather"] * 300
    assert {"car", "war", "van", "sea"} <= set(count_words(texts)["word"])


def test_english_function_words_never_count() -> None:
    assert set(count_words(["What's the weather", "don't panic", "how it's made", "let's go"])["word"]) == {
        "weather", "panic", "go"
    }  # fmt: skip


def test_some_foreign_names_among_many_searches_do_not_show_a_language() -> None:
    names = Counter({"los": 5, "san": 5, "la": 9, "las": 4, "el": 3})
    assert choose_stop_words(names, 5000) == read_stop_words()["English"]
    assert "el" in choose_stop_words(names, 500)


def test_two_words_of_a_language_do_not_show_it() -> None:
    assert choose_stop_words(Counter({"los": 50, "san": 50, "la": 90}), 200) == read_stop_words()["English"]
