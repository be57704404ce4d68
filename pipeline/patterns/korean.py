"""Korean words by the analyser Kiwi, where it is installed: 전기자전거를 is 전기 and 자전거.

Without it (it takes 100 MB on disk and half a gigabyte at work) words end at spaces, and ``particles`` takes
off what a rule can.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Protocol

NOUNS = ("N", "XR", "SL", "SH", "SN")  # as the tags of the Sejong corpus begin: roots, foreign words, numbers
BEFORE, AFTER = "XPN", "XSN"  # prefix and suffix of a noun: they are of its word


class Token(Protocol):
    """A part of a word, as Kiwi gives it."""

    tag: str
    start: int
    len: int


Analyse = Callable[[list[str]], Iterable[Sequence[Token]]]


@cache
def load_analyser() -> Analyse | None:
    """Return what finds the parts of words; ``None`` where Kiwi is not installed."""
    try:
        from kiwipiepy import Kiwi
    except ImportError:
        return None
    analyse: Analyse = Kiwi().tokenize
    return analyse


def cut_nouns(word: str, tokens: Sequence[Token]) -> list[str]:
    """Return the nouns of a word between spaces, or the word itself where it has none."""
    nouns: list[str] = []
    open_prefix = joins = False
    for token in tokens:
        part = word[token.start : token.start + token.len]
        if (token.tag == AFTER and joins) or (token.tag.startswith(NOUNS) and open_prefix):
            nouns[-1] += part
        elif token.tag.startswith(NOUNS) or token.tag == BEFORE:
            nouns.append(part)
        open_prefix = token.tag == BEFORE
        joins = token.tag.startswith((*NOUNS, AFTER))
    return nouns or [word]
