from collections import Counter

import pytest

from pipeline.patterns.stop_words import choose_stop_words, read_stop_words
from pipeline.patterns.words import count_words

SHIPPED = [
    "English", "French", "German", "Spanish", "Italian", "Portuguese", "Dutch", "Russian", "Ukrainian",
    "Polish", "Czech", "Swedish", "Danish", "Norwegian", "Finnish", "Hungarian", "Romanian", "Greek",
    "Turkish", "Arabic", "Hebrew", "Persian", "Hindi", "Thai", "Chinese", "Japanese", "Korean",
    "Vietnamese", "Indonesian",
]  # fmt: skip


def test_twenty_nine_languages_are_shipped_without_words_that_carry_meaning() -> None:
    lists = read_stop_words()
    assert list(lists) == SHIPPED
    assert min(len(words) for words in lists.values()) > 75
    meaning = {"python", "recipe", "weather", "wetter", "recette", "receta", "film", "été", "погода", "天气",
               "recept", "hava", "طقس", "मौसम", "날씨"}  # fmt: skip
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


@pytest.mark.parametrize(
    ("language", "texts", "left"),
    [
        ("Russian", ["погода на завтра", "как испечь хлеб", "что такое рожь", "рецепт для хлеба"], "погода"),
        ("Polish", ["jaka jest pogoda", "przepis na chleb", "co to jest", "gdzie jest pociąg"], "chleb"),
        ("Swedish", ["hur blir vädret", "recept på bröd", "var är tåget och bussen"], "bröd"),
        ("Turkish", ["ekmek için en iyi fırın", "hava nasıl", "bu ne", "bir tarif ve ekmek"], "ekmek"),
        ("Arabic", ["الطقس في باريس", "كيف أصنع الخبز", "ما هو الخبز", "من هو الطباخ"], "الخبز"),
        ("Greek", ["ο καιρός στην αθήνα", "συνταγή για ψωμί"], "ψωμί"),
        ("Hindi", ["दिल्ली का मौसम", "रोटी कैसे बनाये"], "मौसम"),
        ("Korean", ["서울 날씨 어떻게", "빵 만드는 방법"], "날씨"),
        (
            "Indonesian",
            ["resep roti yang enak", "cuaca di bali", "apa itu roti", "dan untuk roti"],
            "roti",
        ),
    ],
)
def test_other_scripts_and_tongues_lose_theirs_too(language: str, texts: list[str], left: str) -> None:
    words = set(count_words(texts)["word"])
    assert not {word.casefold() for word in words} & read_stop_words()[language]
    assert left in words


def test_spanish_does_not_show_french() -> None:
    texts = [
        "la receta de pan",
        "el precio de la casa",
        "que es un tren",
        "car rental",
        "el pan en la mesa",
    ] * 4
    words = set(count_words(texts)["word"])
    assert "car" in words
    assert not {"el", "la", "de"} & words
