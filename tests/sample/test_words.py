"""The words of each language: in its script, of every topic, and queries that are made of them alone."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from datetime import date
from importlib import resources
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.sample import NO_EFFECTS, invent
from pipeline.sample.queries import load_words

SCRIPTS = {
    "de": "LATIN", "fr": "LATIN", "es": "LATIN", "ru": "CYRILLIC", "ar": "ARABIC", "hi": "DEVANAGARI",
    "th": "THAI", "ko": "HANGUL", "zh-Hans": "CJK", "ja": "CJK HIRAGANA KATAKANA",
}  # fmt: skip
UNSPACED = {"zh-Hans", "ja", "th"}
KINDS = ("heads", "tails", "asks")


def list_entries(words: dict[str, Any]) -> list[dict[str, Any]]:
    return [*words["everyday"], *words["burst"]]


def find_scripts(text: str) -> set[str]:
    return {unicodedata.name(letter).split()[0] for letter in text if unicodedata.category(letter) == "Lo"}


def test_every_language_with_words_is_tried_here() -> None:
    room = resources.files("pipeline.sample").joinpath("words")
    assert {Path(file.name).stem for file in room.iterdir()} == SCRIPTS.keys()


@pytest.mark.parametrize("language", SCRIPTS)
def test_a_language_has_words_for_every_topic_and_keeps_its_weights_and_days(language: str) -> None:
    own, english = load_words(language), load_words()
    assert (own["hours"], own["odd"]) == (english["hours"], english["odd"])
    for mine, theirs in zip(list_entries(own), list_entries(english), strict=True):
        for kind in KINDS:
            assert mine[kind] and mine[kind] != theirs[kind]
            assert len(set(mine[kind])) == len(mine[kind])
        assert {key: mine[key] for key in mine if key not in (*KINDS, "word")} == {
            key: theirs[key] for key in theirs if key not in (*KINDS, "word")
        }
        assert mine.get("word", mine["heads"][0]) == mine["heads"][0]
        assert all(ask.count("{h}") == 1 for ask in mine["asks"])
        assert not [head for head in mine["heads"] if " " in head]
    said = [text for entry in list_entries(own) for kind in KINDS for text in entry[kind]]
    assert 150 <= len(said) <= 300


@pytest.mark.parametrize("language", SCRIPTS)
def test_words_are_written_in_the_letters_of_their_language(language: str) -> None:
    words = load_words(language)
    said = [text for entry in list_entries(words) for kind in KINDS for text in entry[kind]]
    said += [*words["suffixes"], *words["channels"]["names"], *words["channels"]["titles"]]
    said += words["places"]["names"]
    letters = [
        letter
        for text in said
        for letter in text.replace("{h}", "")
        if unicodedata.category(letter) in ("Lu", "Ll", "Lo")
    ]
    named = [unicodedata.name(letter).split()[0] for letter in letters]
    foreign = [letter for letter, name in zip(letters, named, strict=True) if name not in SCRIPTS[language]]
    assert foreign == []
    assert all(text == unicodedata.normalize("NFC", text) or language == "hi" for text in said)


@pytest.mark.parametrize("language", SCRIPTS)
def test_queries_are_made_of_the_words_of_their_language(language: str) -> None:
    invention = invent(since=date(2025, 9, 1), seed=3, locale=language)
    odd = set(load_words()["odd"])
    texts = [
        entry.title
        for entries in invention.by_file.values()
        for entry in entries
        if entry.product == "Search" and entry.action == "searched" and entry.title not in odd
    ]
    scripts = Counter(script for text in texts for script in (find_scripts(text) or {"LATIN"}))
    assert scripts.total() and set(scripts) - {"LATIN"} <= set(SCRIPTS[language].split())
    held = np.mean([bool(find_scripts(text)) for text in texts])
    assert held > 0.95 or SCRIPTS[language] in ("LATIN", "CYRILLIC")
    if language in UNSPACED:
        assert not [text for text in texts if " " in text]
    else:
        assert np.mean([" " in text for text in texts]) > 0.8
    heads = {head for entry in list_entries(load_words(language)) for head in entry["heads"]}
    assert set(invention.truth["words"]) <= heads
    assert {burst["word"] for burst in invention.truth["bursts"]} <= heads


@pytest.mark.parametrize("locale", ["en", "en_GB", "it", "zh_TW", "pt_BR"])
def test_a_locale_without_words_of_its_own_asks_in_english(locale: str) -> None:
    assert load_words(locale) == load_words()


def test_a_country_asks_in_its_language() -> None:
    assert load_words("de_AT") == load_words("de") != load_words()


@pytest.mark.parametrize("language", ["en", *SCRIPTS])
def test_the_words_of_a_phrase_stand_nowhere_but_in_it(language: str) -> None:
    words = load_words(language)
    said = [text for entry in list_entries(words) for kind in KINDS for text in entry[kind]]
    said += words["suffixes"]
    for phrase in words["phrases"]:
        halves = phrase.split()
        assert len(halves) == 2
        assert [text for text in said if set(halves) & set(re.split(r"\s", text))] == [phrase]


def test_phrases_come_apart_as_often_as_is_asked() -> None:
    def count(share: float) -> tuple[int, int]:
        effects = replace(NO_EFFECTS, phrases=share)
        invention = invent(since=date(2025, 3, 1), effects=effects)
        texts = [entry.title for entries in invention.by_file.values() for entry in entries]
        halves = [len({"moving", "average"} & set(text.split())) for text in texts]
        return invention.truth["phrases"].get("moving average", 0), halves.count(1)

    (whole, none), (some, others), (gone, apart) = (count(share) for share in (1.0, 0.5, 0.0))
    assert none == gone == 0 < others
    assert 0.3 * whole < some < 0.7 * whole
    assert apart >= whole


def test_new_queries_never_come_again() -> None:
    effects = replace(NO_EFFECTS, new_queries=1.0)
    truth = invent(since=date(2025, 6, 1), effects=effects).truth
    assert truth["repeats"]["28"]["queries"] > 3000
    assert truth["repeats"]["28"]["again"] == 0
    assert {row["times"] for row in truth["repeated"]} == {1}
