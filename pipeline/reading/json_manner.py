"""The language of a JSON file and its words, settled by its first entries: no date in it tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.reading.json_activity import read_text
from pipeline.reading.json_elements import Element
from pipeline.reading.learned_words import learn_words
from pipeline.reading.locales import Words, words_of
from pipeline.reading.settle import find_spoken, take_first
from pipeline.records import Skipped

PRINTED = ("header", "title", "titleUrl")


def settle_words(
    pieces: Iterable[Element | Skipped], name: str
) -> tuple[str | None, Words, Iterator[Element | Skipped]]:
    """Tell a file's language and words by its first entries, and give these back with the rest.

    ``name``: the path below ``Takeout/``. The language is ``None`` where several fit or nothing is in
    any; then the words are learned from the titles.
    """
    first, pieces = take_first(pieces)
    headers, titles = Counter[str](), list[tuple[str, str | None]]()
    for element in first:
        if "time" in element.fields:
            header, title, href = (read_text(element.fields.get(key)) for key in PRINTED)
            headers[header] += 1
            titles.append((title, href or None))
    language = find_spoken(headers, Counter(title for title, _ in titles), name) if titles else None
    return language, words_of(language) if language else learn_words(titles), pieces
