"""Which function words are left out: those of the languages that the texts are written in.

One language's function word is another's noun (French *car*, German *war*, Dutch *van*), so that a
list counts only where the texts show its language. The list of Japanese holds kana alone, so that it
cannot be taken for Chinese.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.resources import files

from pipeline.patterns.tokens import fold_letters

ALWAYS = "English"  # people of every language search in it, too
OWN_SCRIPT = ("Greek", "Hebrew", "Hindi", "Thai", "Chinese", "Japanese", "Korean")
EVIDENCE_SHARE, EVIDENCE_TEXTS, EVIDENCE_WORDS = 0.02, 5, 3


@cache
def read_stop_words() -> dict[str, frozenset[str]]:
    """Read the shipped lists, folded as the texts are, by language."""
    text = files("pipeline.patterns").joinpath("stop_words.txt").read_text("utf-8")
    words: dict[str, frozenset[str]] = {}
    for block in text.split("# ")[1:]:
        language, *lines = block.splitlines()
        words[language.strip()] = frozenset(fold_letters(" ".join(lines)).casefold().split())
    return words


def choose_stop_words(counts: Mapping[str, int], n_texts: int) -> frozenset[str]:
    """Return the function words of English and of every language that the counted words show.

    A language shows if at least three of its function words occur that neither English has nor a
    language that shows more, together in at least 2 % of the texts (and in five): Spanish texts do not
    show French, though they hold *de* and *la*. One word is enough in a script that no other listed
    language is written in.
    """
    lists = read_stop_words()
    chosen = lists[ALWAYS]
    for language in OWN_SCRIPT:
        if not counts.keys().isdisjoint(lists[language]):
            chosen |= lists[language]
    left = set(lists) - {ALWAYS, *OWN_SCRIPT}
    while left:
        found = {name: [counts[word] for word in lists[name] - chosen if word in counts] for name in left}
        most = max(
            sorted(left), key=lambda name: sum(found[name]) if len(found[name]) >= EVIDENCE_WORDS else 0
        )
        enough = sum(found[most]) >= max(EVIDENCE_TEXTS, EVIDENCE_SHARE * n_texts)
        if len(found[most]) < EVIDENCE_WORDS or not enough:
            break
        chosen |= lists[most]
        left.remove(most)
    return chosen
