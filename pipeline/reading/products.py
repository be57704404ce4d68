"""Headers of Google's products, in any of its languages → the product's English name."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from pipeline.reading.locales import read_facts, reduce_phrase


@lru_cache(maxsize=1024)
def name_product(header: str) -> str:
    """Turn a header, in any language of the tables, into the product's English name.

    ``Bildersuche`` → ``image_search``. An unknown header keeps its own words, in snake_case.
    """
    found = _find_product(header)
    if found is not None:
        return found
    kept = (c if c.isalnum() or unicodedata.category(c)[0] == "M" else " " for c in header.casefold())
    return "_".join("".join(kept).split()) or "unknown"


def is_known_header(header: str) -> bool:
    """Say whether a header is the name of a product in some language of the tables."""
    return _find_product(header) is not None


@cache
def list_products() -> frozenset[str]:
    """Return the English names that the tables give to products, in snake_case."""
    return frozenset(_products().values())


@lru_cache(maxsize=1024)
def _find_product(header: str) -> str | None:
    key = reduce_phrase(header)
    names = _products()
    return names.get(key) or names.get(reduce_phrase(re.sub(r"\bgoogle\b", " ", key)))


@cache
def _products() -> dict[str, str]:
    """Collect the headers of all languages; where two languages differ, the earlier in the file holds."""
    names: dict[str, str] = {}
    for facts in read_facts().values():
        for product, headers in facts.get("headers", {}).items():
            for header in headers:
                names.setdefault(reduce_phrase(header), product)
    return names
