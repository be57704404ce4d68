"""The language of a JSON file and its words, settled by its first entries: no date in it tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

from pipeline.reading.evidence import list_spoken, weigh_languages
from pipeline.reading.json_activity import read_text
from pipeline.reading.json_elements import Element
from pipeline.reading.learned_words import learn_words
from pipeline.reading.locales import Words, words_of
from pipeline.reading.settle import take_first
from pipeline.records import Skipped

PRINTED = ("header", "title", "titleUrl")


def settle_words(
    pieces: Iterable[Element | Skipped], name: str
) -> tuple[str | None, Words, Iterator[Element | Skipped]]:
    """Tell a file's language and words by its first entries, and give these back with the rest.

    ``name``: the path below ``Takeout/``. The language is ``None`` where several fit, which then share
    their words, or nothing is in any; then the words are learned from the titles.
    """
    first, pieces = take_first(pieces)
    headers, titles = Counter[str](), list[tuple[str, str | None]]()
    for element in first:
        if "time" in element.fields:
            header, title, href = (read_text(element.fields.get(key)) for key in PRINTED)
            headers[header] += 1
            titles.append((title, href or None))
    phrases = Counter(title for title, _ in titles)
    spoken = list_spoken(headers, phrases, name) if titles else []
    if len(spoken) == 1:
        return spoken[0], words_of(spoken[0]), pieces
    known = next((language for language in spoken if weigh_languages(phrases, "")[language]), None)
    return None, words_of(known) if known else learn_words(titles), pieces
