"""What a header says in any language: which product an entry comes from."""

from __future__ import annotations

import pytest

from pipeline.reading.products import is_known_header, name_product


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
        ("Google Suche", "search"),
        ("Suche", "search"),
        ("Búsqueda", "search"),
        ("Zoeken", "search"),
        ("Arama", "search"),
        ("Iskanje", "search"),
        ("検索", "search"),
        ("검색", "search"),
        ("البحث", "search"),
        ("Bildersuche", "image_search"),
        ("Google 지도", "maps"),
        ("Google\xa0Karten", "maps"),
        ("Ein neues Produkt", "ein_neues_produkt"),
        ("नया उत्पाद!", "नया_उत्पाद"),
        ("…", "unknown"),
    ],
)
def test_a_header_becomes_the_product_in_snake_case(header: str, expected: str) -> None:
    assert name_product(header) == expected


def test_unknown_headers_are_told_from_known_ones() -> None:
    assert is_known_header("Image Search")
    assert is_known_header("Bildersuche")
    assert not is_known_header("Ein neues Produkt")
    assert not is_known_header("")
