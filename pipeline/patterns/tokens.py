"""What a word is: Unicode letters and digits in runs, addresses and bare numbers left out, in any script."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache

ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|info|de|fr|es|it|pt|nl|uk|eu)\b(?:/\S*)?"
)
ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")  # what word_pattern finds in plain ASCII, faster
APOSTROPHES = str.maketrans({"\u2019": "'", "\u02bc": "'", "\uff07": "'", "\u2018": "'"})
# French and Italian write a short word and an apostrophe before a vowel: l'été, dell'arte.
ELIDED = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|un|gl|dell|nell|all|sull|dall|quest|quell|com|dov|cos)'(?=\w{2})"
)
JOINERS = "\u200c\u200d"  # within a word in Persian and Indic scripts


@cache
def word_pattern() -> re.Pattern[str]:
    """Return the pattern of one word: letters, marks and digits, with apostrophes inside."""
    marks = "".join(
        re.escape(chr(code))
        for code in range(0x300, sys.maxunicode)
        if unicodedata.category(chr(code))[0] == "M"
    )
    letter = f"(?:[^\\W_]|[{marks}{JOINERS}])"
    return re.compile(f"[^\\W_]{letter}*(?:'{letter}+)*")


def iter_words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case, function words among them.

    Compare two of them by their case folding: Straße and STRASSE are one word.
    """
    if text.isascii():
        text, pattern = text.lower(), ASCII_WORD
    else:
        text, pattern = unicodedata.normalize("NFKC", text).translate(APOSTROPHES).lower(), word_pattern()
    if "." in text or "://" in text:
        text = ADDRESS.sub(" ", text)
    for word in pattern.findall(text):
        if "'" in word:
            word = ELIDED.sub("", word, count=1) if ELIDED.match(word) else word
            word = word.removesuffix("'s")
        if word.isnumeric():
            continue
        if len(word) == 1 and unicodedata.category(word) != "Lo":
            continue  # a single letter of an alphabet; one Chinese character is a word
        yield word
