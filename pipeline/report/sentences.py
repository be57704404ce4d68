"""A sentence in parts: the key phrase, which is painted, and the owner's words, each with its direction."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import NamedTuple

from pipeline.patterns.finding import Finding


class Part(NamedTuple):
    """Some words of a sentence."""

    text: str
    emphasis: bool = False
    owner: bool = False


def part_sentence(sentence: str, finding: Finding) -> tuple[Part, ...]:
    """Part a sentence of ``finding`` at its emphasis and, in a private one, at the words of its mark.

    Only whole words count: “video” is no key phrase within “videos”.
    An Arabic word must not turn the English sentence around it: each stands in an element of its own.
    """
    owned = {finding.emphasis, *finding.named} if finding.private else set()
    if finding.private:
        owned |= {word for word in finding.mark if isinstance(word, str)}
    return _part(sentence, finding.emphasis, owned)


def part_words(sentence: str, words: Collection[str]) -> tuple[Part, ...]:
    """Part a sentence without a key phrase at the owner's words."""
    return _part(sentence, "", set(words))


def _part(sentence: str, emphasis: str, owned: set[str]) -> tuple[Part, ...]:
    words = {word for word in {emphasis, *owned} if word}
    if not words:
        return (Part(sentence),)
    longest_first = sorted(words, key=lambda word: (-len(word), word))
    pieces = re.split(rf"((?<!\w)(?:{'|'.join(map(re.escape, longest_first))})(?!\w))", sentence)
    return tuple(
        Part(piece, bool(emphasis) and piece == emphasis, piece in owned) for piece in pieces if piece
    )
