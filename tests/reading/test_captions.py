"""The small print."""

from __future__ import annotations

from pipeline.reading.captions import Caption, read_caption
from pipeline.reading.locales import words_of
from pipeline.records import Detail, Location

ENGLISH = words_of("en")


def test_an_empty_caption_says_nothing() -> None:
    assert read_caption({}, ENGLISH) == Caption()
    assert (
        read_caption({"Products:": [[" "]], "Locations:": [[""]], "Details:": [["\n"]]}, ENGLISH) == Caption()
    )


def test_products_details_and_ads_are_told_apart() -> None:
    sections = {
        "Products:": [["\u2003Search"], ["\u2003Maps"]],
        "Details:": [["\u2003From Google Ads"], [" In: ", "https://a.example", "the  app", " (new)"]],
        "Why is this here?": [["Because."]],
    }
    assert read_caption(sections, ENGLISH) == Caption(
        ("Search", "Maps"),
        (),
        (Detail("From Google Ads", None), Detail("In: the app (new)", "https://a.example")),
        True,
    )


def test_places_of_every_form_are_read() -> None:
    lines = [
        ["\u2003From your home: ", "https://m.example?q=25.8,-80.1", "https://m.example?q=25.8,-80.1", "\n"],
        ["\u2003At ", "u", "this general area", " - From ", "s", "your places", " (Home)"],
        ["\u2003At ", "u", "this general area", " - Based on your past activity"],
        ["\u2003At ", "u", "25.8,-80.1", ""],
        ["From your device - nearby"],
        ["At ", "u", "Mill-Lane", " -5 km"],
    ]
    assert read_caption({"Locations:": lines}, ENGLISH).locations == (
        Location("From your home", "https://m.example?q=25.8,-80.1", None, None),
        Location("At this general area", "u", "From your places (Home)", "s"),
        Location("At this general area", "u", "Based on your past activity", None),
        Location("At 25.8,-80.1", "u", None, None),
        Location("From your device - nearby", None, None, None),
        Location("At Mill-Lane -5 km", "u", None, None),
    )
