"""The small print."""

from __future__ import annotations

from pipeline.reading.captions import Caption, can_reply, read_caption
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


def test_sections_whose_head_no_one_knows_are_told_by_their_links() -> None:
    sections = {
        "Bidhaa:": [["\u2003Utafutaji"]],
        "Mahali:": [["Hapa ", "https://www.google.com/maps/@?api=1", "eneo", " - Nyumbani"]],
        "Maelezo:": [["Kutoka Google Ads"], ["IP 8.8.8.8"]],
        "Kwa nini?": [["Kwa sababu ", "https://myaccount.google.com/activitycontrols", "hapa", "."]],
    }
    assert read_caption(sections, words_of(None)) == Caption(
        ("Utafutaji",),
        (Location("Hapa eneo", "https://www.google.com/maps/@?api=1", "Nyumbani", None),),
        (Detail("Kutoka Google Ads", None), Detail("IP 8.8.8.8", None)),
        True,
    )


def test_sections_are_told_by_their_heads_where_the_language_knows_them() -> None:
    sections = {"Produkte:": [["Gemini-Apps"]], "Standorte": [["Zuhause"]], "Details : ": [["Neu"]]}
    assert read_caption(sections, words_of("de_AT")) == Caption(
        ("Gemini-Apps",), (Location("Zuhause", None, None, None),), (Detail("Neu", None),), False, True
    )


def test_a_product_that_replies_is_known_in_every_language() -> None:
    assert all(map(can_reply, ("Gemini", "Bard", "Gemini アプリ", "KI-Modus", "AI Mode")))
    assert not any(map(can_reply, ("Search", "Suche", "")))
