"""The language of a JSON file and its words, settled by its first entries: no date in it tells them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain

from pipeline.reading.json_activity import read_text
from pipeline.reading.json_elements import Element
from pipeline.reading.learned_words import learn_words
from pipeline.reading.locales import Words, weigh_languages, words_of
from pipeline.records import Skipped

SETTLING_ENTRIES = 2_000
SETTLING_BYTES = 8 << 20
PRINTED = ("header", "title", "titleUrl")


def settle_words(
    pieces: Iterable[Element | Skipped], name: str
) -> tuple[str | None, Words, Iterator[Element | Skipped]]:
    """Tell a file's language and words by its first entries, and give these back with the rest.

    ``name``: the path below ``Takeout/``. The language is ``None`` where several fit or nothing is in
    any; then the words are learned from the titles.
    """
    rest, taken, n_bytes = iter(pieces), list[Element | Skipped](), 0
    headers, titles = Counter[str](), list[tuple[str, str | None]]()
    broken: list[Exception] = []
    try:
        for piece in rest:
            taken.append(piece)
            if isinstance(piece, Element):
                n_bytes += len(piece.cell.content)
                if "time" in piece.fields:
                    header, title, href = (read_text(piece.fields.get(key)) for key in PRINTED)
                    headers[header] += 1
                    titles.append((title, href or None))
            if len(taken) == SETTLING_ENTRIES or n_bytes > SETTLING_BYTES:
                break
    except Exception as error:  # whatever it is, it comes after the entries that are whole
        broken.append(error)
    language = _settle_language(headers, Counter(title for title, _ in titles), name)
    words = words_of(language) if language else learn_words(titles)
    return language, words, chain(taken, _raise_each(broken), rest)


def _settle_language(headers: Counter[str], titles: Counter[str], name: str) -> str | None:
    evidence = weigh_languages(headers + titles, name if titles else "")
    if not weigh_languages(titles, "")["en"]:
        del evidence["en"]  # English names of products and files stand in every language
    ranks = evidence.most_common(2)
    return ranks[0][0] if len(ranks) == 1 or (ranks and ranks[0][1] > ranks[1][1]) else None


def _raise_each(errors: list[Exception]) -> Iterator[Element]:
    for error in errors:
        raise error
    yield from ()
