"""My Activity pages of every era, invented: the shapes that Google has written from 2017 to 2026."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest

from pipeline.records import ArchiveFile, Cell

NARROW = "\u202f"
CSS = ".mdl-grid{display:flex}.content-cell{margin:0}.header-cell{margin:1px}.outer-cell{padding:2px}" * 40
TAIL = "</div></body></html>"
HERE = '<a href="https://myaccount.google.com/activitycontrols">here</a>'
WHY = (
    "<b>Why is this here?</b><br>&emsp;This activity was saved to your Google Account because the following "
    f"settings were on:&nbsp;Web &amp; App Activity.&nbsp;You can control these settings &nbsp;{HERE}."
)
MAP = (
    '<a href="https://www.google.com/maps/@?api=1&amp;map_action=map&amp;center=10.0,-20.0&amp;zoom=12">'
    "this general area</a>"
)
PLACES = {
    "2017": '&emsp;From your home: <a href="https://google.com/maps?q=25.80,-80.18">'
    "https://google.com/maps?q=25.80,-80.18</a>\n<br>",
    "from a place": f"&emsp;At {MAP} - From "
    '<a href="https://support.google.com/maps/answer/1">your places</a> (Home)<br>',
    "from the past": f"&emsp;At {MAP} - Based on your past activity<br>",
}


@dataclass(frozen=True)
class Era:
    """How one era prints: ``clock`` takes the number of the entry."""

    name: str
    clock: Callable[[int], str]
    gap: str  # between verb and link
    places: tuple[str, ...]
    why: bool
    end: str  # after the date

    def date(self, k: int) -> str:
        return self.clock(k) + self.end


def _american(zone: str, space: str, year: int) -> Callable[[int], str]:
    def clock(k: int) -> str:
        half = "AM" if k // 3600 % 24 < 12 else "PM"
        hour = k // 3600 % 12 or 12
        return f"Feb {k // 86400 % 28 + 1}, {year}, {hour}:{k // 60 % 60:02}:{k % 60:02}{space}{half}{zone}"

    return clock


def _british(k: int) -> str:
    return f"{k // 86400 % 28 + 1} Sept 2021, {k // 3600 % 24:02}:{k // 60 % 60:02}:{k % 60:02} AEDT"


ERAS = {
    era.name: era
    for era in (
        Era("2017", _american("", " ", 2017), "&nbsp;", ("2017",), False, ""),
        Era("2018", _american(" UTC", " ", 2018), "&nbsp;", ("2017",), False, ""),
        Era("2021", _british, "\xa0", ("from a place",), False, ""),
        Era("2024", _american(" TRT", NARROW, 2024), "\xa0", ("from a place", "from the past"), True, ""),
        Era("2026", _american(" EST", NARROW, 2026), "\xa0", ("from a place", "from the past"), True, "<br>"),
    )
}


def write_cell(header: str, body: str, caption: str = "<b>Products:</b><br>&emsp;Search<br>") -> str:
    """Write one entry as Google does: everything in one line."""
    cell = '<div class="content-cell mdl-cell mdl-cell--'
    return (
        '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
        '<div class="header-cell mdl-cell mdl-cell--12-col">'
        f'<p class="mdl-typography--title">{header}<br></p></div>'
        f'{cell}6-col mdl-typography--body-1">{body}</div>'
        f'{cell}6-col mdl-typography--body-1 mdl-typography--text-right"></div>'
        f'{cell}12-col mdl-typography--caption">{caption}</div></div></div>'
    )


def write_page(cells: str) -> bytes:
    """Write a whole file around the entries."""
    head = f'<html><head><title>My Activity History</title><style type="text/css">{CSS}</style></head>'
    return f'{head}<body><div class="mdl-grid">{cells}{TAIL}'.encode()


def write_shapes(era: Era, k: int = 0) -> dict[str, str]:
    """Write one entry of every shape that the era may hold; ``k`` numbers the first one's second."""
    g = era.gap
    asked = "https://www.google.com/search?q"
    result = "https://www.google.com/url?q=http://www.example.org/page"
    video = "https://www.youtube.com/watch?v=abcdefghijk"
    watched = (
        f'Watched{g}<a href="{video}">A Film &amp; Its &quot;Maker&quot;</a><br>'
        '<a href="https://www.youtube.com/channel/UCabc">Film &#39;n&#39; Friends</a><br>'
    )
    ad = "<b>Details:</b><br>&emsp;From Google Ads<br>"
    opened = (
        '<b>Details:</b><br> Tried to open in app: <a href="https://m.example.org/">m.example.org</a><br>'
    )
    topics = "<b>Details:</b><br>&emsp;Bicycles<br>&emsp;Gardens<br>"
    places = [f"<b>Locations:</b><br>{PLACES[name]}" for name in era.places]
    every_place = "".join(PLACES[name] for name in era.places)
    search = f'Searched for{g}<a href="https://www.google.com/search?q=red+bicycle">red bicycle</a><br>'
    shapes: dict[str, tuple[str, str, str]] = {
        "search": ("Search", search, ""),
        "search with places": ("Search", search, f"<b>Locations:</b><br>{every_place}"),
        **{f"search at place {n}": ("Search", search, place) for n, place in enumerate(places)},
        "search like a date": (
            "Search",
            f'Searched for{g}<a href="{asked}=Jan+3">Jan 3, 2023, 9:52:12 PM EST</a><br>',
            "",
        ),
        "search with marks": (
            "Search",
            f'Searched for{g}<a href="{asked}=%3Cb%3E+%26">&lt;b&gt; &amp; “x” $\\foo{{</a><br>',
            "",
        ),
        "image search": (
            "Image Search",
            f'Searched for{g}<a href="https://www.google.com/search?q=cat&amp;tbm=isch">cat</a><br>',
            "",
        ),
        "result click": (
            "Search",
            f'Visited{g}<a href="{result}&amp;usg=AFQjCN">http://www.example.org/page</a><br>',
            "",
        ),
        "result click without usg": ("Search", f'Visited{g}<a href="{result}">Example</a><br>', ""),
        "opened in app": ("Search", f'Visited{g}<a href="{result}">Example</a><br>', opened),
        "image": ("Image Search", f'Viewed image from{g}<a href="{result}">example.org</a><br>', ""),
        "lens": ("Google Lens", "Searched with Google Lens<br>", ""),
        "video": ("YouTube", watched, ""),
        "private video": ("YouTube", f'Watched{g}<a href="{video}">{video}</a><br>', ""),
        "removed video": ("YouTube", f"Watched{g}a video that has been removed<br>", ""),
        "video ad": ("YouTube", watched, ad),
        "video ad with clock": ("YouTube", f"{watched}Watched at 11:39 AM<br>", ad),
        "video search": (
            "YouTube",
            f'Searched for{g}<a href="https://www.youtube.com/results?search_query=a+film">a film</a><br>',
            "",
        ),
        "survey": ("YouTube", "Answered survey question<br>Do you like it?<br>Very much<br>", ""),
        "notification": (
            "Notifications",
            '1 notification<br>Including topics:<br><a href="https://example.org/t">Bicycles</a><br>',
            "",
        ),
        "discover": ("Discover", "6 cards in your feed<br>", topics),
        "maps place": (
            "Maps",
            '<a href="https://www.google.com/maps/place/Caf%C3%A9/@1,2">Café Exemple</a><br>',
            "",
        ),
        "maps area": (
            "Maps",
            f'Viewed area around{g}<a href="https://www.google.com/maps/@1,-2,3z">Old Town</a><br>',
            "",
        ),
        "maps explored": (
            "Maps",
            '<a href="https://www.google.com/maps/@1,-2,3z">Explored on Google Maps</a><br>',
            "",
        ),
        "directions": (
            "Maps",
            f'Directions to{g}<a href="https://www.google.com/maps/dir/x">12 Mill Lane</a><br>',
            "",
        ),
        "used search": ("Search", "Used Search<br>", ""),
        "used an app": (
            "Android",
            f'Used{g}<a href="https://play.google.com/store/apps/details?id=org.example">Notes</a><br>',
            "",
        ),
        "listened": (
            "YouTube Music",
            f'Listened to{g}<a href="https://music.youtube.com/watch?v=abc">A Song</a><br>'
            '<a href="https://www.youtube.com/channel/UCdef">Band - Topic</a><br>',
            "",
        ),
        "from an address": ("Search", search, "<b>Details:</b><br>&emsp;From IP 8.8.8.8<br>"),
    }
    if era.name == "2026":
        shapes["gemini with files"] = (
            "Gemini Apps",
            "Prompted write a poem\nin two lines\n<br>Attached 2 files.<br>"
            '-  <a href="a.html">a.html</a><br>-  <a href="b.html">b.html</a><br>',
            "",
        )
        shapes["gemini"] = ("Gemini Apps", f"Prompted{g}name a fish<br>", "")
    entries = {}
    for n, (name, (header, lines, caption)) in enumerate(shapes.items()):
        body = lines + era.date(k + n)
        if name.startswith("gemini"):
            body += "<p>Carp.</p>\n<ul><li>Jan 3, 2023, 9:52:12 PM EST</li></ul>"
            body += '<div class="x">Pike &mdash; or</div>'
        products = f"<b>Products:</b><br>&emsp;{header}<br>"
        entries[name] = write_cell(header, body, products + caption + (WHY if era.why else ""))
    return entries


ADDRESSES = {
    "searched": "https://www.google.com/search?q=red+bicycle",
    "visited": "https://www.google.com/url?q=https://www.example.org/page",
    "watched": "https://www.youtube.com/watch?v=abcdefghijk",
    "viewed": "https://www.google.com/maps/place/x",
}
HEADERS = {"searched": "search", "visited": "search", "watched": "youtube", "viewed": "maps"}


@dataclass(frozen=True)
class Told:
    """One event as a language tells it: ``lead`` and ``tail`` stand around the link."""

    action: str
    lead: str
    tail: str
    text: str
    href: str | None

    @property
    def title(self) -> str:
        """The event as JSON prints it."""
        return f"{self.lead}{self.text}{self.tail}"

    def write(self, era: Era, k: int, products: str = "") -> str:
        """The event as HTML prints it."""
        link = f'<a href="{self.href}">{self.text}</a>' if self.href else self.text
        lead = self.lead[:-1] + era.gap if self.lead.endswith(" ") else self.lead
        caption = f"<b>{products}:</b><br>&emsp;Search<br>" + (WHY if era.why else "")
        return write_cell("Search", f"{lead}{link}{self.tail}<br>{era.date(k)}", caption)


def tell_events(facts: dict[str, Any]) -> list[Told]:
    """Tell one event with each verb of a language's table in ``data/words.json``."""
    events = []
    for action, templates in facts["verbs"].items():
        for template in templates:
            lead, _, tail = template.partition("{}")
            if action == "removed":
                events.append(Told("watched", template, "", "", None))
            elif action == "notified":
                events.append(Told("notified", template.replace("{n}", "3"), "", "", None))
            else:
                told = "asked" if action == "prompted" else action
                events.append(
                    Told(told, lead, tail, "red bicycle", ADDRESSES.get(action, "https://x.example/"))
                )
    return events


def as_file(content: bytes, name: str = "My Activity/Search/MyActivity.html") -> ArchiveFile:
    """Stand for a member of an archive."""
    return ArchiveFile(name, len(content), lambda: io.BytesIO(content))


def as_cell(markup: str | bytes) -> Cell:
    """Stand for a cell at the beginning of a file."""
    return Cell(0, 0, markup.encode() if isinstance(markup, str) else markup)


@pytest.fixture(scope="session")
def pages() -> ModuleType:
    """Everything above, since tests of this room cannot import from each other."""
    return sys.modules[__name__]
