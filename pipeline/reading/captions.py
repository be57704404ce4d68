"""What stands under an entry in small print: products, places, details, and why Google kept it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.links import MAP
from pipeline.reading.locales import Words
from pipeline.reading.products import name_product
from pipeline.records import Detail, Location

Line = list[str]
"""One line as both readers give it: text, then (address, link text, text) for each link."""

DASH = re.compile(r"\s*-\s+")
CONTROLS = "myaccount.google.com/"  # where the section that says why an entry was kept points
LONGEST_AD = 60  # characters of "From Google Ads" in any language


class Caption(NamedTuple):
    """The caption of an entry, read; ``replies``: one of its products answers, below the date."""

    products: tuple[str, ...] = ()
    locations: tuple[Location, ...] = ()
    details: tuple[Detail, ...] = ()
    is_ad: bool = False
    replies: bool = False


def read_caption(sections: Mapping[str, Iterable[Line]], words: Words) -> Caption:
    """Read the lines below each bold head: by the head where the language knows it, else by their links."""
    products: list[str] = []
    places: list[Location] = []
    details: list[Detail] = []
    for k, (head, section) in enumerate(sections.items()):
        lines = list(section)
        kind = words.heads.get(head.rstrip(":： ")) or _name_section(k, lines)
        if kind == "products":
            products.extend(filter(None, map(tidy, lines)))
        elif kind == "locations":
            places.extend(place for line in lines if (place := _read_location(line)))
        elif kind == "details":
            details.extend(detail for line in lines if (detail := read_detail(line)))
    is_ad = any(names_google_ads(detail.text, words) for detail in details)
    return Caption(tuple(products), tuple(places), tuple(details), is_ad, any(map(can_reply, products)))


@lru_cache(maxsize=1024)
def can_reply(product: str) -> bool:
    """Say whether a product, by its name in any language, prints an answer below the date."""
    name = name_product(product)
    return name == "ai_mode" or "gemini" in name


def _name_section(position: int, lines: Iterable[Line]) -> str:
    """Tell what a section is whose head no one knows: products come first, places link to a map."""
    addresses = [address for line in lines for address in line[1::3]]
    if any(CONTROLS in address for address in addresses):
        return "why"
    if any(MAP.match(address.strip()) for address in addresses):
        return "locations"
    return "details" if position else "products"


def names_google_ads(text: str, words: Words) -> bool:
    """Say whether a detail tells that an entry comes from an ad."""
    if text.casefold() in words.ads:
        return True
    return words.language != "en" and "Google Ads" in text and len("Google Ads") < len(text) <= LONGEST_AD


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
