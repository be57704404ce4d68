"""What stands under an entry in small print: products, places, details, and why Google kept it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from pipeline.reading.locales import Words
from pipeline.records import Detail, Location

Line = list[str]
"""One line as both readers give it: text, then (address, link text, text) for each link."""

DASH = re.compile(r"\s*-\s+")


class Caption(NamedTuple):
    """The caption of an entry, read."""

    products: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    details: tuple[Detail, ...] = ()
    is_ad: bool = False


def read_caption(sections: Mapping[str, Iterable[Line]], words: Words) -> Caption:
    """Read the lines below each bold head."""
    products = [tidy(line) for line in sections.get(words.products_head, ())]
    places = [place for line in sections.get(words.locations_head, ()) if (place := _read_location(line))]
    details = [detail for line in sections.get(words.details_head, ()) if (detail := read_detail(line))]
    is_ad = any(detail.text == words.ad_detail for detail in details)
    return Caption(tuple(filter(None, products)), tuple(places), tuple(details), is_ad)


def tidy(line: Line) -> str:
    """Join the visible text of a line, its white space collapsed."""
    return " ".join("".join(piece for k, piece in enumerate(line) if k % 3 != 1).split())


def read_detail(line: Line) -> Detail | None:
    """Read one line under ``Details:``; ``None`` for a blank one."""
    text = tidy(line)
    return Detail(text, line[1].strip() or None if len(line) > 1 else None) if text else None


def _read_location(line: Line) -> Location | None:
    """Read ``At <place> - From <source>`` or ``From your home: <address>``.

    Only a dash that follows a link divides: longitudes have one too.
    """
    if len(line) == 1:
        name = tidy(line)
        return Location(name, None, None, None) if name else None
    url, label, rest = line[1].strip(), line[2].strip(), line[3:]
    name = tidy([line[0]]).rstrip(":") if label == url else tidy([line[0], "", label, ""])
    source = source_url = None
    if dash := DASH.match(rest[0]):
        source = tidy([rest[0][dash.end() :], *rest[1:]]) or None
        source_url = rest[1].strip() or None if len(rest) > 1 else None
    else:
        name = tidy([name + rest[0], *rest[1:]])
    return Location(name or None, url or None, source, source_url)
