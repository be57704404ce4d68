from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.patterns.runs import list_runs
from pipeline.patterns.tokens import clean_word, iter_words
from pipeline.patterns.vocabulary import (
    Vocabulary,
    count_by,
    count_days,
    list_vocabulary,
    read_vocabulary,
    take_words,
)

TEXTS = ["sourdough Bread", None, "bread", "Москва погода", "sourdough Bread", "", "🍅 bread 🍅", "l’été"]


def read(texts: list[str | None]) -> Vocabulary:
    return list_vocabulary(pd.Series(texts, dtype="object"))


def held(vocabulary: Vocabulary, n_rows: int) -> list[list[str]]:
    rows: list[list[str]] = [[] for _ in range(n_rows)]
    for row, word in zip(vocabulary.row, vocabulary.word, strict=True):
        rows[row].append(vocabulary.words[word])
    return [sorted(words) for words in rows]


def test_each_row_holds_its_words_once() -> None:
    assert held(read(TEXTS), 8) == [
        ["bread", "sourdough"], [], ["bread"], ["москва", "погода"], ["bread", "sourdough"], [],
        ["bread", "🍅"], ["été"],
    ]  # fmt: skip


def test_rows_ascend_and_texts_are_counted() -> None:
    vocabulary = read(TEXTS)
    assert (np.diff(vocabulary.row) >= 0).all()
    assert vocabulary.n_texts == 7
    assert dict(zip(vocabulary.words, vocabulary.counts.tolist(), strict=True))["bread"] == 4


@pytest.mark.parametrize("dtype", ["object", "str"])
def test_any_kind_of_column_gives_the_same(dtype: str) -> None:
    texts = pd.Series(["a bread", None, "rye bread"], dtype=dtype)
    assert held(list_vocabulary(texts), 3) == [["a", "bread"][1:], [], ["bread", "rye"]]


LETTERS = st.text(st.sampled_from("aZ1²'’ßΣς .-\n\u0301\u200d\ufe0fｱé👍🏽🇫🇷❤☀①京"), max_size=14)


@settings(deadline=None)
@given(st.lists(st.text(max_size=20) | LETTERS, max_size=6))
def test_many_texts_at_once_give_what_each_gives_alone(texts: list[str]) -> None:
    found = list_runs(texts)
    words: list[list[str]] = [[] for _ in texts]
    runs = found.runs.to_pylist()
    for text, run in zip(found.text, found.run, strict=True):
        if word := clean_word(runs[run]):
            words[text].append(word)
    assert words == [list(iter_words(text)) for text in texts]


@settings(deadline=None)
@given(st.lists(st.text("abc ", max_size=9), max_size=9), st.integers(1, 4))
def test_counts_by_group_are_those_of_a_loop(texts: list[str], n_groups: int) -> None:
    vocabulary, group = read(list(texts)), np.arange(len(texts)) % n_groups
    counts = count_by(vocabulary, group, n_groups)
    for k in range(n_groups):
        loop = Counter(word for text in texts[k::n_groups] for word in set(iter_words(text)))
        assert dict(zip(vocabulary.words, counts[k].tolist(), strict=True)) == {
            word: loop[word] for word in vocabulary.words
        }


def test_rows_of_no_group_are_left_out() -> None:
    assert count_by(read(["bread", "bread"]), np.array([-1, 0]), 2).tolist() == [[1], [0]]


def test_words_are_counted_by_day(make_subject) -> None:
    times = ["2024-01-01T10:00", "2024-01-03T10:00", "2024-01-03T11:00"]
    subject = make_subject(times, text=["bread", "bread rye", "bread"])
    vocabulary = read_vocabulary(subject)
    places = np.array([vocabulary.words.index(word) for word in ("rye", "bread")])
    assert count_days(vocabulary, subject, places).tolist() == [[0, 1], [0, 0], [1, 2]]
    assert take_words(vocabulary, places).words == ("rye", "bread")


def test_a_subject_is_read_once(make_subject) -> None:
    subject = make_subject(["2024-01-01T10:00"], text="bread")
    assert read_vocabulary(subject) is read_vocabulary(subject)


def test_nothing_has_no_words(make_subject) -> None:
    vocabulary = read_vocabulary(make_subject([]))
    assert (vocabulary.words, vocabulary.n_texts, len(vocabulary.row)) == ((), 0, 0)
