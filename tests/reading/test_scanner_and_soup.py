"""The two readers of one cell: how much the fast one answers, and that they agree."""

from __future__ import annotations

import html
from collections.abc import Iterator
from dataclasses import replace
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.reading import activity, soup
from pipeline.reading.locales import read_facts, words_of
from pipeline.reading.manner import Manner, speak_english
from pipeline.records import Activity, Cell, Skipped

MANNER = speak_english("America/New_York")
ERAS = ("2017", "2018", "2021", "2024", "2026")
LANGUAGES = read_facts()
DATE = "29 Nov 2021, 18:06:16 AEDT"
AD = "<b>Details:</b><br>&emsp;From Google Ads<br>"
TEXTS = st.text(
    st.sampled_from([*"ab Z,:.-?=%+/ü<>&\"'\n\r\t\0", "\xa0", "\u202f", "\u2003", "\u200e", "𝄞", "\ufffd"]),
    max_size=12,
)
DATES = st.sampled_from(
    [
        "Jan 3, 2023, 9:52:12\u202fPM EST",
        DATE,
        "Feb 8, 2017, 12:32:36 AM",
        "Jan 3, 2023, 9:52:12\u202fPM XYZ",
        "Jan 3, 2023, 9:52:12&nbsp;PM EST",
        "yesterday",
        "",
    ]
)
ADDRESSES = st.sampled_from(
    [
        "https://www.google.com/search?q=",
        "https://www.google.com/url?q=https://www.example.co.uk/",
        "https://www.youtube.com/watch?v=",
        "https://www.youtube.com/channel/",
        "https://www.google.com/maps/place/",
        "market://",
        "",
    ]
)
TITLES = st.sampled_from(
    ["Searched for\xa0", "Visited&nbsp;", "Watched ", "Prompted ", "Used ", "1 notification", "Foo ", "", " "]
)
ODDITIES = st.sampled_from(
    [
        *("<br>", "<br/>", "<div>", "</div>", "<p>", "</p>", "<b>", "</b>", "<a>", "</a>", "<a href=x>", "<"),
        *("&", "&nbsp", "&mdash;", "&#39", "&#128;", "&amp;amp;", '"', "<!-- x", "-->", "<script>", ">"),
        *("<div", '<div class="content-cell">', "</div", "<b>Details:</b>", "\0", "</p></div>", "<?x"),
        *("<img src=x>", "<![CDATA["),
        *('<div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption">', "</html>", " - "),
    ]
)


def speak(language: str | None) -> Manner:
    """Return the manner of a file in some language, but for its dates, which stay English here."""
    return replace(MANNER, language=language, words=words_of(language))


MANNERS = st.sampled_from([None, *LANGUAGES]).map(speak)
FOREIGN = st.sampled_from(
    sorted(
        {template for facts in LANGUAGES.values() for group in facts["verbs"].values() for template in group}
    )
)
HEADS = st.sampled_from(
    sorted(
        {f"{head}:" for facts in LANGUAGES.values() for group in facts["heads"].values() for head in group}
    )
)


def escape(text: str) -> str:
    return html.escape(text).replace("&#x27;", "&#39;")


@st.composite
def links(draw: st.DrawFn) -> str:
    address = draw(ADDRESSES) + draw(TEXTS)
    return f'<a href="{escape(address)}">{escape(draw(TEXTS))}</a>'


LINES = st.one_of(TEXTS.map(escape), links(), DATES, st.tuples(TEXTS.map(escape), links()).map("".join))


@st.composite
def bodies(draw: st.DrawFn) -> str:
    title = draw(TITLES) + draw(st.one_of(links(), TEXTS.map(escape)))
    extras, after = draw(st.lists(LINES, max_size=3)), draw(st.lists(LINES, max_size=1))
    return "<br>".join([title, *extras, draw(DATES), *after])


@st.composite
def foreign_bodies(draw: st.DrawFn) -> str:
    lead, _, tail = draw(FOREIGN).partition("{}")
    title = escape(lead) + draw(st.one_of(links(), TEXTS.map(escape))) + escape(tail)
    reply = draw(st.sampled_from(["", "", "<p>Carp.</p>", f"<ul><li>{DATE}</li></ul>", f"<p>x</p>{DATE}"]))
    extras = draw(st.lists(LINES, max_size=2))
    return "<br>".join([title, *extras, draw(DATES), *([reply] if reply else [])])


@st.composite
def foreign_captions(draw: st.DrawFn) -> str:
    sections = draw(st.lists(st.tuples(HEADS, st.lists(LINES, max_size=2)), max_size=3))
    return "".join(f"<b>{head}</b><br>&emsp;{'<br>'.join(lines)}<br>" for head, lines in sections)


@st.composite
def captions(draw: st.DrawFn) -> str:
    heads = st.sampled_from(["Products:", "Locations:", "Details:", "Why is this here?", "Sonstiges:"])
    sections = draw(st.lists(st.tuples(heads, st.lists(LINES, max_size=3)), max_size=3))
    return "".join(f"<b>{head}</b><br>&emsp;{'<br>'.join(lines)}<br>" for head, lines in sections)


@pytest.mark.parametrize("name", ERAS)
def test_the_scanner_answers_99_percent_of_each_era(pages: ModuleType, name: str) -> None:
    cells = [
        pages.as_cell(markup)
        for k in range(0, 86_400, 7_200)
        for markup in pages.write_shapes(pages.ERAS[name], k).values()
    ]
    answers = [activity.parse_cell(cell, MANNER) for cell in cells]
    assert len(cells) > 300
    assert sum(answer is not None for answer in answers) >= 0.99 * len(cells)


@pytest.mark.parametrize("name", ERAS)
def test_both_readers_agree_on_every_shape_of_each_era(pages: ModuleType, name: str) -> None:
    for markup in pages.write_shapes(pages.ERAS[name]).values():
        cell = pages.as_cell(markup)
        assert activity.parse_cell(cell, MANNER) == soup.parse_cell(cell, MANNER)


def iter_told(pages: ModuleType, language: str, era: str) -> Iterator[Cell]:
    """Yield each event of a language, as the era prints it, in an entry of its own."""
    facts = LANGUAGES[language]
    head = next(iter(facts["heads"].get("products", ())), "Products")
    for k, told in enumerate(pages.tell_events(facts)):
        yield pages.as_cell(told.write(pages.ERAS[era], 400 * k, head))


@pytest.mark.parametrize("era", ERAS)
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_scanner_answers_each_language_in_each_era(pages: ModuleType, language: str, era: str) -> None:
    for manner in (speak(language), speak(None)):
        cells = list(iter_told(pages, language, era))
        answers = [activity.parse_cell(cell, manner) for cell in cells]
        assert sum(isinstance(answer, Activity) for answer in answers) >= 0.99 * len(cells) > 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_both_readers_agree_in_each_language(pages: ModuleType, language: str) -> None:
    for manner in (speak(language), speak(None)):
        for cell in iter_told(pages, language, "2026"):
            assert activity.parse_cell(cell, manner) == soup.parse_cell(cell, manner)


@settings(max_examples=300, deadline=None)
@given(
    manner=MANNERS,
    header=st.one_of(TEXTS, st.sampled_from(["Suche", "Gemini-Apps", "알림", "Notifications"])),
    body=foreign_bodies(),
    caption=foreign_captions(),
)
def test_both_readers_agree_in_whatever_language(
    pages: ModuleType, manner: Manner, header: str, body: str, caption: str
) -> None:
    cell = pages.as_cell(pages.write_cell(escape(header), body, caption))
    answer = activity.parse_cell(cell, manner)
    assert answer is None or answer == soup.parse_cell(cell, manner)


@pytest.mark.parametrize(
    "markup", ['<a href="x" class="y">z</a>', "<b>z</b>", "z <p>z</p>", "<p>z</p>", "<p>z"]
)
def test_both_readers_take_the_same_markup_for_a_reply(pages: ModuleType, markup: str) -> None:
    other = "Jan 3, 2023, 9:52:12\u202fPM EST"
    cell = pages.as_cell(pages.write_cell("Search", f"x<br>{DATE}<br>{markup}<br>{other}"))
    assert activity.parse_cell(cell, MANNER) in (None, soup.parse_cell(cell, MANNER))


HOSTILE = {
    "nesting 10,000 deep": "<div>" * 10_000 + "x" + "</div>" * 10_000 + f"<br>{DATE}",
    "blocks left open": f"x<br>{DATE}<br>" + "<ul><li>" * 10_000,
    "an entity without end": "x&" + "a" * 100_000 + f"<br>{DATE}",
    "links within links": '<a href="x">' * 5_000 + f"<br>{DATE}",
    "tags without end": "x" + "<a " * 5_000 + f"<br>{DATE}",
    "an attribute without end": 'x<a href="' + "y" * 100_000 + f"<br>{DATE}",
    "comments without end": "x" + "<!--" * 5_000 + f"<br>{DATE}",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_markup_is_read_or_skipped_but_never_raises(pages: ModuleType, name: str) -> None:
    cell = pages.as_cell(pages.write_cell("Search", HOSTILE[name]))
    answer = activity.parse_cell(cell, MANNER)
    reference = soup.parse_cell(cell, MANNER)
    assert isinstance(reference, Activity | Skipped)
    assert answer is None or answer == reference


@pytest.mark.parametrize("odd", ["&#" + "9" * 10_000 + ";", "<![x["])
def test_what_makes_the_parser_raise_is_kept_with_its_reason(pages: ModuleType, odd: str) -> None:
    cell = pages.as_cell(pages.write_cell("Search", f"x{odd}<br>{DATE}"))
    assert activity.parse_cell(cell, MANNER) is None
    kept = soup.parse_cell(cell, MANNER)
    assert kept == Skipped(0, 0, len(cell.content), "markup that no parser reads", cell.content)


@settings(max_examples=300, deadline=None)
@given(header=TEXTS, body=bodies(), caption=captions())
@example(header="", body=f"x<br>{DATE}", caption="<b><i>Details:</i></b><br>From Google Ads<br>")
@example(header="", body=f"x<br>{DATE}", caption="<b>Details:<br>From Google Ads<br>")
@example(header="", body=f"x<br>{DATE}", caption="<i>x<b>Details:</b><br>From Google Ads<br>")
def test_both_readers_agree_on_whatever_google_could_write(
    pages: ModuleType, header: str, body: str, caption: str
) -> None:
    cell = pages.as_cell(pages.write_cell(escape(header), body, caption))
    answer = activity.parse_cell(cell, MANNER)
    assert answer is None or answer == soup.parse_cell(cell, MANNER)


@settings(max_examples=300, deadline=None)
@given(
    body=bodies(),
    caption=captions(),
    header=st.sampled_from(["Search", "Gemini Apps"]),
    odd=st.lists(st.one_of(ODDITIES, TEXTS), max_size=4).map("".join),
    place=st.sampled_from(
        ["</div></div></div>", 'text-right">', "<br></p>", 'caption">', "<br>", "</div>", ""]
    ),
)
@example(body=f"x<br>{DATE}", caption=AD, header="Search", odd="<script>", place='text-right">')
@example(body=f"<br>{DATE}<br>{DATE}", caption="", header="Gemini Apps", odd="", place="")
@example(body=f"x<br>{DATE}", caption=AD, header="Search", odd="<b><br>", place='caption">')
@example(body=f"x<br>{DATE}", caption="<b>A:</b><br>b<br>", header="Search", odd="<b>", place='caption">')
def test_both_readers_agree_on_damaged_markup(
    pages: ModuleType, body: str, caption: str, header: str, odd: str, place: str
) -> None:
    markup = pages.write_cell(header, body, caption)
    at = markup.rindex(place) + len(place)
    cell = pages.as_cell(markup[:at] + odd + markup[at:])
    answer = activity.parse_cell(cell, MANNER)
    assert answer is None or answer == soup.parse_cell(cell, MANNER)


@settings(max_examples=300, deadline=None)
@given(reply=st.lists(st.one_of(ODDITIES, TEXTS), max_size=5).map("".join), caption=captions())
@example(reply="<script>", caption=AD)
@example(reply="<!-- ", caption=AD)
@example(reply='<a href="', caption=AD)
@example(reply="</div>", caption=AD)
@example(
    reply=f'<div class="content-cell mdl-typography--caption">{AD}</div>',
    caption="<b>Products:</b><br>Maps<br>",
)
def test_both_readers_agree_whatever_an_assistant_replies(
    pages: ModuleType, reply: str, caption: str
) -> None:
    cell = pages.as_cell(pages.write_cell("Gemini Apps", f"Prompted x<br>{DATE}<br>{reply}", caption))
    answer = activity.parse_cell(cell, MANNER)
    assert answer is None or answer == soup.parse_cell(cell, MANNER)


@settings(max_examples=100, deadline=None)
@example(content=b"\x01", at=111)  # within the class of the header's cell
@given(content=st.binary(max_size=300), at=st.integers(0, 1_200))
def test_any_bytes_are_read_or_skipped_but_never_raise(pages: ModuleType, content: bytes, at: int) -> None:
    markup = pages.write_shapes(pages.ERAS["2026"])["search"].encode()
    cell = pages.as_cell(markup[:at] + content + markup[at:])
    answer = activity.parse_cell(cell, MANNER)
    assert answer is None or answer == soup.parse_cell(cell, MANNER)
    soup.parse_cell(pages.as_cell(b'<div class="outer-cell' + content), MANNER)
