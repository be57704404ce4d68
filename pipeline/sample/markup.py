"""How Google wrote My Activity as HTML from 2023 to 2025: one line, one zone, newest first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from html import escape
from typing import NamedTuple
from urllib.parse import quote_plus

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
CSS_BYTES = 141_000
NBSP, NNBSP = "\u00a0", "\u202f"
WHY = (
    "<b>Why is this here?</b><br>&emsp;This activity was saved to your Google Account because the following"
    " settings were on:&nbsp;{setting}.&nbsp;You can control these settings &nbsp;"
    '<a href="https://myaccount.google.com/activitycontrols">here</a>.'
)
SETTINGS = {"YouTube": "YouTube watch history", "Ads": "Web &amp; App Activity"}
CELL = (
    '<div class="outer-cell mdl-cell mdl-cell--12-col mdl-shadow--2dp"><div class="mdl-grid">'
    '<div class="header-cell mdl-cell mdl-cell--12-col">'
    '<p class="mdl-typography--title">{header}<br></p></div>'
    '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">{body}</div>'
    '<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1 mdl-typography--text-right">'
    '</div><div class="content-cell mdl-cell mdl-cell--12-col mdl-typography--caption">'
    "<b>Products:</b><br>&emsp;{header}<br>{more}{why}</div></div></div>"
)


class Entry(NamedTuple):
    """One entry of a file: ``lines`` are HTML, the printed time comes last; no time leaves it undated."""

    utc: int  # seconds since 1970
    file: str  # below Takeout/
    header: str
    action: str
    lines: tuple[str, ...]
    more: str = ""  # HTML of the caption between Products and Why
    dated: bool = True


def link(url: str, text: str) -> str:
    """Return a link, both parts escaped."""
    return f'<a href="{escape(url)}">{escape(text, quote=False)}</a>'


def say(verb: str, url: str, text: str) -> str:
    """Return a verb, the no-break space that follows it, and a link."""
    return f"{verb}{NBSP}{link(url, text)}"


def search_url(text: str) -> str:
    """Return the address of a web search."""
    return f"https://www.google.com/search?q={quote_plus(text)}"


def name_zone(moment: datetime) -> tuple[str, int]:
    """Return the short name that is printed for an aware moment's zone, and its offset in seconds."""
    offset = int(moment.utcoffset().total_seconds())  # type: ignore[union-attr]  # it is aware
    name = moment.strftime("%Z")
    if not name.isalpha():
        sign = "-" if offset < 0 else "+"
        name = f"GMT{sign}{abs(offset) // 3600:02}:{abs(offset) // 60 % 60:02}"
    return name, offset


def print_time(utc: int, zone: str, offset: int) -> str:
    """Return the moment as the file prints it: in the zone of the export, whatever the season."""
    at = datetime.fromtimestamp(utc + offset, UTC)
    half = "AM" if at.hour < 12 else "PM"
    clock = f"{(at.hour + 11) % 12 + 1}:{at.minute:02}:{at.second:02}{NNBSP}{half}"
    return f"{MONTHS[at.month - 1]} {at.day}, {at.year}, {clock} {zone}"


def write_cell(entry: Entry, zone: str, offset: int) -> str:
    """Return one entry as HTML, about 1 kB."""
    lines = [*entry.lines, print_time(entry.utc, zone, offset)] if entry.dated else entry.lines
    why = WHY.format(setting=SETTINGS.get(entry.header, "Web &amp; App Activity"))
    return CELL.format(header=entry.header, body="<br>".join(lines), more=entry.more, why=why)


def write_page(entries: Iterable[Entry], zone: str, offset: int) -> Iterator[bytes]:
    """Yield a whole file in pieces; ``entries`` come newest first."""
    head = "<html><head><title>My Activity History</title>"
    yield f'{head}<style type="text/css">{_write_css()}</style></head><body><div class="mdl-grid">'.encode()
    for entry in entries:
        yield write_cell(entry, zone, offset).encode()
    yield b"</div></body></html>"


def _write_css() -> str:
    """Return rules in the manner of the material grid, as long as the ones that Google puts first."""
    rules = [".outer-cell{margin-bottom:8px}.header-cell p{margin:0}.content-cell{word-wrap:break-word}"]
    size = len(rules[0])
    step = 0
    while size < CSS_BYTES:
        selector = f".mdl-cell--{step % 12 + 1}-col.mdl-grid--s{step}"
        rule = f"{selector}{{width:calc({step % 100}.3333% - {step % 17}px)}}"
        rules.append(rule)
        size += len(rule)
        step += 1
    return "".join(rules)
