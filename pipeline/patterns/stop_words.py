"""Which function words are left out: those of the languages that the texts are written in.

One language's function word is another's noun (French *car*, German *war*, Dutch *van*), so that a
list counts only where the texts show its language.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

ALWAYS = "English"  # people of every language search in it, too
EVIDENCE_SHARE, EVIDENCE_TEXTS, EVIDENCE_WORDS = 0.02, 5, 3


@cache
def read_stop_words() -> dict[str, frozenset[str]]:
    """Read the shipped lists, case-folded, by language."""
    text = files("pipeline.patterns").joinpath("stop_words.txt").read_text("utf-8")
    words: dict[str, frozenset[str]] = {}
    for block in text.split("# ")[1:]:
        language, *lines = block.splitlines()
        listed = unicodedata.normalize("NFKC", " ".join(lines)).casefold().split()
        words[language.strip()] = frozenset(listed)
    return words


def choose_stop_words(counts: Mapping[str, int], n_texts: int) -> frozenset[str]:
    """Return the function words of English and of every language that the counted words show.

    A language shows if at least three of its function words that English has not occur, together in
    at least 2 % of the texts (and in five).
    """
    lists = read_stop_words()
    chosen = lists[ALWAYS]
    for words in lists.values():
        found = [counts[word] for word in words - lists[ALWAYS] if word in counts]
        if len(found) >= EVIDENCE_WORDS and sum(found) >= max(EVIDENCE_TEXTS, EVIDENCE_SHARE * n_texts):
            chosen |= words
    return chosen
