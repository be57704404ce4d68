"""What an entry of JSON means, and that it means what the same entry means in HTML."""

from __future__ import annotations

import io
import json
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.reading.entries import EntryReader
from pipeline.reading.json_activity import parse_element, read_time
from pipeline.reading.json_elements import Element, iter_elements
from pipeline.reading.manner import Manner, speak_english
from pipeline.records import Activity, Cell, Detail, Location, Skipped

TIME = "2024-02-01T03:04:05.678Z"
TIME_MS = 1_706_756_645_678
PAGE = "http://www.example.org/page"
RESULT = f"https://www.google.com/url?q={PAGE}&usg=AFQjCN"
VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"
CHANNEL = "https://www.youtube.com/channel/UCabc"


@pytest.fixture
def english() -> Manner:
    return speak_english("UTC")


def parse(fields: dict[str, Any], manner: Manner) -> list[Activity | Skipped]:
    return list(parse_element(Element(Cell(7, 70, b"{}"), fields), manner))


def made(**fields: object) -> Activity:
    nothing = dict.fromkeys(("text", "url", "site", "channel", "mark", "header", "language", "zone"))
    common = {"position": 7, "time_ms": TIME_MS, "offset_minutes": 0, "action": "other"}
    return Activity(**{**nothing, **common, **fields})  # type: ignore[arg-type]


def test_every_field_of_an_entry_is_read(english: Manner) -> None:
    fields = {
        "header": "Search",
        "title": "Searched for red bicycle",
        "titleUrl": "https://www.google.com/search?q=red+bicycle",
        "time": TIME,
        "products": ["Search"],
        "subtitles": [{}, {"name": "Including topics:"}, {"name": "Wheels", "url": "https://example.org/w"}],
        "details": [
            {"name": "From Google Ads"},
            {},
            {"name": "m.example.org", "url": "https://m.example.org/"},
        ],
        "locationInfos": [
            {
                "name": "At this general area",
                "url": "https://www.google.com/maps/@?api=1&center=10.0,-20.0",
                "source": "From your places (Home)",
                "sourceUrl": "https://support.google.com/maps/answer/1",
            },
            {"source": "Based on your past activity"},
            {},
        ],
        "activityControls": ["Web & App Activity"],
        "description": "A note",
        "imageFile": "x.jpg",
        "audioFiles": ["x.mp3"],
        "safeHtmlItem": [{"html": "<p>Carp.</p>"}],
    }
    assert parse(fields, english) == [
        made(
            product="search",
            action="searched",
            text="red bicycle",
            url="https://www.google.com/search?q=red+bicycle",
            site="google.com",
            mark="ad",
            header="Search",
            language="en",
            locations=(
                Location(
                    "At this general area",
                    "https://www.google.com/maps/@?api=1&center=10.0,-20.0",
                    "From your places (Home)",
                    "https://support.google.com/maps/answer/1",
                ),
                Location(None, None, "Based on your past activity", None),
            ),
            details=(
                Detail("Including topics:", None),
                Detail("Wheels", "https://example.org/w"),
                Detail("A note", None),
                Detail("From Google Ads", None),
                Detail("m.example.org", "https://m.example.org/"),
            ),
        )
    ]


def test_an_entry_without_header_is_of_its_first_product(english: Manner) -> None:
    fields = {"title": "Visited view-source:x", "time": TIME, "products": ["Chrome", "Search"]}
    assert parse(fields, english) == [
        made(product="chrome", action="visited", text="view-source:x", header="Chrome", language="en")
    ]


def test_a_query_that_was_asked_twice_is_two_searches(english: Manner) -> None:
    ids = [{"timestamp_usec": "1369000000123456"}, {"timestamp_usec": "1369000001000000"}]
    search = made(product="search", action="searched", text="red bicycle")
    assert parse({"query": {"id": ids, "query_text": "red bicycle"}}, english) == [
        search._replace(time_ms=1_369_000_000_123),
        search._replace(time_ms=1_369_000_001_000),
    ]


def test_youtube_before_2018_says_what_was_watched_and_searched(english: Manner) -> None:
    video = {"kind": "youtube#video", "videoId": "abcdefghijk"}
    watched = {"title": "A Film", "publishedAt": TIME, "resourceId": video}
    assert parse({"etag": "x", "snippet": watched}, english) == [
        made(product="youtube", action="watched", text="A Film", url=VIDEO, site="youtube.com")
    ]
    assert parse({"snippet": {"title": "a film", "publishedAt": TIME}}, english) == [
        made(product="youtube", action="searched", text="a film")
    ]


@pytest.mark.parametrize("micros", [1_706_756_645_678_901, "1706756645678901", 1_706_756_645_678_901.0])
def test_a_page_of_chrome_is_visited_whatever_led_there(english: Manner, micros: object) -> None:
    fields = {"page_transition": "RELOAD", "title": "A page", "url": PAGE, "time_usec": micros}
    visited = made(product="chrome", action="visited", text="A page", url=PAGE, site="example.org")
    assert parse(fields, english) == [visited]
    assert parse({**fields, "title": ""}, english) == [visited._replace(text=None)]
    assert parse({**fields, "url": RESULT}, english) == [visited]


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"header": "Search", "title": "x"}, "no date in a known form"),
        ({"header": "Search", "title": "x", "time": 5}, "no date in a known form"),
        ({"header": "Search", "title": "x", "time": "yesterday T"}, "no date in a known form"),
        ({"header": "Search", "title": " ", "time": TIME}, "an entry without text"),
        ({"query": {"id": [{}], "query_text": "x"}}, "no date in a known form"),
        ({"query": "x"}, "no date in a known form"),
        ({"snippet": None}, "no date in a known form"),
        ({"snippet": {"publishedAt": TIME}}, "an entry without text"),
        *(
            ({"title": "x", "time_usec": micros}, "no date in a known form")
            for micros in (None, "x", -1, 10**30, float("nan"), float("inf"), "9" * 5000)
        ),
        ({"name": "x"}, "an unknown kind of entry"),
    ],
)
def test_what_says_too_little_is_kept_with_the_reason(
    english: Manner, fields: dict[str, Any], reason: str
) -> None:
    assert parse(fields, english) == [Skipped(7, 70, 2, reason, b"{}")]


@pytest.mark.parametrize(
    ("text", "time_ms"),
    [
        (TIME, TIME_MS),
        ("2024-02-01T03:04:05Z", TIME_MS - 678),
        ("2024-02-01T03:04:05.678912Z", TIME_MS),
        ("2024-02-01T05:04:05.678+02:00", TIME_MS),
        ("2024-02-01T03:04:05.678", TIME_MS),
        ("1969-12-31T23:59:59.999Z", -1),
        ("2024-02-30T03:04:05Z", None),
        ("0001-01-01T00:00:00+14:00", None),
        ("9999-12-31T23:59:59-14:00", None),
        ("20240201", None),
        ("", None),
    ],
)
def test_a_time_is_iso_8601(text: str, time_ms: int | None) -> None:
    assert read_time(text) == time_ms


def test_every_text_can_be_stored(english: Manner) -> None:
    entry = (
        rb'[{"header":"Search\u0000","title":"\ud83d Visited \ud83d\ude00 '
        + b'\xff\0","time":"%b"}]' % TIME.encode()
    )
    [element] = iter_elements(io.BytesIO(entry))
    assert isinstance(element, Element)
    [entry] = parse_element(element, english)
    assert isinstance(entry, Activity)
    assert (entry.header, entry.text) == ("Search", "\ufffd Visited \U0001f600 \ufffd")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(exclude_categories=[])),
    lambda values: (
        st.lists(values, max_size=3) | st.dictionaries(st.sampled_from(["name", "url", "id"]), values)
    ),
    max_leaves=6,
)
KEYS = (
    "header title titleUrl time products subtitles details locationInfos description query snippet time_usec"
)


@given(fields=st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS.split(), JSON)), timely=st.booleans())
def test_whatever_stands_in_a_field_every_entry_is_accounted_for(
    fields: dict[str, Any], timely: bool
) -> None:
    entries = parse(fields | ({"time": TIME} if timely else {}), speak_english("UTC"))
    assert entries
    for text in filter(lambda value: isinstance(value, str), (value for entry in entries for value in entry)):
        text.encode()


# Events: header, what stands before the link, its address and text, what stands behind it, the lines below.
Event = tuple[str, str, str, str, str, tuple[tuple[str, str], ...]]
MAKER = (("Film 'n' Friends", CHANNEL),)
EVENTS: dict[str, list[Event]] = {
    "en": [
        ("Search", "Searched for ", "https://www.google.com/search?q=red+bicycle", "red bicycle", "", ()),
        ("Search", "Searched for ", "https://www.google.com/search?q=for", "for", "", ()),
        ("Search", "Visited ", RESULT, PAGE, "", ()),
        ("Image Search", "Viewed image from ", RESULT, "example.org", "", ()),
        ("YouTube", "Watched ", VIDEO, 'A "Film" & <b>', "", MAKER),
        ("YouTube", "Watched ", VIDEO, "Watched", "", MAKER),
        ("YouTube", "Watched ", VIDEO, VIDEO, "", ()),
        ("YouTube", "Watched a video that has been removed", "", "", "", ()),
        ("YouTube", "Searched for ", "https://www.youtube.com/results?search_query=a+film", "a film", "", ()),
        ("YouTube", "Answered survey question", "", "", "", (("Do you like it?", ""), ("Very much", ""))),
        ("Notifications", "1 notification", "", "", "", (("Including topics:", ""), ("Bicycles", PAGE))),
        ("Discover", "6 cards in your feed", "", "", "", ()),
        ("Maps", "", "https://www.google.com/maps/place/Caf%C3%A9/@1,2", "Café Exemple", "", ()),
        ("Maps", "Viewed area around ", "https://www.google.com/maps/@1,-2,3z", "Old Town", "", ()),
        ("Maps", "Directions to ", "https://www.google.com/maps/dir/x", "12 Mill Lane", "", ()),
        ("Search", "Used Search", "", "", "", ()),
        ("Google Lens", "Searched with Google Lens", "", "", "", ()),
        ("Android", "Used ", "https://play.google.com/store/apps/details?id=org.example", "Notes", "", ()),
        ("YouTube Music", "Listened to ", "https://music.youtube.com/watch?v=abc", "A Song", "", MAKER),
        ("Gemini Apps", "Prompted name a fish\nin two lines", "", "", "", (("Attached 1 file.", ""),)),
    ],
    "de": [
        ("Google Suche", "Gesucht nach: ", "https://www.google.com/search?q=rotes+Rad", "rotes Rad", "", ()),
        ("Google Suche", "", RESULT, PAGE, " aufgerufen", ()),
        ("YouTube", "", VIDEO, "Ein Film", " angesehen", MAKER),
        ("YouTube", "", VIDEO, "angesehen", " angesehen", MAKER),
        ("Google Maps", "Directions to ", "https://www.google.com/maps/dir/x", "Mill Lane", "", ()),
        ("Android", "Used ", "https://play.google.com/store/apps/details?id=org.example", "Notes", "", ()),
    ],
    "es": [
        ("Búsqueda", "Buscaste ", "https://www.google.com/search?q=bici+roja", "bici roja", "", ()),
        ("Búsqueda", "Visitaste ", RESULT, PAGE, "", ()),
        ("YouTube", "Has visto ", VIDEO, "Una película", "", MAKER),
    ],
    "fr": [
        ("Recherche", "Vous avez recherché ", "https://www.google.com/search?q=velo", "velo", "", ()),
        ("YouTube", "Vous avez regardé ", VIDEO, "Un film", "", MAKER),
    ],
    "ko": [
        ("검색", "", "https://www.google.com/search?q=%EC%9E%90", "자", "을(를) 검색했습니다.", ()),
        ("검색", "", RESULT, PAGE, "을(를) 방문했습니다.", ()),
        ("디스커버", "피드의 카드 8개", "", "", "", ()),  # HTML has a no-break space in it
        ("YouTube", "", VIDEO, "영화", "을(를) 시청했습니다.", MAKER),
    ],
    "ja": [
        ("検索", "「", "https://www.google.com/search?q=%E8%B5%A4", "赤", "」を検索しました", ()),
        ("検索", "", RESULT, PAGE, " にアクセスしました", ()),
        ("YouTube", "", VIDEO, "映画", " を視聴しました", MAKER),
    ],
}  # fmt: skip


PRINTED = {  # the date, and the head of the products
    "en": ("Feb 1, 2024, 3:04:05\u202fAM UTC", "Products"),
    "de": ("01.02.2024, 04:04:05 MEZ", "Produkte"),
    "es": ("1 feb 2024, 12:04:05\xa0a.m. GMT-03:00", "Productos"),
    "fr": ("1 févr. 2024, 04:04:05 CET", "Produits"),
    "ko": ("2024. 2. 1. 오후 12:04:05 KST", "제품"),
    "ja": ("2024/02/01 12:04:05 JST", "サービス"),
}


@pytest.mark.parametrize("language", EVENTS)
def test_html_and_json_of_the_same_events_are_the_same_table(pages: ModuleType, language: str) -> None:
    events = EVENTS[language]
    html = pages.write_page("".join(_write_html(pages, event, *PRINTED[language]) for event in events))
    as_json = json.dumps([_write_json(event) for event in events], ensure_ascii=False, indent=2).encode()
    of_html = EntryReader(pages.as_file(html, "x.html"), home_zone="UTC")
    of_json = EntryReader(pages.as_file(as_json, "x.json"), home_zone="UTC")
    assert list(map(_reduce, of_html)) == list(map(_reduce, of_json))
    assert (of_html.counts.parsed, of_html.counts.language) == (len(events), language)
    assert (of_json.counts.parsed, of_json.counts.language) == (len(events), language)


def _reduce(entry: Activity | Skipped) -> object:
    """Leave of a row what its two printings share: all but the milliseconds and the zone."""
    if isinstance(entry, Skipped):
        return entry
    return entry._replace(time_ms=entry.time_ms // 1000, zone=None, offset_minutes=0)


def _write_html(pages: ModuleType, event: Event, date: str, head: str) -> str:
    header, before, href, text, after, below = event
    link = f'<a href="{_escape(href)}">{_escape(text)}</a>' if href else _escape(text)
    lines = [f'<a href="{_escape(url)}">{_escape(name)}</a>' if url else _escape(name) for name, url in below]
    body = "<br>".join(
        [
            before.replace(" ", "&nbsp;") + link + after if href else before,
            *lines,
            "Feb 1, 2024, 4:04:05 AM CET",
        ]
    )
    return str(pages.write_cell(header, body, f"<b>{head}:</b><br>&emsp;{header}<br>"))


def _escape(text: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;"), ("'", "&#39;")):
        text = text.replace(character, entity)
    return text


def _write_json(event: Event) -> dict[str, Any]:
    header, before, href, text, after, below = event
    fields = {"header": header, "title": before + text + after, "time": TIME, "products": [header]}
    if href:
        fields["titleUrl"] = href
    if below:
        fields["subtitles"] = [{"name": name} | ({"url": url} if url else {}) for name, url in below]
    return fields
