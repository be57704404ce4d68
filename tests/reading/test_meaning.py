"""What an entry means, whole records against hand-written ones; the scanner reads, soup must agree."""

from __future__ import annotations

from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest

from pipeline.reading import activity, soup
from pipeline.reading.locales import words_of
from pipeline.reading.manner import Manner, speak_english
from pipeline.records import Activity, Detail, Location, Skipped

NOON = 1_771_070_400_000  # 14 Feb 2026, 12:00 UTC
MANNER = speak_english("America/New_York")
DATE = "Feb 14, 2026, 7:00:00\u202fAM EST"
VIDEO = "https://www.youtube.com/watch?v=abcdefghijk"
AREA = "https://www.google.com/maps/@?api=1&map_action=map&center=10.0,-20.0&zoom=12"


def record(**fields: Any) -> Activity:
    """Write the expected record; what is not given is missing."""
    common: dict[str, Any] = {
        **dict.fromkeys(("text", "url", "site", "channel", "mark")),
        **{"position": 0, "time_ms": NOON, "product": "search", "action": "searched", "header": "Search"},
        **{"language": "en", "zone": "EST", "offset_minutes": -300},
    }
    return Activity(**{**common, **fields})


def read(
    pages: ModuleType, header: str, body: str, caption: str = "", manner: Manner = MANNER
) -> Activity | Skipped:
    cell = pages.as_cell(pages.write_cell(header, body, caption))
    answer = soup.parse_cell(cell, manner)
    assert activity.parse_cell(cell, manner) in (answer, None)
    return answer


def speak(language: str | None) -> Manner:
    """Return the manner of a file in some language, but for its dates, which stay English here."""
    return replace(MANNER, language=language, words=words_of(language))


SEARCH = {"text": "red bicycle", "url": "https://www.google.com/search?q=red+bicycle", "site": "google.com"}
CLICK = {
    "action": "visited",
    "url": "http://www.example.org/page",
    "site": "example.org",
    "text": "http://www.example.org/page",
}
FILM = {
    **{"product": "youtube", "action": "watched", "header": "YouTube", "url": VIDEO, "site": "youtube.com"},
    **{"text": 'A Film & Its "Maker"', "channel": "Film 'n' Friends"},
}
AD = (Detail("From Google Ads", None),)
MAPS = {"product": "maps", "action": "viewed", "header": "Maps", "site": "google.com"}

EXPECTED = {
    "search": record(**SEARCH),
    "search with places": record(
        **SEARCH,
        locations=(
            Location(
                "At this general area",
                AREA,
                "From your places (Home)",
                "https://support.google.com/maps/answer/1",
            ),
            Location("At this general area", AREA, "Based on your past activity", None),
        ),
    ),
    "search like a date": record(
        text="Jan 3, 2023, 9:52:12 PM EST", url="https://www.google.com/search?q=Jan+3", site="google.com"
    ),
    "search with marks": record(
        text="<b> & “x” $\\foo{", url="https://www.google.com/search?q=%3Cb%3E+%26", site="google.com"
    ),
    "image search": record(
        product="image_search",
        header="Image Search",
        text="cat",
        url="https://www.google.com/search?q=cat&tbm=isch",
        site="google.com",
    ),
    "result click": record(**CLICK),
    "result click without usg": record(**{**CLICK, "text": "Example"}),
    "opened in app": record(
        **{**CLICK, "text": "Example"},
        details=(Detail("Tried to open in app: m.example.org", "https://m.example.org/"),),
    ),
    "image": record(
        **{**CLICK, "text": "example.org", "action": "viewed"}, product="image_search", header="Image Search"
    ),
    "lens": record(product="lens", header="Google Lens"),
    "video": record(**FILM),
    "private video": record(**{**FILM, "text": VIDEO, "channel": None}),
    "removed video": record(product="youtube", action="watched", header="YouTube"),
    "video ad": record(**FILM, mark="ad", details=AD),
    "video ad with clock": record(**FILM, mark="ad", details=AD),
    "video search": record(
        product="youtube",
        header="YouTube",
        text="a film",
        url="https://www.youtube.com/results?search_query=a+film",
        site="youtube.com",
    ),
    "survey": record(product="youtube", header="YouTube", action="other", text="Do you like it?\nVery much"),
    "notification": record(
        product="notifications",
        header="Notifications",
        action="notified",
        text="1 notification",
        mark="boilerplate",
        details=(Detail("Bicycles", "https://example.org/t"),),
    ),
    "discover": record(
        product="discover",
        header="Discover",
        action="notified",
        text="6 cards in your feed",
        mark="boilerplate",
        details=(Detail("Bicycles", None), Detail("Gardens", None)),
    ),
    "maps place": record(**MAPS, text="Café Exemple", url="https://www.google.com/maps/place/Caf%C3%A9/@1,2"),
    "maps area": record(**MAPS, text="Old Town", url="https://www.google.com/maps/@1,-2,3z"),
    "maps explored": record(**MAPS, url="https://www.google.com/maps/@1,-2,3z"),
    "directions": record(
        **{**MAPS, "action": "other"}, text="12 Mill Lane", url="https://www.google.com/maps/dir/x"
    ),
    "used search": record(action="used", text="Search", mark="boilerplate"),
    "used an app": record(
        product="android",
        header="Android",
        action="used",
        text="Notes",
        url="https://play.google.com/store/apps/details?id=org.example",
        site="google.com",
    ),
    "listened": record(
        product="youtube_music",
        header="YouTube Music",
        action="listened",
        text="A Song",
        url="https://music.youtube.com/watch?v=abc",
        site="youtube.com",
        channel="Band - Topic",
    ),
    "from an address": record(**SEARCH, details=(Detail("From IP 8.8.8.8", None),)),
    "gemini with files": record(
        product="gemini_apps",
        header="Gemini Apps",
        action="asked",
        text="write a poem\nin two lines",
        details=(
            Detail("Attached 2 files.", None),
            Detail("- a.html", "a.html"),
            Detail("- b.html", "b.html"),
        ),
    ),
    "gemini": record(product="gemini_apps", header="Gemini Apps", action="asked", text="name a fish"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_each_shape_of_2026_becomes_its_record(pages: ModuleType, name: str) -> None:
    cell = pages.as_cell(pages.write_shapes(pages.ERAS["2026"])[name])
    found = activity.parse_cell(cell, MANNER)
    assert isinstance(found, Activity)
    day = found.time_ms + found.offset_minutes * 60_000
    assert day // 1000 % 86_400 == list(pages.write_shapes(pages.ERAS["2026"])).index(name)
    assert found._replace(time_ms=NOON) == EXPECTED[name]


@pytest.mark.parametrize("era", ["2017", "2018", "2021", "2024"])
def test_each_era_gives_the_same_records_but_for_clock_and_places(pages: ModuleType, era: str) -> None:
    for name, markup in pages.write_shapes(pages.ERAS[era]).items():
        if "place" in name and "maps" not in name:
            continue
        found = activity.parse_cell(pages.as_cell(markup), MANNER)
        assert isinstance(found, Activity)
        expected = EXPECTED[name]
        fields = {key: getattr(expected, key) for key in ("time_ms", "zone", "offset_minutes")}
        assert found._replace(**fields) == expected


def test_times_are_taken_to_utc_by_the_printed_zone(pages: ModuleType) -> None:
    summer = "Searched for x<br>29 Jun 2021, 18:06:16 AEDT"  # impossible as local time, and meant so
    found = read(pages, "Search", summer)
    assert found == record(text="x", zone="AEDT", offset_minutes=660, time_ms=1_624_950_376_000)


def test_a_search_for_a_date_is_never_taken_for_the_date(pages: ModuleType) -> None:
    other = "Jan 3, 2023, 9:52:12 PM EST"
    for title in (f"Searched for {other}", f'<a href="https://www.google.com/maps/place/x">{other}</a>'):
        found = read(pages, "Search", f"{title}<br>{DATE}")
        assert isinstance(found, Activity)
        assert (found.time_ms, found.text) == (NOON, other)


def test_the_last_whole_line_date_holds_where_an_answer_looks_like_one(pages: ModuleType) -> None:
    found = read(
        pages, "YouTube", f"Answered survey question<br>When?<br>Jan 3, 2023, 9:52:12 PM EST<br>{DATE}<br>"
    )
    assert found == record(
        product="youtube", header="YouTube", action="other", text="When?\nJan 3, 2023, 9:52:12 PM EST"
    )


def test_before_a_reply_the_first_date_below_the_prompt_holds(pages: ModuleType) -> None:
    for header in ("Gemini Apps", "Search"):
        found = read(pages, header, f"Prompted when<br>{DATE}<br>Then<br>Jan 3, 2023, 9:52:12 PM EST<br>")
        assert isinstance(found, Activity)
        assert (found.time_ms, found.text, found.details) == (NOON, "when", ())


def test_an_ai_mode_search_has_its_date_in_the_middle(pages: ModuleType) -> None:
    body = (
        'Searched for <a href="https://www.google.com/search?q=when&amp;udm=50">when</a><br>'
        f"{DATE}<br>Then<br>Jan 3, 2023, 9:52:12 PM EST<br>"
    )
    found = read(pages, "Search", body, "<b>Products:</b><br>&emsp;Search<br>&emsp;AI Mode<br>")
    assert found == record(text="when", url="https://www.google.com/search?q=when&udm=50", site="google.com")


def test_the_query_of_the_address_is_preferred_where_the_link_holds_the_verb(pages: ModuleType) -> None:
    address = "https://www.google.com/search?q=red+bicycle"
    for body in (
        f'<a href="{address}">Searched for red bicycle</a>',
        f'Searched for\xa0<a href="{address}">Searched for red bicycle</a>',
        f'Searched for\xa0<a href="{address}">red bicycle</a>',
    ):
        assert read(pages, "Search", f"{body}<br>{DATE}") == record(**SEARCH)
    song = "https://www.google.com/search?q=Searched+for+love"
    assert read(pages, "Search", f'Searched for <a href="{song}">Searched for love</a><br>{DATE}') == record(
        text="Searched for love", url=song, site="google.com"
    )


@pytest.mark.parametrize(
    ("header", "title", "product", "action", "text"),
    [
        ("", '<a href="https://www.google.com/maps/place/x">Café</a>', "maps", "viewed", "Café"),
        ("", "Something new", "unknown", "other", "Something new"),
        ("Neuigkeit", f'Tat <a href="{VIDEO}">Film</a>', "neuigkeit", "watched", "Film"),
        ("Search", "Searched for red bicycle", "search", "searched", "red bicycle"),
        ("Search", "Searchedforever", "search", "other", "Searchedforever"),
        ("Assistant", "Unknown voice command", "assistant", "asked", None),
        ("Google Assistant", "Used Assistant", "assistant", "used", "Assistant"),
        (
            "Chrome",
            f'Visited <a href="{SEARCH["url"]}">red - Search</a>',
            "chrome",
            "visited",
            "red - Search",
        ),
        ("Maps", 'Directions to <a href="x">A</a> from <a href="y">B</a>', "maps", "other", "A from B"),
        ("Search", f'Defined <a href="{SEARCH["url"]}">almanac</a>', "search", "searched", "almanac"),
    ],
)
def test_product_and_action_come_from_header_verb_and_address(
    pages: ModuleType, header: str, title: str, product: str, action: str, text: str | None
) -> None:
    found = read(pages, header, f"{title}<br>{DATE}")
    assert isinstance(found, Activity)
    assert (found.product, found.action, found.text, found.header) == (product, action, text, header or None)


def test_a_missing_text_is_none_and_never_empty(pages: ModuleType) -> None:
    found = read(
        pages, "Search", f'Searched for\xa0<a href=""> </a><br><a href="https://x.example"></a><br>{DATE}'
    )
    assert found == record()
    assert read(pages, "Search", DATE) == record(action="other", mark="boilerplate")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("", "an entry without text"),
        ("<br> &nbsp;<br>", "an entry without text"),
        ("Searched for x<br>10.01.2025, 17:21:55 MEZ", "no date in a known form"),
        ("Searched for x<br>Feb 14, 2026, 7:00:00 AM QQQ", "unknown time zone"),
    ],
)
def test_what_cannot_be_read_is_kept_with_its_reason(pages: ModuleType, body: str, reason: str) -> None:
    markup = pages.write_cell("Search", body)
    found = activity.parse_cell(pages.as_cell(markup), MANNER)
    assert found == Skipped(0, 0, len(markup.encode()), reason, markup.encode())
    assert soup.parse_cell(pages.as_cell(markup), MANNER) == found


def test_a_cell_of_unknown_markup_is_kept_with_its_reason(pages: ModuleType) -> None:
    cell = pages.as_cell('<div class="outer-cell"><p>Something else</p></div>')
    assert activity.parse_cell(cell, MANNER) is None
    assert soup.parse_cell(cell, MANNER) == Skipped(0, 0, 51, "unknown markup", cell.content)


def test_a_page_that_was_saved_anew_is_read_by_beautifulsoup(pages: ModuleType) -> None:
    pretty = pages.write_cell("Search", f'Searched for <a href="{SEARCH["url"]}">red bicycle</a><br/>{DATE}')
    cell = pages.as_cell(pretty.replace("><", ">\n  <"))
    assert activity.parse_cell(cell, MANNER) is None
    assert soup.parse_cell(cell, MANNER) == record(**SEARCH)


def test_a_reply_that_follows_the_date_without_a_break_does_not_hide_it(pages: ModuleType) -> None:
    found = read(pages, "Search", f"Prompted x<br>{DATE}<p>Carp.</p>")
    assert isinstance(found, Activity)
    assert (found.time_ms, found.text) == (NOON, "x")


def test_comments_are_no_text(pages: ModuleType) -> None:
    body = f"Searched for x<!-- y --><br>{DATE}<!-- z -->"
    assert read(pages, "Search", body, "<b>Details:</b><br><!-- y -->") == record(text="x")


def test_bytes_that_are_not_utf_8_and_nuls_do_no_harm(pages: ModuleType) -> None:
    cell = pages.as_cell(
        pages.write_cell("Search", f"Searched for a\0b@<br>{DATE}").encode().replace(b"@", b"\xff")
    )
    assert activity.parse_cell(cell, MANNER) == soup.parse_cell(cell, MANNER) == record(text="ab\ufffd")


@pytest.mark.parametrize(
    ("language", "header", "title", "fields"),
    [
        ("de", "Suche", "Suche verwendet", {"action": "used", "text": "Suche"}),
        ("de", "Benachrichtigungen", "3 Benachrichtigungen", {"action": "notified"}),
        ("ko", "검색", "검색을(를) 사용했습니다.", {"action": "used", "text": "검색"}),
        ("ko", "알림", "알림 3개", {"action": "notified"}),
        ("zh-Hans", "Notifications", "3 notifications", {"action": "notified"}),
        ("sw", "Discover", "Kadi 6 katika mpasho wako", {"action": "notified"}),
        ("sw", "Utafutaji", "Umetumia Utafutaji", {"action": "used", "text": "Utafutaji"}),
        ("sw", "Search", "Umetumia Search", {"action": "used", "text": "Search"}),
    ],
)
def test_boilerplate_is_marked_in_every_language(
    pages: ModuleType, language: str, header: str, title: str, fields: dict[str, str]
) -> None:
    found = read(pages, header, f"{title}<br>{DATE}", manner=speak(language))
    assert isinstance(found, Activity)
    expected = {"text": title, "mark": "boilerplate", **fields}
    assert {key: getattr(found, key) for key in expected} == expected


@pytest.mark.parametrize(
    ("language", "detail", "mark"),
    [
        ("en", "From Google Ads", "ad"),
        ("en", "How Google Ads works", None),
        ("de", "Von Google Anzeigen", "ad"),
        ("es", "De los anuncios de Google", "ad"),
        ("ko", "Google 광고", "ad"),
        (None, "Google 광고", "ad"),
        (None, "Kutoka Google Ads", "ad"),
        (None, "Google Ads", None),
        (None, "Baiskeli", None),
    ],
)
def test_ads_are_marked_in_every_language(
    pages: ModuleType, language: str | None, detail: str, mark: str | None
) -> None:
    film = f'Foo <a href="{VIDEO}">Film</a><br>{DATE}'
    caption = f"<b>Foo:</b><br>&emsp;YouTube<br><b>Bar:</b><br>&emsp;{detail}<br>"
    found = read(pages, "YouTube", film, caption, speak(language))
    assert isinstance(found, Activity)
    assert (found.mark, found.details) == (mark, (Detail(detail, None),))


def test_a_language_without_words_is_read_by_address_and_structure(pages: ModuleType) -> None:
    here = '<a href="https://myaccount.google.com/activitycontrols">hapa</a>'
    caption = (
        "<b>Bidhaa:</b><br>&emsp;Utafutaji<br><b>Mahali:</b><br>"
        f"{pages.PLACES['from a place']}<b>Maelezo:</b><br>&emsp;IP 8.8.8.8<br><b>Kwa nini?</b><br>{here}"
    )
    body = f'Ulitafuta\xa0<a href="{SEARCH["url"]}&amp;tbm=isch">red bicycle</a>.<br>{DATE}<br>'
    assert read(pages, "Picha", body, caption, speak(None)) == record(
        product="image_search",
        header="Picha",
        language=None,
        text="red bicycle",
        url=f"{SEARCH['url']}&tbm=isch",
        site="google.com",
        locations=(
            Location(
                "At this general area",
                AREA,
                "From your places (Home)",
                "https://support.google.com/maps/answer/1",
            ),
        ),
        details=(Detail("IP 8.8.8.8", None),),
    )
    found = read(pages, "Neno", f"Kitu kipya<br>{DATE}", "", speak(None))
    assert found == record(product="neno", action="other", header="Neno", text="Kitu kipya", language=None)


@pytest.mark.parametrize(
    ("header", "href", "product", "action"),
    [
        ("Android", "https://play.google.com/store/apps/details?id=org.example", "android", "used"),
        ("Chrome", "https://www.example.org/page", "chrome", "visited"),
        ("Chrome", "https://mail.google.com/", "chrome", "other"),
        ("Ramani", "https://www.google.com/maps/dir/x", "maps", "other"),
        ("Ramani", "https://www.google.com/maps/search/x", "maps", "searched"),
        ("Muziki", "https://music.youtube.com/watch?v=x", "youtube_music", "watched"),
        ("Assistant", "https://www.google.com/search?q=x", "assistant", "asked"),
        ("Picha", "https://www.example.org/page", "picha", "other"),
    ],
)
def test_an_unknown_verb_leaves_action_and_product_to_header_and_address(
    pages: ModuleType, header: str, href: str, product: str, action: str
) -> None:
    found = read(pages, header, f'Foo\xa0<a href="{href}">Kitu</a><br>{DATE}', manner=speak(None))
    assert isinstance(found, Activity)
    assert (found.product, found.action, found.text) == (product, action, "Kitu")


@pytest.mark.parametrize(
    "end", ["<p>Carp.</p>", f"<ul><li>{DATE}</li></ul>", f"<h2>When</h2>{DATE}", "<p>x</p>\n"]
)
@pytest.mark.parametrize(
    ("language", "title"), [("de", "Etwas Neues"), (None, "Andika shairi"), ("en", "New")]
)
def test_a_reply_below_the_date_is_known_by_its_markup_in_every_language(
    pages: ModuleType, language: str | None, title: str, end: str
) -> None:
    prompt = f"{title}\nJan 3, 2023, 9:52:12 PM EST\n"
    other = "Jan 3, 2023, 9:52:12 PM EST"
    cell = pages.as_cell(pages.write_cell("Foo", f"{prompt}<br>{DATE}<br>{end}<br>{other}<br>"))
    found = activity.parse_cell(cell, speak(language))
    assert found == soup.parse_cell(cell, speak(language))
    assert isinstance(found, Activity)
    assert (found.time_ms, found.text, found.details) == (NOON, prompt.strip(), ())


def test_a_search_in_ai_mode_is_known_by_its_address(pages: ModuleType) -> None:
    address = "https://www.google.com/search?q=when&amp;udm=50"
    body = f'Ulitafuta <a href="{address}">when</a><br>{DATE}<br>Then<br>Jan 3, 2023, 9:52:12 PM EST<br>'
    found = read(pages, "Search", body, manner=speak(None))
    assert isinstance(found, Activity)
    assert (found.time_ms, found.text, found.details) == (NOON, "when", ())


def test_the_crippled_markup_of_2026_is_read(pages: ModuleType) -> None:
    body = f'Searched for\xa0<a href="{SEARCH["url"]}">red bicycle</a><br>{DATE}<br>'
    markup = pages.write_cell("Search", body) + '</div></div></div<div></div><div class="mdl-grid"><div'
    cell = pages.as_cell(markup)
    assert activity.parse_cell(cell, MANNER) == soup.parse_cell(cell, MANNER) == record(**SEARCH)


def test_a_page_that_was_saved_anew_may_break_lines_within_texts(pages: ModuleType) -> None:
    body = (
        f'\n   Watched\xa0<a href="{VIDEO}">\n  A Film &amp; Its\n   "Maker"</a>\n  <br>\n'
        "   <a href=\"https://www.youtube.com/channel/UCabc\">Film 'n'\n  Friends</a><br />\n"
        f"  {DATE}\n  <br>\n "
    )
    assert read(pages, "YouTube", body) == record(**FILM)
    assert read(pages, "YouTube", body.replace("\xa0", " ")) == record(**FILM)


def test_a_clock_below_an_ad_is_no_detail_in_any_language(pages: ModuleType) -> None:
    for clock in ("Watched at 11:39 AM", "Um 11:39 angesehen", "오전 11:39에 시청함", "11.39"):
        found = read(pages, "YouTube", f'Foo <a href="{VIDEO}">Film</a><br>{clock}<br>{DATE}')
        assert isinstance(found, Activity)
        assert (found.text, found.details) == ("Film", ())
