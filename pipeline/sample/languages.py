"""What each language makes of Google's English: names of folders, files and products, verbs, captions.

Verbs, heads and products are the first that the reader's table has; names of folders are this room's own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from functools import cache
from importlib import resources
from typing import Any

from pipeline.reading.locales import find_table, read_facts
from pipeline.sample.entry import Line
from pipeline.sample.eras import NBSP

Say = Callable[[str], str]
"""Google's English → the same in one language; what the language is not known to say stays English."""

REMOVED = "a video that has been removed"
# Where the reader's table has what the sample says: English → kind, and which of its templates.
VERBS = {
    f"Searched for{NBSP}{{}}": ("searched", 0),
    f"Visited{NBSP}{{}}": ("visited", 0),
    f"Viewed image from{NBSP}{{}}": ("viewed", 0),
    f"Watched{NBSP}{{}}": ("watched", 0),
    f"Said{NBSP}{{}}": ("asked", 0),
    f"Watched {REMOVED}": ("removed", 0),
    "1 notification": ("notified", 0),
    "{} cards in your feed": ("notified", -1),
}
FROM_ADS = "From Google Ads"
HEADS = {
    "Products:": "products",
    "Locations:": "locations",
    "Details:": "details",
    "Why is this here?": "why",
}
SPOKEN = frozenset({"searched", "visited", "viewed", "watched", "used"})  # else all is in English
PRODUCTS = ("Search", "Image Search", "YouTube", "Maps", "Discover", "Ads", "Assistant")


@cache
def speak(locale: str) -> Say:
    """Return the words of a locale's language (``de_AT``): English unless its commonest verbs are known."""
    table = find_table(locale) or "en"
    facts = read_facts()[table]
    words: dict[str, str] = {}
    if table != "en" and facts.get("verbs", {}).keys() >= SPOKEN:
        names = tomllib.loads(resources.files("pipeline.sample").joinpath("names.toml").read_text("utf-8"))
        words = {**dict(_translate(facts)), **names.get(table, {})}
    return lambda english: words.get(english, english)


def say_line(line: Line, say: Say) -> Line:
    """Say a line below a title or under a head; what links somewhere is not in Google's words."""
    return line if line.url else Line(say(line.text))


def _translate(facts: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the pairs of English and the language that the reader's table knows."""
    headers, heads, verbs = facts.get("headers", {}), facts.get("heads", {}), facts["verbs"]
    for product in PRODUCTS:
        yield product, next(iter(headers.get(product.lower().replace(" ", "_"), [product])))
    for english, kind in HEADS.items():
        colon = english[-1:] if english.endswith(":") else ""
        yield english, next((head + colon for head in heads.get(kind, ())), english)
    yield FROM_ADS, next(iter(facts.get("ads", [FROM_ADS])))
    for english, (kind, which) in VERBS.items():
        if templates := list(verbs.get(kind, ())):
            own = templates[which].replace("{n}", "1" if english[0] == "1" else "{}")
            yield english, own.replace(" {}", f"{NBSP}{{}}")
    if "removed" not in verbs:
        yield f"Watched {REMOVED}", next(iter(verbs["watched"])).replace("{}", REMOVED)
    search = next(iter(headers.get("search", ["Search"])))
    yield "Used Search", next(iter(verbs["used"])).replace("{}", search)
