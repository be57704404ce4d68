"""What is made of the owner's words: which columns of a small table hold them."""

from __future__ import annotations

from collections.abc import Iterable

TEXT_COLUMNS = frozenset(
    {
        "word", "phrase", "text", "query", "first_query", "last_query", "title", "url", "site", "channel",
        "location", "detail", "file",
    }
)  # fmt: skip
"""Columns made of a text, address, site, channel, place, detail or file; our own words stand in others."""


def is_private(columns: Iterable[str]) -> bool:
    """Say whether a table with such columns holds the owner's words, so that its finding is private."""
    return not TEXT_COLUMNS.isdisjoint(columns)
