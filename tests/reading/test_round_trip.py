"""Whatever Google could write, in every language and era, is read back to the last field.

The events are drawn, then written by the rules of the format notes; Babel, which the reader does not
know, prints their dates. A stream gives them a few bytes at a time.
"""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from html import escape
from types import ModuleType
from typing import Any, Literal, NamedTuple
from urllib.parse import quote, quote_plus

import pytest
from babel.dates import format_datetime
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.reading.cldr import load_cldr
from pipeline.reading.entries import EntryReader
from pipeline.reading.locales import FACTS, find_table
from pipeline.records import Activity, ArchiveFile, Detail, Location, Skipped

LOCALES = sorted(load_cldr()["locales"])
FEW = ["en", "en_GB", "de", "es_AR", "fr", "pt_BR", "ko", "ja", "zh", "ar_EG", "fa", "th", "hi", "tr", "fi"]
SPEECH: dict[str, Any] = json.loads(FACTS.read_bytes())
NO_SPEECH = {"verbs": {}, "heads": {}, "ads": {}, "headers": {}, "names": {}}  # what tables may lack
ZONES = (("UTC", 0), ("GMT+03:00", 180), ("GMT-03:30", -210), ("CEST", 120))
AREA = "https://www.google.com/maps/@?api=1&map_action=map&center=10.0,-20.0&zoom=12"
HOSTILE = (
    *("<b>&amp;</b>", '</div><div class="outer-cell', "</a><br>", "&nbsp;", "&#", "<!--", "Searched for x"),
    *("Jan 3, 2023, 9:52:12 PM EST", "27.08.2026, 20:04:54 MESZ", "2026年3月26日 13:08:19 HKT", "- x", "{}"),
    *(
        "\u200fسؤال\u200e",
        "🚲👩‍🚀",
        "x\ny",
        "x\xa0y",
        "\"'&",
        "$\\foo{",
        "\\u0000",
        "12:30:45",
        "Details:",
        "ﬀ %2B+",
    ),
)
SITES = {"www.example.co.uk": "example.co.uk", "münchen.example.com": "example.com", "192.0.2.1": None}


def keep(text: str) -> str:
    """What is kept of a linked title: plain spaces, and no line breaks, as re-saved pages have."""
    text = text.replace("\0", "").strip().replace("\xa0", " ").replace("\u202f", " ")
    return " ".join(text.split()) if "\n" in text else text


def tidy(text: str) -> str:
    """What is kept of every other line."""
    return " ".join(text.replace("\0", "").split())


def compose(pieces: Sequence[str], *without: Literal["L"]) -> st.SearchStrategy[str]:
    """Draw texts that hold some of the pieces, and others, with letters or without."""
    others = st.text(st.characters(exclude_categories=("Cs", *without)), max_size=6)
    piece = st.one_of(st.sampled_from(pieces), others)
    return st.lists(piece, min_size=1, max_size=3).map("".join).filter(tidy)


TEXTS = compose(HOSTILE)
# JSON does not tell the owner's words from Google's: a text that speaks as Google does is read as such.
NO_VERBS = compose([text for text in HOSTILE if "Searched" not in text and "Details" not in text], "L")


class Written(NamedTuple):
    """One event: what is to be read, and what stands around its link."""

    activity: Activity
    title: str  # the owner's, as it was
    lead: str
    tail: str
    href: str
    clock_line: bool


@dataclass(frozen=True)
class Style:
    """How one file is written."""

    locale: str
    zone: str | None
    offset_minutes: int
    gap: str  # between verb and link
    narrow: bool  # CLDR since 2023 puts U+202F before AM and PM
    end: str  # after the date

    @property
    def speech(self) -> dict[str, Any]:
        """The words of the language, or none."""
        return {**NO_SPEECH, **SPEECH.get(find_table(self.locale) or "", {})}

    @property
    def folder(self) -> str:
        """A folder below ``Takeout/``, named in the language."""
        return f"{next(iter(self.speech['names']), 'My Activity')}/x"

    def head(self, kind: str) -> str:
        """The head of a section of the caption."""
        return next(iter(self.speech["heads"].get(kind, ())), f"§{kind}")

    def header(self, product: str) -> str:
        """The name of a product."""
        return next(iter(self.speech["headers"].get(product, ())), SPEECH_NAMES[product])

    def print_date(self, time_ms: int) -> str:
        """The clock in the zone of the export, as CLDR prints it."""
        zone = timezone(timedelta(minutes=self.offset_minutes))
        moment = datetime.fromtimestamp(time_ms // 1000, zone).replace(tzinfo=None)
        text = format_datetime(moment, "medium", locale=self.locale)
        text = text if self.narrow else text.replace("\u202f", " ")
        return f"{text} {self.zone}" if self.zone else text


SPEECH_NAMES = {"search": "Search", "youtube": "YouTube", "maps": "Maps"}
ERAS = {  # zone, gap, narrow, end
    "2017": (False, "&nbsp;", False, ""),
    "2019": (True, "&nbsp;", False, ""),
    "2021": (True, "\xa0", False, ""),
    "2024": (True, "\xa0", True, ""),
    "2026": (True, "\xa0", True, "<br>"),
}


@st.composite
def styles(draw: st.DrawFn, locales: list[str]) -> Style:
    zoned, gap, narrow, end = ERAS[draw(st.sampled_from(sorted(ERAS)))]
    zone, offset_minutes = draw(st.sampled_from(ZONES)) if zoned else (None, 0)
    return Style(draw(st.sampled_from(locales)), zone, offset_minutes, gap, narrow, end)


@st.composite
def addresses(draw: st.DrawFn, action: str, text: str) -> tuple[str, str, str | None]:
    """Draw an address as printed, what is stored of it, and its site."""
    if action == "searched":
        href = f"https://www.google.com/search?q={quote_plus(text)}"
        return href, href, "google.com"
    if action == "watched":
        href = f"https://www.youtube.com/{draw(st.sampled_from(('watch?v=', 'shorts/')))}abcdefghijk"
        return href, href, "youtube.com"
    if action == "viewed":
        href = f"https://www.google.com/maps/place/{quote(text)}/@1.5,-2.5,3z"
        return href, href, "google.com"
    host = draw(st.sampled_from(sorted(SITES)))
    page = f"https://{host}/{quote(text, safe='')}?a=1&b=é"
    usg = draw(st.sampled_from(("", "&usg=AOvVaw0")))
    return f"https://www.google.com/url?q={quote(page, safe=':/')}{usg}", page, SITES[host]


@st.composite
def events(
    draw: st.DrawFn, style: Style, time_ms: int, position: int, texts: st.SearchStrategy[str]
) -> Written:
    action = draw(st.sampled_from(("searched", "visited", "watched", "viewed")))
    templates = [template for template in style.speech["verbs"].get(action, {}) if "{}" in template]
    lead, _, tail = draw(st.sampled_from(templates or ["{}"])).partition("{}")
    text = draw(texts)
    href, url, site = draw(addresses(action, text))
    product = {"watched": "youtube", "viewed": "maps"}.get(action, "search")
    is_ad = action == "watched" and bool(style.speech["ads"]) and draw(st.booleans())
    details = [Detail(tidy(draw(texts)), draw(st.sampled_from((None, "https://example.org/?a=1&b=2"))))]
    details = details if draw(st.booleans()) else []
    if is_ad:
        details.append(Detail(next(iter(style.speech["ads"])), None))
    places = st.builds(
        Location,
        name=texts.map(lambda name: f"At {tidy(name)}"),
        url=st.just(AREA),
        source=st.none() | texts.map(tidy),
        source_url=st.none(),
    )
    activity = Activity(
        position,
        time_ms,
        product,
        action,
        keep(text),
        url,
        site,
        tidy(draw(texts)) if action == "watched" and draw(st.booleans()) else None,
        "ad" if is_ad else None,
        style.header(product),
        None,
        style.zone,
        style.offset_minutes,
        tuple(draw(st.lists(places, max_size=2))),
        tuple(details),
    )
    return Written(activity, text, lead, tail, href, is_ad and draw(st.booleans()))


@st.composite
def files(
    draw: st.DrawFn, locales: list[str], texts: st.SearchStrategy[str] = TEXTS
) -> tuple[Style, list[Written]]:
    style = draw(styles(locales))
    gaps = draw(st.lists(st.integers(0, 40_000_000), min_size=1, max_size=6))
    newest = draw(st.datetimes(datetime(2016, 6, 1), datetime(2026, 9, 1))).replace(microsecond=0, tzinfo=UTC)
    times = [int(newest.timestamp()) - sum(gaps[:k]) for k in range(len(gaps))]
    return style, [draw(events(style, 1000 * time, k, texts)) for k, time in enumerate(times)]


def spell(text: str) -> str:
    """Escape a text as Google does."""
    return escape(text).replace("&#x27;", "&#39;")


def link(href: str | None, text: str) -> str:
    """Write a link, or only its text."""
    return f'<a href="{spell(href)}">{spell(text)}</a>' if href else spell(text)


def write_html(pages: ModuleType, style: Style, written: list[Written]) -> bytes:
    """Write events as a page of My Activity."""
    cells = []
    for activity, title, lead, tail, href, clock_line in written:
        gap = style.gap if lead.endswith(" ") else ""
        lines = [spell(lead.rstrip(" ")) + gap + link(href, title) + spell(tail)]
        if activity.channel:
            lines.append(link("https://www.youtube.com/channel/UCx-_", activity.channel))
        lines += ["Watched at 11:39 AM"] if clock_line else []
        lines.append(spell(style.print_date(activity.time_ms)) + style.end)
        caption = f"<b>{style.head('products')}:</b><br>&emsp;{spell(activity.header or '')}<br>"
        if activity.locations:
            caption += f"<b>{style.head('locations')}:</b><br>" + "".join(
                f"&emsp;At {link(place.url, (place.name or '').removeprefix('At '))}"
                + (f" - {spell(place.source)}<br>" if place.source else "<br>")
                for place in activity.locations
            )
        if activity.details:
            caption += f"<b>{style.head('details')}:</b><br>" + "".join(
                f"&emsp;{link(detail.url, detail.text)}<br>" for detail in activity.details
            )
        cells.append(pages.write_cell(spell(activity.header or ""), "<br>".join(lines), caption))
    page: bytes = pages.write_page("".join(cells))
    return page


def write_json(style: Style, written: list[Written], **spaces: Any) -> bytes:
    """Write events as My Activity's JSON."""
    entries = []
    for activity, title, lead, tail, href, clock_line in written:
        time = datetime.fromtimestamp(activity.time_ms // 1000, UTC).strftime("%Y-%m-%dT%H:%M:%S")
        entry: dict[str, Any] = {
            "header": activity.header,
            "title": f"{lead}{title}{tail}",
            "titleUrl": href,
            "time": f"{time}.{activity.time_ms % 1000:03}Z",
            "products": [activity.header],
        }
        if activity.channel:
            entry["subtitles"] = [{"name": activity.channel, "url": "https://www.youtube.com/channel/UCx-_"}]
        if clock_line:
            entry["description"] = "Watched at 11:39 AM"
        if activity.locations:
            entry["locationInfos"] = [
                {"name": place.name, "url": place.url, "source": place.source or ""}
                for place in activity.locations
            ]
        if activity.details:
            entry["details"] = [
                {"name": detail.text, **({"url": detail.url} if detail.url else {})}
                for detail in activity.details
            ]
        entries.append(entry)
    return json.dumps(entries, **spaces).encode()


class Trickle(io.RawIOBase):
    """A stream that gives at most ``step`` bytes at a time."""

    def __init__(self, content: bytes, step: int) -> None:
        self._rest, self._step = io.BytesIO(content), step

    def read(self, size: int = -1) -> bytes:
        return self._rest.read(min(size, self._step) if size >= 0 else self._step)


def read(content: bytes, step: int, name: str) -> tuple[list[Activity | Skipped], EntryReader]:
    """Read a file given a few bytes at a time, and forget its language."""
    file = ArchiveFile(name, len(content), lambda: Trickle(content, step))  # type: ignore[arg-type, return-value]
    reader = EntryReader(file, home_zone="UTC")
    entries = [entry._replace(language=None) if isinstance(entry, Activity) else entry for entry in reader]
    assert reader.counts.seen == reader.counts.parsed + reader.counts.skipped == len(entries)
    return entries, reader


steps = st.one_of(st.integers(1, 64), st.integers(65, 1 << 16))


def check_html(pages: ModuleType, drawn: tuple[Style, list[Written]], step: int) -> None:
    style, written = drawn
    entries, reader = read(write_html(pages, style, written), step, f"{style.folder}/MyActivity.html")
    assert entries == [each.activity for each in written]
    assert reader.counts.by_soup == 0


def check_json(drawn: tuple[Style, list[Written]], step: int, indent: int | None, ascii_only: bool) -> None:
    style, written = drawn
    content = write_json(style, written, indent=indent, ensure_ascii=ascii_only)
    entries, _ = read(content, step, f"{style.folder}/MyActivity.json")
    assert entries == [each.activity._replace(zone=None, offset_minutes=0) for each in written]


@settings(deadline=None, max_examples=60)
@given(drawn=files(FEW), step=steps)
def test_html_is_read_back_whole(pages: ModuleType, drawn: tuple[Style, list[Written]], step: int) -> None:
    check_html(pages, drawn, step)


@settings(deadline=None, max_examples=60)
@given(drawn=files(FEW, NO_VERBS), step=steps, indent=st.sampled_from((None, 2)), ascii_only=st.booleans())
def test_json_is_read_back_whole(
    drawn: tuple[Style, list[Written]], step: int, indent: int | None, ascii_only: bool
) -> None:
    check_json(drawn, step, indent, ascii_only)


@pytest.mark.slow
@pytest.mark.parametrize("locale", LOCALES)
def test_every_locale_is_read_back_whole(pages: ModuleType, locale: str) -> None:
    @settings(deadline=None, max_examples=12)
    @given(html=files([locale]), of_json=files([locale], NO_VERBS), step=steps)
    def check(html: tuple[Style, list[Written]], of_json: tuple[Style, list[Written]], step: int) -> None:
        check_html(pages, html, step)
        check_json(of_json, step, None, ascii_only=False)

    check()


PROMPTERS = [
    name for name in LOCALES if SPEECH.get(find_table(name) or "", {}).get("verbs", {}).get("prompted")
]


@settings(deadline=None, max_examples=60)
@given(
    style=styles(PROMPTERS),
    texts=st.lists(TEXTS, min_size=1, max_size=4),
    reply=st.lists(st.one_of(TEXTS, st.just("27.08.2026, 20:04:54 MESZ")), max_size=3),
    step=steps,
)
def test_a_prompt_is_read_back_whole_and_its_reply_left_out(
    pages: ModuleType, style: Style, texts: list[str], reply: list[str], step: int
) -> None:
    lead, _, tail = next(iter(style.speech["verbs"]["prompted"])).partition("{}")
    caption = f"<b>{style.head('products')}:</b><br>&emsp;Gemini Apps<br>"
    cells, expected = [], []
    for k, text in enumerate(texts):
        time_ms = 1_780_000_000_000 - 86_400_000 * k
        lines = [spell(f"{lead}{text}{tail}"), spell(style.print_date(time_ms)) + style.end]
        answer = "".join(f"<p>{spell(line)}<br></p>\n" for line in reply)
        body = "<br>".join(lines) + ("" if style.end else "<br>") + answer
        cells.append(pages.write_cell("Gemini Apps", body, caption))
        blank = dict.fromkeys(("url", "site", "channel", "mark", "language"))
        asked = {"text": text.replace("\0", "").strip().replace("\xa0", " ").replace("\u202f", " ")}
        where = {"zone": style.zone, "offset_minutes": style.offset_minutes}
        expected.append(
            Activity(k, time_ms, "gemini_apps", "asked", header="Gemini Apps", **blank, **asked, **where)  # type: ignore[arg-type]
        )
    entries, reader = read(pages.write_page("".join(cells)), step, f"{style.folder}/MyActivity.html")
    assert (entries, reader.counts.by_soup) == (expected, 0)
