import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.patterns.tokens import ASCII_WORD, iter_words, word_pattern


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("How to bake sourdough bread", ["how", "to", "bake", "sourdough", "bread"]),
        ("python3 groupby 2024 42", ["python3", "groupby"]),
        ("https://example.com/a?b=c weather www.x.org/y", ["weather"]),
        ("login on example.com/account today", ["login", "on", "today"]),
        ("the dentist’s number", ["the", "dentist", "number"]),
        ("l’été à l'hôtel, dell’arte", ["été", "hôtel", "arte"]),
        ("o'brien don't rock'n'roll", ["o'brien", "don't", "rock'n'roll"]),
        ("Straße NACH ﬁnnland", ["straße", "nach", "finnland"]),
        ("Москва погода", ["москва", "погода"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("می‌خواهم", ["می‌خواهم"]),
        ("東京 駅 a b", ["東京", "駅"]),
        ("น้ำ", ["น้ำ"]),
        ("१२३ ١٢", []),
        ("１２３ ①②", []),
        ("1️⃣ I ❤️ NY 👍🏽👍 🇫🇷🍅 ★ ✓", ["ny", "❤️", "👍", "👍", "🇫🇷", "🍅"]),
        ("👨‍👩‍👧🏳️‍🌈⌚️", ["👨‍👩‍👧", "🏳️‍🌈", "⌚"]),
        ("see bbc.co.uk/news or habr.ru today", ["see", "or", "today"]),
        ("main.py lib.rs", ["main", "py", "lib", "rs"]),
        ("re.findall node.js", ["re", "findall", "node", "js"]),
        ("C++ <script>alert(1)</script> $\\foo{", ["script", "alert", "script", "foo"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
    ],
)
def test_words_are_runs_of_letters_and_digits_in_any_script(text: str, words: list[str]) -> None:
    assert list(iter_words(text)) == words


@given(st.text(st.characters(max_codepoint=127)))
def test_the_fast_way_for_ascii_finds_what_the_full_one_does(text: str) -> None:
    assert ASCII_WORD.findall(text.lower()) == word_pattern().findall(text.lower())


@given(st.text())
def test_any_text_gives_clean_words(text: str) -> None:
    for word in iter_words(text):
        assert word and not word.isspace() and not word.isnumeric()
