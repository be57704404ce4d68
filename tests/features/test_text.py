"""Text features: hashed words and runs of letters in any script, one sparse row a text."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.features import text
from pipeline.features.sparse_rows import SparseRows
from pipeline.features.text import hash_texts, make_text_features
from pipeline.features.word_hashes import BASE, hash_words
from pipeline.patterns.tokens import fold_word, iter_words

MANY_SCRIPTS = (
    "weather in Paris",
    "l'été à Nice",
    "Straße STRASSE",
    "天气预报 北京",
    "東京駅 ラーメン",
    "погода в Москве",
    "ประเทศไทย",
    "서울 날씨",
    "مدرسة",
    "हिन्दी फ़िल्म",
    "🎉 party 🎉",
    "https://example.org/x 42",
    "",
    "e\u0301te\u0301",
)
LETTERS = st.sampled_from("".join(MANY_SCRIPTS) + "'’-_.,0İﬁ\ufe0f")


def hash_letters(letters: str) -> int:
    """The hash as its module describes it, in Python's own whole numbers."""
    mask = 2**64 - 1
    z = sum(ord(letter) * BASE**k for k, letter in enumerate(letters)) & mask
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9 & mask
    z = (z ^ (z >> 27)) * 0x94D049BB133111EB & mask
    return z ^ (z >> 31)


def describe(content: str, n_columns: int) -> np.ndarray:
    """A row, text by text and word by word."""
    half = n_columns // 2
    parts: tuple[Counter[int], Counter[int]] = (Counter(), Counter())
    for word in iter_words(content):
        edged = f" {fold_word(word)} "
        pieces = [(0, edged)] + [(1, edged[k : k + n]) for n in (2, 3) for k in range(len(edged) - n + 1)]
        for part, letters in pieces:
            z = hash_letters(letters)
            parts[part][half * part + z % half] += -1 if z >> 63 else 1
    row = np.zeros(n_columns)
    for counts in parts:
        length = math.sqrt(2 * sum(n * n for n in counts.values()))
        for column, n in counts.items():
            row[column] = n / length if n else 0.0
    return row


@given(
    st.lists(st.text(LETTERS, max_size=30) | st.sampled_from(MANY_SCRIPTS), max_size=6),
    st.sampled_from([4, 32, 2**14]),
)
@settings(max_examples=40, deadline=None)
def test_a_row_is_what_its_words_and_letters_hash_to(texts: list[str], n_columns: int) -> None:
    rows = hash_texts(pd.Series(texts, dtype="object"), n_columns=n_columns)
    expected = np.array([describe(content, n_columns) for content in texts]).reshape(-1, n_columns)
    np.testing.assert_allclose(rows.fill(), expected, atol=1e-6)  # values are float32


def test_texts_of_every_script_have_words_and_letters() -> None:
    rows = hash_texts(pd.Series(MANY_SCRIPTS))
    halves = np.stack([np.linalg.norm(part, axis=1) for part in np.split(rows.fill(), 2, axis=1)], axis=1)
    empty = [k for k, content in enumerate(MANY_SCRIPTS) if content == "" or content.startswith("https")]
    expected = np.full((len(MANY_SCRIPTS), 2), math.sqrt(0.5))
    expected[empty] = 0
    np.testing.assert_allclose(halves, expected, atol=1e-6)


def test_a_word_has_the_same_column_on_every_machine_and_in_every_year() -> None:
    hashed = hash_words(["paris", "天气"], 2**14)
    first = hashed.offset[:-1]
    assert (hashed.column[first].tolist(), hashed.sign[first].tolist()) == ([6524, 4851], [-1, 1])


def test_columns_and_signs_are_spread_evenly() -> None:
    words = [f"{a}{b}{c}" for a in "bcdfgklmnprst" for b in "aeiou" for c in "abcdefghijklmnopqrstuvwxyz"]
    hashed = hash_words(words, 256)
    first = hashed.offset[:-1]
    counts = np.bincount(hashed.column[first], minlength=128)
    chi_square = ((counts - len(words) / 128) ** 2 / (len(words) / 128)).sum()
    assert chi_square < 127 + 4 * math.sqrt(2 * 127)  # 127 degrees of freedom, four standard deviations
    assert abs(hashed.sign[first].mean()) < 4 / math.sqrt(len(words))


def test_what_two_spellings_have_in_common_is_one_column() -> None:
    one, other, different = hash_texts(pd.Series(["Straße", "STRASSE", "Strasbourg"])).fill()
    np.testing.assert_array_equal(one, other)
    assert 0.1 < one @ different < 0.6  # a beginning in common


def test_a_rows_columns_ascend_and_come_once() -> None:
    rows = hash_texts(pd.Series([*MANY_SCRIPTS, "one one one two"]), n_columns=64)
    for start, end in zip(rows.offset[:-1], rows.offset[1:], strict=True):
        assert (np.diff(rows.index[start:end]) > 0).all()
    assert (rows.value != 0).all()
    assert (rows.index.dtype, rows.value.dtype, rows.offset.dtype) == (np.int32, np.float32, np.int64)


def make_rows(texts: list[str | None], **columns: object) -> pd.DataFrame:
    """Entries a second after each other, late in June 2024."""
    time = pd.Series(
        np.datetime64("2024-06-30T23:59:57", "ms") + np.arange(len(texts)) * np.timedelta64(1, "s")
    )
    frame = pd.DataFrame(
        {
            "time": time.dt.tz_localize("UTC"), "date": time.dt.normalize(), "product": "search",
            "action": "searched", "mark": None, "text": pd.Series(texts, dtype="object"),
        }
    )  # fmt: skip
    return frame.assign(**columns)


def compare(one: SparseRows, other: SparseRows) -> None:
    """Fail unless both hold the same bits."""
    for name in ("index", "value", "offset", "n_columns"):
        np.testing.assert_array_equal(getattr(one, name), getattr(other, name))


def test_marked_entries_and_entries_without_a_text_are_left_out() -> None:
    rows = make_rows(["one", None, "two", "three"], mark=[None, None, "ad", None])
    found = make_text_features(rows)
    assert found.place.tolist() == [0, 3]
    np.testing.assert_array_equal(found.x.fill(), hash_texts(pd.Series(["one", "three"])).fill())


def test_the_last_texts_by_time_are_kept_in_the_order_of_time() -> None:
    rows = make_rows(["one", "two", "three", "four"]).iloc[[2, 0, 3, 1]].reset_index(drop=True)
    found = make_text_features(rows, most=3)
    assert [rows["text"][k] for k in found.place] == ["two", "three", "four"]
    assert make_text_features(rows, most=0).x.n_rows == 0
    assert text.MOST_TEXTS == 200_000


def test_labels_come_from_the_entry_and_features_from_its_text() -> None:
    texts: list[str | None] = ["one", "two", "three", "four", "five"]
    rows = make_rows(texts, product=["search", "youtube", "maps", "search", "search"], action="watched")
    found, plain = make_text_features(rows), make_text_features(make_rows(texts))
    compare(found.x, plain.x)
    assert found.product.tolist() == ["search", "youtube", "maps", "search", "search"]
    assert found.action.tolist() == ["watched"] * 5
    other = make_text_features(rows.assign(text="nothing of it"))
    assert other.product.tolist() == found.product.tolist()


def test_blocks_change_nothing_and_bound_what_is_read_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = pd.Series([f"{content} {k}x" for k in range(3) for content in MANY_SCRIPTS])
    whole = hash_texts(texts)
    sizes = []
    hash_block = text._hash_block
    monkeypatch.setattr(text, "TEXTS_IN_BLOCK", 5)
    monkeypatch.setattr(text, "_hash_block", lambda some, n: sizes.append(len(some)) or hash_block(some, n))
    compare(hash_texts(texts), whole)
    assert (max(sizes), sum(sizes)) == (5, len(texts))


def test_an_archive_without_texts_has_no_rows() -> None:
    found = make_text_features(make_rows([None, None]))
    assert (found.x.n_rows, found.x.fill().shape, len(found.place)) == (0, (0, text.N_COLUMNS), 0)


def test_rows_can_be_taken_in_any_order() -> None:
    rows = hash_texts(pd.Series(MANY_SCRIPTS), n_columns=64)
    dense = rows.fill()
    for chosen in (slice(2, 7), slice(None), slice(5, 2), slice(1, 12, 3), slice(-3, None)):
        part = rows.take(chosen)
        np.testing.assert_array_equal(part.fill(), dense[chosen])
        assert (part.offset[0], part.offset[-1]) == (0, len(part.index))
    for places in ([3, 1, 1, 12], [], [13]):
        picked = rows.take(np.array(places, np.int64))
        np.testing.assert_array_equal(picked.fill(), dense[np.array(places, np.int64)])
    assert isinstance(rows.take(slice(0, 0)), SparseRows)
