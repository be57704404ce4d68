"""What each language makes of Google's English: names of folders, files and products, verbs, captions.

Verbs, heads and products are the first that the reader's table has; names of folders are this room's own.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import Any

from pipeline.reading.locales import FACTS, find_table
from pipeline.sample.entry import Line
from pipeline.sample.eras import NBSP

Say = Callable[[str], str]
"""Google's English → the same in one language; what the language is not known to say stays English."""

# Where the reader's table has what the sample says: English → kind, and which of its templates.
VERBS = {
    f"Searched for{NBSP}{{}}": ("searched", 0),
    f"Visited{NBSP}{{}}": ("visited", 0),
    f"Viewed image from{NBSP}{{}}": ("viewed", 0),
    f"Watched{NBSP}{{}}": ("watched", 0),
    f"Said{NBSP}{{}}": ("asked", 0),
    "Watched a video that has been removed": ("removed", 0),
    "1 notification": ("notified", 0),
    "{} cards in your feed": ("notified", -1),
    "Used Search": ("used", 0),
}
HEADS = {
    "Products:": "products",
    "Locations:": "locations",
    "Details:": "details",
    "Why is this here?": "why",
}
PRODUCTS = ("Search", "Image Search", "YouTube", "Maps", "Discover", "Ads", "Assistant")


@cache
def speak(locale: str) -> Say:
    """Return the words of a locale's language (``de_AT``)."""
    table = find_table(locale) or "en"
    words = {} if table == "en" else dict(_translate(json.loads(FACTS.read_bytes())[table]))
    names: dict[str, dict[str, str]] = tomllib.loads(
        resources.files("pipeline.sample").joinpath("names.toml").read_text("utf-8")
    )
    words |= names.get(table, {})
    return lambda english: words.get(english, english)


def say_line(line: Line, say: Say) -> Line:
    """Say a line below a title or under a head; what links somewhere is not in Google's words."""
    return line if line.url else Line(say(line.text))


def _translate(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of English and the language that the reader's table knows."""
    for product in PRODUCTS:
        if headers := list(facts["headers"].get(product.lower().replace(" ", "_"), ())):
            yield product, headers[0]
    for english, kind in HEADS.items():
        if heads := list(facts["heads"].get(kind, ())):
            yield english, heads[0] + (":" if english.endswith(":") else "")
    if ads := list(facts.get("ads", ())):
        yield "From Google Ads", ads[0]
    search = next(iter(facts["headers"].get("search", ("Search",))))
    for english, (kind, which) in VERBS.items():
        if templates := list(facts["verbs"].get(kind, ())):
            own = (
                templates[which]
                .replace("{n}", "1" if english[0] == "1" else "{}")
                .replace(" {}", f"{NBSP}{{}}")
            )
            yield english, own.replace("{}", search) if english == "Used Search" else own
