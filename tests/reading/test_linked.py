"""What is read by the span is what is read cell by cell."""

from __future__ import annotations

import html
from dataclasses import replace
from types import ModuleType

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from pipeline.reading import activity
from pipeline.reading.batch import Batch, read_batch, read_cell
from pipeline.reading.cells import LONGEST_CELL, MARKER, Span, cut_span
from pipeline.reading.linked import read_linked
from pipeline.reading.locales import read_facts, words_of
from pipeline.reading.manner import Manner, speak_english
from pipeline.records import Activity, Cell, Skipped

MANNER = speak_english("America/New_York")
LANGUAGES = read_facts()
DATE = "Jan 3, 2023, 9:52:12\u202fPM EST"
LINK = '<a href="https://www.google.com/search?q=x">red bicycle</a>'
COMMONEST = ("search", "search with places", "search with marks", "result click", "private video")

PIECES = st.text(st.sampled_from([*'ab Z:?=/ü<>&"\n\0', "\xa0", "\u202f", "\u2003", "𝄞"]), max_size=8)
ADDRESSES = st.sampled_from(
    ["https://www.google.com/search?q=", "https://www.google.com/url?q=https://www.example.co.uk/", "", " "]
)
DATES = st.sampled_from(
    [DATE, "29 Nov 2021, 18:06:16 AEDT", "Feb 8, 2017, 12:32:36 AM", f"{DATE[:-3]}XYZ", "yesterday", ""]
)
CAPTIONS = st.sampled_from(
    [
        "<b>Products:</b><br>&emsp;Search<br>",
        "<b>Details:</b><br>&emsp;From Google Ads<br>",
        f"<b>Locations:</b><br>&emsp;At {LINK}<br>",
        "<b>Details:<br>",
        "<i>x</i>",
        "",
    ]
)
BELOW = st.sampled_from(["", "", "<br>", f"<br>{LINK}", "<p>x</p>", " "])


def read_one(text: str, manner: Manner = MANNER) -> Activity | None:
    content = text.encode()
    (found,) = read_linked(Span(0, 0, 1, content, ends_file=False), manner)
    return found


@st.composite
def links(draw: st.DrawFn) -> str:
    address, text = html.escape(draw(ADDRESSES) + draw(PIECES)), html.escape(draw(PIECES))
    return f'<a href="{address}">{text}</a>'


@st.composite
def spoken(draw: st.DrawFn) -> tuple[Manner, str]:
    """A verb before its object, in the file's own language."""
    language = draw(st.sampled_from(["en", "en", "de", "es", "pl", "zh-Hans"]))
    templates = [name for group in LANGUAGES[language]["verbs"].values() for name in group]
    lead = draw(st.sampled_from([name.removesuffix("{}") for name in templates if name.endswith("{}")]))
    return replace(MANNER, language=language, words=words_of(language)), lead


@pytest.mark.parametrize("era", ["2017", "2018", "2021", "2024", "2026"])
def test_the_commonest_entries_are_read_by_the_span(pages: ModuleType, era: str) -> None:
    shapes = pages.write_shapes(pages.ERAS[era])
    for shape in COMMONEST:
        found = read_one(shapes[shape])
        assert found is not None
        assert found == activity.parse_cell(pages.as_cell(shapes[shape]), MANNER)
    assert read_one(shapes["survey"]) is None


@settings(deadline=None, max_examples=300)
@given(verb=spoken(), link=links(), date=DATES, below=BELOW, caption=CAPTIONS)
@example(verb=(MANNER, "Searched for "), link='<a href=" ">x</a>', date=DATE, below="", caption="")
@example(verb=(MANNER, "Searched for "), link='<a href="x"y">x</a>', date=DATE, below="", caption="")
def test_what_is_read_by_the_span_is_read_so_step_by_step(
    verb: tuple[Manner, str], link: str, date: str, below: str, caption: str, pages: ModuleType
) -> None:
    manner, lead = verb
    text = pages.write_cell("Search", f"{html.escape(lead)}{link}<br>{date}{below}", caption)
    found = read_one(text, manner) if "\0" not in text else None
    assert found is None or found == activity.parse_cell(pages.as_cell(text), manner)


@settings(deadline=None)
@given(
    bodies=st.lists(
        st.one_of(st.just(f"Searched for {LINK}<br>{DATE}"), PIECES, st.just("Used Search<br>yesterday")),
        min_size=1,
        max_size=6,
    ),
    offset=st.integers(0, 99),
)
def test_a_batch_of_all_shapes_is_read_cell_by_cell(
    bodies: list[str], offset: int, pages: ModuleType
) -> None:
    content = "".join(pages.write_cell("Search", body, "") for body in bodies).encode()
    span = Span(7, offset, content.count(MARKER), content, ends_file=False)
    cells = list(cut_span(span))
    entries, tally = read_batch(Batch(MANNER, span))
    read = [read_cell(cell, MANNER) for cell in cells if isinstance(cell, Cell)]
    assert entries == [entry for entry, _ in read]
    assert (tally.parsed + tally.skipped, tally.by_soup) == (len(cells), sum(soup for _, soup in read))
    assert all(
        content[s.offset - offset :][: s.length].startswith(MARKER) for s in entries if isinstance(s, Skipped)
    )


def test_a_span_that_is_too_long_is_left_to_be_cut(pages: ModuleType) -> None:
    cell = pages.write_cell("Search", f"Searched for {LINK}<br>{DATE}", "x" * LONGEST_CELL)
    assert read_one(cell) is None
