"""The language of a JSON file."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from pipeline.reading.json_activity import parse_element
from pipeline.reading.json_elements import Element, iter_elements
from pipeline.reading.json_manner import settle_words
from pipeline.reading.manner import speak_english
from pipeline.records import Activity

TIME = "2024-02-01T03:04:05.678Z"
VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"


@pytest.mark.parametrize(
    ("name", "titles", "language"),
    [
        ("x.json", ["Searched for a", "Watched b"], "en"),
        ("x.json", ["Gesucht nach: a", "b aufgerufen"], "de"),
        ("x.json", ["a을(를) 검색했습니다."], "ko"),
        ("x.json", ["a"], None),
        ("Meine Aktivitäten/Suche/MeineAktivitäten.json", ["a"], "de"),
    ],
)
def test_the_language_is_what_the_titles_and_the_name_say(
    name: str, titles: list[str], language: str | None
) -> None:
    entries = [{"header": "YouTube", "title": title, "time": TIME} for title in titles]
    content = json.dumps(entries).encode()
    found, _, pieces = settle_words(iter_elements(io.BytesIO(content)), name)
    assert found == language
    assert list(pieces) == list(iter_elements(io.BytesIO(content)))


def test_a_language_is_none_where_two_fit_alike() -> None:
    entries = [{"title": title, "time": TIME} for title in ("Watched a", "a을(를) 시청했습니다.")]
    assert settle_words(iter_elements(io.BytesIO(json.dumps(entries).encode())), "x.json")[0] is None


def test_languages_that_say_the_same_share_their_words() -> None:
    content = json.dumps([{"title": "Så på En fugl", "titleUrl": VIDEO, "time": TIME}]).encode()
    language, words, pieces = settle_words(
        iter_elements(io.BytesIO(content)), "x.json"
    )  # Danish, or Norwegian
    [activity] = parse_element(next(pieces), replace(speak_english("UTC"), language=language, words=words))  # type: ignore[arg-type]
    assert (language, activity[4]) == (None, "En fugl")


def test_entries_without_words_have_no_language() -> None:
    content = b'[{"title":"Searched for a","url":"https://example.org","time_usec":1}]'
    assert settle_words(iter_elements(io.BytesIO(content)), "Meine Aktivitäten/x.json")[0] is None


def test_verbs_of_a_language_without_a_table_are_learned() -> None:
    entries = [
        {"header": "YouTube", "title": f"Gwelet ganeoc'h: {film}", "titleUrl": VIDEO + film, "time": TIME}
        for film in ("Carp", "Pike", "Perch", "Eel", "Trout")
    ]
    language, words, pieces = settle_words(iter_elements(io.BytesIO(json.dumps(entries).encode())), "x.json")
    assert language is None
    manner = replace(speak_english("UTC"), language=None, words=words)
    [activity] = parse_element(next(piece for piece in pieces if isinstance(piece, Element)), manner)
    assert isinstance(activity, Activity)
    assert (activity.product, activity.action, activity.text) == ("youtube", "watched", "Carp")
