"""Titles in every language, with and without markup: the same event must be told the same."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType

import pytest

from pipeline.reading import activity
from pipeline.reading.locales import read_facts, words_of
from pipeline.reading.manner import speak_english
from pipeline.reading.titles import read_title, split_title
from pipeline.records import Activity

LANGUAGES = read_facts()
ENGLISH = speak_english("America/New_York")
ASKED = "https://www.google.com/search?q=red+bicycle"
VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"


@pytest.mark.parametrize("language", LANGUAGES)
def test_html_and_json_tell_the_same_event_alike_in_each_language(pages: ModuleType, language: str) -> None:
    manner = replace(ENGLISH, language=language, words=words_of(language))
    for told in pages.tell_events(LANGUAGES[language]):
        found = activity.parse_cell(pages.as_cell(told.write(pages.ERAS["2026"], 0)), manner)
        assert isinstance(found, Activity)
        text = told.text or (told.title if told.action == "notified" else None)
        assert (found.action, found.text) == (told.action, text), told
        assert split_title(told.title, told.href, manner.words)[:2] == (told.action, text)


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_words_the_link_and_its_address_tell_the_event(pages: ModuleType, language: str) -> None:
    manner = replace(ENGLISH, language=None, words=words_of(None))
    for told in pages.tell_events(LANGUAGES[language]):
        if told.href not in pages.ADDRESSES.values():
            continue
        found = activity.parse_cell(pages.as_cell(told.write(pages.ERAS["2024"], 0)), manner)
        assert isinstance(found, Activity)
        assert (found.action, found.text) == (told.action, "red bicycle")
        action, text = split_title(told.title, told.href, manner.words)[:2]
        assert (action, text) == (told.action, "red bicycle" if action == "searched" else told.title.strip())


@pytest.mark.parametrize(
    ("language", "title", "href", "expected"),
    [
        ("en", "Searched for red bicycle", ASKED, ("searched", "red bicycle")),
        ("en", "Searched for\xa0red bicycle", None, ("searched", "red bicycle")),
        ("en", "Searched for Searched for love", None, ("searched", "Searched for love")),
        ("en", "Visited red bicycle - Search", ASKED, ("visited", "red bicycle - Search")),
        ("en", "Watched", VIDEO, ("watched", None)),
        ("en", "Watchedx", None, ("other", "Watchedx")),
        ("en", " ", None, ("other", None)),
        ("de", "Gesucht nach: red bicycle", ASKED, ("searched", "red bicycle")),
        ("de", "Gesucht nach red bicycle", None, ("searched", "red bicycle")),
        ("de", "Angesehen: Film", VIDEO, ("viewed", "Film")),
        ("de", "Angesehen werden", None, ("other", "Angesehen werden")),
        ("fi", "Haku: apteekki", None, ("searched", "apteekki")),
        ("fi", "Haku Helsinki", None, ("other", "Haku Helsinki")),
        ("ko", "red bicycle 을(를) 검색했습니다.", ASKED, ("searched", "red bicycle")),
        ("ko", "red bicycle을(를) 검색했습니다", ASKED, ("searched", "red bicycle")),
        ("ja", "「red bicycle」を検索しました", ASKED, ("searched", "red bicycle")),
        ("nl", "Je hebt naar Film gekeken", VIDEO, ("watched", "Film")),
        ("es", "Has visto Film", VIDEO, ("watched", "Film")),
        ("es", "Has visto Film", "https://www.google.com/maps/place/x", ("viewed", "Film")),
        ("es", "Has visto Film", None, ("watched", "Film")),
        ("de", "Route nach Rom angesehen", VIDEO, ("watched", "Route nach Rom")),
        ("de", "Kommentar zu Rom angesehen", VIDEO, ("watched", "Kommentar zu Rom")),
        ("de", "Route nach Rom", "https://www.google.com/maps/dir/x", ("other", "Rom")),
        ("en", "Liked Film", VIDEO, ("other", "Film")),
        ("en", "Used Cars", "https://www.google.com/maps/place/x", ("viewed", "Used Cars")),
        ("en", "Viewed Cars", "https://www.google.com/maps/place/x", ("viewed", "Cars")),
        ("sw", "Ulitafuta red bicycle", ASKED, ("searched", "red bicycle")),
        ("sw", "Ulitafuta baiskeli", ASKED, ("searched", "Ulitafuta baiskeli")),
        ("sw", "Ulitazama Film", VIDEO, ("watched", "Ulitazama Film")),
    ],
)
def test_a_plain_title_is_read(
    language: str, title: str, href: str | None, expected: tuple[str, str | None]
) -> None:
    assert split_title(title, href, words_of(language))[:2] == expected


@pytest.mark.parametrize(
    ("language", "line", "expected"),
    [
        ("ko", ["", ASKED, "red bicycle을(를) 검색했습니다.", ""], ("searched", "red bicycle")),
        ("sw", ["", ASKED, "Ulitafuta red bicycle", ""], ("searched", "red bicycle")),
        ("en", ["Searched for ", ASKED, "Searched for red bicycle", ""], ("searched", "red bicycle")),
        ("sw", ["Ulitafuta ", ASKED, "red\n  bicycle", "."], ("searched", "red bicycle")),
        ("de", ["", VIDEO, "Film angesehen", ""], ("watched", "Film")),
        ("de", ["", "https://maps.google.de/x", "Schöne Aussicht angesehen", ""], None),
        ("en", ["Used voice in ", "https://x.example/", "Maps", " twice"], ("used", "voice in Maps twice")),
        ("en", ["Directions to ", "x", "A", " from ", "y", "B", ""], ("other", "A from B")),
        ("de", ["Sah ", VIDEO, "Film", " dort"], ("watched", "Film")),
        ("en", ["y" * 300, VIDEO, "Film", ""], ("watched", "Film")),
    ],
)
def test_a_title_with_a_link_is_read(
    language: str, line: list[str], expected: tuple[str, str | None] | None
) -> None:
    assert read_title(line, words_of(language))[:2] == (expected or ("viewed", line[2]))
