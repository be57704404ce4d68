"""The English words."""

from __future__ import annotations

import pytest

from pipeline.reading.locales import is_known_header, name_product, words_of


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Search", "search"),
        ("Google Search", "search"),
        ("Image Search", "image_search"),
        ("YouTube", "youtube"),
        ("Google Play Store", "google_play_store"),
        ("Google Play Movies & TV", "google_play_movies_tv"),
        ("Bard", "gemini_apps"),
        ("Gemini Apps", "gemini_apps"),
        ("Ein neues Produkt", "ein_neues_produkt"),
        ("…", "unknown"),
    ],
)
def test_a_header_becomes_the_product_in_snake_case(header: str, expected: str) -> None:
    assert name_product(header) == expected


def test_unknown_headers_are_told_from_known_ones() -> None:
    assert is_known_header("Image Search")
    assert not is_known_header("Ein neues Produkt")
    assert not is_known_header("")


def test_every_verb_leads_to_an_action_of_the_schema() -> None:
    actions = {"searched", "visited", "viewed", "watched", "used", "listened", "asked", "notified", "other"}
    assert {action for verb in words_of("en").verbs for action in verb.actions} <= actions
