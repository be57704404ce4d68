"""What addresses say."""

from __future__ import annotations

import pytest

from pipeline.reading.links import find_site, name_action, name_product_of, read_query, unwrap


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.google.com/url?q=http://www.example.org/page&usg=AFQj", "http://www.example.org/page"),
        ("https://www.google.com/url?q=http://www.example.org/page", "http://www.example.org/page"),
        (
            "https://www.google.co.uk/url?sa=t&url=https%3A%2F%2Fa.example%2F%3Fx%3D1%2B2&ved=0",
            "https://a.example/?x=1+2",
        ),
        ("https://www.google.com/url?q=/search%3Fq%3Dx", "https://www.google.com/url?q=/search%3Fq%3Dx"),
        (
            "https://www.google.com/search?q=https://a.example",
            "https://www.google.com/search?q=https://a.example",
        ),
        (
            "https://evil.example/url?q=http://www.example.org",
            "https://evil.example/url?q=http://www.example.org",
        ),
    ],
)
def test_result_clicks_are_unwrapped(url: str, expected: str) -> None:
    assert unwrap(url) == expected


def test_the_query_is_read_from_the_address() -> None:
    assert read_query("https://www.google.com/search?q=red+bicycle%21&tbm=isch") == "red bicycle!"
    assert read_query("https://www.youtube.com/results?search_query=a+film") == "a film"
    assert read_query("https://www.google.com/search?q=") is None
    assert read_query("https://www.google.com/maps/place/x") is None
    assert read_query("https://www.google.com/maps/search/red+bicycle/@1,2,3z") == "red bicycle"
    assert read_query("https://www.google.com/maps/search/?api=1&query=red%20bicycle") == "red bicycle"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://www.example.org/page", "example.org"),
        ("http://News.BBC.co.uk:80/x?y", "bbc.co.uk"),
        ("https://user:secret@a.b.example.com", "example.com"),
        ("https://8.8.8.8/x", None),
        ("http://localhost:8080/", None),
        ("market://details?id=org.example", None),
        ("", None),
        (None, None),
    ],
)
def test_the_site_is_the_registrable_domain(url: str | None, expected: str | None) -> None:
    assert find_site(url) == expected


@pytest.mark.parametrize(
    ("url", "action", "product"),
    [
        ("https://www.google.com/search?q=x", "searched", "search"),
        ("https://www.google.com/url?q=http://x.example", "visited", "search"),
        ("https://www.youtube.com/results?search_query=x", "searched", "youtube"),
        ("https://www.youtube.com/watch?v=x", "watched", "youtube"),
        ("https://music.youtube.com/watch?v=x", "watched", "youtube_music"),
        ("https://www.google.com/maps/place/x", "viewed", "maps"),
        ("https://www.google.com/search?q=x&tbm=isch", "searched", "image_search"),
        ("https://www.google.com/search?udm=2&q=x", "searched", "image_search"),
        ("https://www.google.de/search?q=x&udm=28", "searched", "shopping"),
        ("https://www.google.com/search?q=x&tbm=nws", "searched", "news"),
        ("https://www.google.com/search?q=x&udm=7#y", "searched", "video_search"),
        ("https://www.google.com/search?q=x&tbm=bks", "searched", "books"),
        ("https://www.google.com/search?q=x&udm=50", "searched", "search"),
        ("https://news.google.com/search?q=x", "searched", "news"),
        ("https://youtu.be/x", "watched", "youtube"),
        ("https://www.google.com/maps/search/x", "searched", "maps"),
        ("https://www.google.com/maps/dir/x", "other", "maps"),
        ("https://play.google.com/store/search?q=x", "searched", "google_play_store"),
        ("https://play.google.com/store/apps/details?id=x", "other", "google_play_store"),
        ("https://translate.google.com/?text=x", "other", "translate"),
        ("https://lens.google.com/search?p=x", "other", "lens"),
        ("https://gemini.google.com/app/x", "other", "gemini_apps"),
        ("https://photos.google.com/photo/x", "other", "photos"),
        ("https://example.org/search?q=x", "other", "unknown"),
        (None, "other", "unknown"),
        ("https://www.google.com/imgres?imgurl=https%3A%2F%2Fexample.org%2Fa.jpg", "viewed", "unknown"),
    ],
)
def test_an_address_names_action_and_product(url: str | None, action: str, product: str) -> None:
    assert (name_action(url), name_product_of(url)) == (action, product)
