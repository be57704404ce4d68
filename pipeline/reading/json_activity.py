"""What an entry of JSON means: My Activity and YouTube, the old searches, Chrome's history.

My Activity says in JSON what it prints in HTML, so both are read by the rules of ``titles`` and
``meaning``: the same event is the same row, to the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.reading.captions import Caption, Line, names_google_ads, read_detail
from pipeline.reading.dates import NO_DATE
from pipeline.reading.json_elements import Element
from pipeline.reading.links import find_site, unwrap
from pipeline.reading.locales import words_of
from pipeline.reading.manner import Manner
from pipeline.reading.meaning import NO_TEXT, describe, skip
from pipeline.reading.titles import split_title
from pipeline.records import Activity, Cell, Location, Skipped

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
FIRST_MS = -2_208_988_800_000  # the year 1900, as for printed dates
LAST_MS = 253_402_300_799_999  # the end of the year 9999
UNKNOWN_ENTRY = "an unknown kind of entry"
WATCH_PAGE = "https://www.youtube.com/watch?v="

Fields = dict[str, Any]


def parse_element(element: Element, manner: Manner) -> Iterator[Activity | Skipped]:
    """Read one entry; an old query comes once for each time it was asked, all at one position."""
    cell, fields = element
    if "query" in fields:
        yield from _read_query(cell, fields["query"])
    elif "snippet" in fields:
        yield _read_snippet(cell, fields["snippet"])
    elif "time_usec" in fields:
        yield _read_visit(cell, fields)
    elif "time" in fields or "header" in fields:
        yield _read_activity(cell, fields, manner)
    else:
        yield skip(cell, UNKNOWN_ENTRY)


def read_time(text: str) -> int | None:
    """Read ISO 8601, UTC where it says nothing else, as milliseconds since 1970."""
    if text[10:11] != "T":
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    time_ms = ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - EPOCH) // MILLISECOND
    return time_ms if FIRST_MS <= time_ms <= LAST_MS else None


def _read_activity(cell: Cell, fields: Fields, manner: Manner) -> Activity | Skipped:
    """Read an entry of My Activity or of YouTube's history."""
    time_ms = read_time(read_text(fields.get("time")))
    if time_ms is None:
        return skip(cell, NO_DATE)
    title, href = read_text(fields.get("title")).strip(), read_text(fields.get("titleUrl")).strip()
    if not title and not href:
        return skip(cell, NO_TEXT)
    products = tuple(filter(None, map(read_text, _list(fields, "products"))))
    header = " ".join(read_text(fields.get("header")).split()) or next(iter(products), None)
    lines = [_lay_line(item) for item in _items(fields, "subtitles")]
    if "description" in fields:
        lines.append([read_text(fields["description"])])
    details = [detail for item in _items(fields, "details") if (detail := read_detail(_lay_line(item)))]
    places = [place for item in _items(fields, "locationInfos") if any(place := _read_place(item))]
    is_ad = any(names_google_ads(detail.text, manner.words) for detail in details)
    caption = Caption(products, tuple(places), tuple(details), is_ad)
    told = split_title(title, href or None, manner.words)
    if href and not told.is_told:  # some verbs stay English in every language; HTML has them outside the link
        told = told._replace(text=split_title(title, href, words_of("en")).text)
    return describe(manner, cell.position, time_ms, header, told, lines, caption)


def _lay_line(item: Fields) -> Line:
    name, url = read_text(item.get("name")), read_text(item.get("url"))
    return ["", url, name, ""] if url else [name]


def _read_place(item: Fields) -> Location:
    return Location(
        *(read_text(item.get(key)).strip() or None for key in ("name", "url", "source", "sourceUrl"))
    )


def _read_query(cell: Cell, query: object) -> Iterator[Activity | Skipped]:
    """Read a query of ``Searches/``: one search for each of its times."""
    fields = query if isinstance(query, dict) else {}
    text = read_text(fields.get("query_text")).strip()
    times = [_read_micros(item.get("timestamp_usec")) for item in _items(fields, "id")]
    for time_ms in times or [None]:
        yield _make(cell, time_ms, "search", "searched", text, "")


def _read_snippet(cell: Cell, snippet: object) -> Activity | Skipped:
    """Read an entry of YouTube's history as it was until 2018."""
    fields = snippet if isinstance(snippet, dict) else {}
    time_ms = read_time(read_text(fields.get("publishedAt")))
    resource = fields.get("resourceId")
    video = read_text(resource.get("videoId")) if isinstance(resource, dict) else ""
    action, url = ("watched", WATCH_PAGE + video) if video else ("searched", "")
    title = read_text(fields.get("title")).strip()
    return _make(cell, time_ms, "youtube", action, title, url)


def _read_visit(cell: Cell, fields: Fields) -> Activity | Skipped:
    """Read an entry of Chrome's own history."""
    title, url = read_text(fields.get("title")).strip(), read_text(fields.get("url")).strip()
    return _make(cell, _read_micros(fields["time_usec"]), "chrome", "visited", title, url)


def _make(
    cell: Cell, time_ms: int | None, product: str, action: str, text: str, href: str
) -> Activity | Skipped:
    """Make the record of an entry that has no language."""
    if time_ms is None:
        return skip(cell, NO_DATE)
    if not text and not href:
        return skip(cell, NO_TEXT)
    url = unwrap(href) if href else None
    return Activity(
        cell.position,
        time_ms,
        product,
        action,
        text or None,
        url,
        find_site(url),
        channel=None,
        mark=None,
        header=None,
        language=None,
        zone=None,
        offset_minutes=0,
    )


def _read_micros(value: object) -> int | None:
    """Turn microseconds since 1970, a number or its digits, into milliseconds."""
    if not isinstance(value, str | int | float):
        return None
    try:
        time_ms = int(value) // 1000
    except (ValueError, OverflowError):
        return None
    return time_ms if 0 <= time_ms <= LAST_MS else None


def read_text(value: object) -> str:
    """Return a text as it can be stored: without NULs, U+FFFD for half a character; else ``""``."""
    if not isinstance(value, str):
        return ""
    if not value.isascii():
        value = value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value.replace("\0", "") if "\0" in value else value


def _list(fields: Fields, key: str) -> list[Any]:
    value = fields.get(key)
    return value if isinstance(value, list) else []


def _items(fields: Fields, key: str) -> list[Fields]:
    """List the objects under a key; some exports have empty ones, or texts (2018)."""
    return [item for item in _list(fields, key) if isinstance(item, dict)]
