"""What a word is: a run of letters and digits, or an emoji; addresses and bare numbers are left out."""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Iterator
from functools import cache

# Endings of names that are addresses in a query; those that are rather a file's (.py, .rs, .sh) are not here.
ADDRESS = re.compile(
    r"(?:https?://|www\.)\S+|\b[\w-]+(?:\.[\w-]+)*\.(?:com|org|net|edu|gov|info|int|io|app|tv"
    r"|de|fr|es|it|pt|nl|uk|eu|at|be|ch|cz|dk|fi|gr|hu|ie|pl|ro|ru|se|ua|tr"
    r"|au|br|ca|cn|hk|il|in|ir|jp|kr|mx|nz|sg|th|tw|us|vn|za)\b(?:/\S*)?"
)
ASCII_WORD = re.compile(r"[a-z0-9]+(?:'[a-z0-9]+)*")  # what word_pattern finds in plain ASCII, faster
APOSTROPHES = "\u2019\u02bc\uff07\u2018"
# French and Italian write a short word and an apostrophe before a vowel: l'été, dell'arte.
ELIDED = re.compile(
    r"(?:[cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu|un|gl|dell|nell|all|sull|dall|quest|quell|com|dov|cos)'(?=\w{2})"
)
# NFKC takes the Thai and the Lao am apart, which nobody writes so.
VOWELS = (("\u0e4d\u0e32", "\u0e33"), ("\u0ecd\u0eb2", "\u0eb3"))
JOINERS = "\u200c\u200d"  # within a word in Persian and Indic scripts
TEXT_STYLE, EMOJI_STYLE = "\ufe0e", "\ufe0f"  # ask for the black sign, or for the coloured picture
TONES = "\U0001f3fb-\U0001f3ff"  # of skin: one emoji whatever its tone
# Signs that are pictures by themselves (Unicode 16, emoji-data.txt, Emoji_Presentation).
PICTURES = (
    "\u231a\u231b\u23e9-\u23ec\u23f0\u23f3\u25fd\u25fe\u2614\u2615\u2648-\u2653\u267f\u2693\u26a1\u26aa\u26ab"
    "\u26bd\u26be\u26c4\u26c5\u26ce\u26d4\u26ea\u26f2\u26f3\u26f5\u26fa\u26fd\u2705\u270a\u270b\u2728\u274c"
    "\u274e\u2753-\u2755\u2757\u2795-\u2797\u27b0\u27bf\u2b1b\u2b1c\u2b50\u2b55\U0001f004\U0001f0cf\U0001f18e"
    "\U0001f300-\U0001f3fa\U0001f400-\U0001f64f\U0001f680-\U0001f6ff\U0001f7e0-\U0001f7eb\U0001f7f0"
    "\U0001f90c-\U0001f9ff\U0001fa70-\U0001faff"
)
SIGNS = "\u2194-\u21aa\u2300-\u23ff\u25aa-\u27bf\u2934\u2935\u2b05-\u2b55\u3030\u303d"
FLAG_LETTERS = "\U0001f1e6-\U0001f1ff"
_ONE = f"(?:[{PICTURES}]{EMOJI_STYLE}?|[{SIGNS}]{EMOJI_STYLE})[{TONES}]?"
EMOJI = re.compile(f"[{FLAG_LETTERS}]{{2}}|{_ONE}(?:\u200d(?:{_ONE}|[\u2640\u2642\u2695\u2696\u2708]))*")
PICTURED = re.compile(f"[{PICTURES}{SIGNS}{FLAG_LETTERS}]")
TONE = re.compile(f"[{TONES}]")


def is_mark(char: str) -> bool:
    """Say whether a character belongs to the letter before it: an accent, a vowel sign, a joiner."""
    if char in TEXT_STYLE + EMOJI_STYLE:
        return False
    return char in JOINERS or unicodedata.category(char) in ("Mn", "Mc")


@cache
def word_pattern() -> re.Pattern[str]:
    """Return the pattern of one word: letters, marks and digits, with apostrophes inside."""
    marks = "".join(re.escape(chr(code)) for code in range(0x300, sys.maxunicode) if is_mark(chr(code)))
    letter = f"(?:[^\\W_]|[{marks}])"
    return re.compile(f"[^\\W_]{letter}*(?:'{letter}+)*")


def fold_text(text: str) -> str:
    """Return a text in lower case and in one spelling (NFKC, plain apostrophes), addresses left out."""
    return drop_addresses(fold_letters(text))


def fold_letters(text: str) -> str:
    """Return a text in lower case and in one spelling; lines may be folded one by one or together."""
    if text.isascii():
        return text.lower()
    if not unicodedata.is_normalized("NFKC", text):
        lines = text.split("\n")
        text = "\n".join(line if line.isascii() else unicodedata.normalize("NFKC", line) for line in lines)
        for apart, whole in VOWELS:
            text = text.replace(apart, whole)
    text = text.lower()
    for sign in APOSTROPHES:
        text = text.replace(sign, "'")
    return text.replace(TEXT_STYLE, "").replace(EMOJI_STYLE, "")


def drop_addresses(text: str) -> str:
    """Return a folded text without what looks like an address."""
    return ADDRESS.sub(" ", text) if "." in text or "://" in text else text


def fold_word(word: str) -> str:
    """Return what two spellings of one word have in common: its case folding."""
    return word if word.isascii() else word.casefold()


def clean_word(word: str) -> str:
    """Return a run of letters without an elided article or an English genitive; '' for what is no word."""
    if "'" in word:
        word = ELIDED.sub("", word, count=1) if ELIDED.match(word) else word
        word = word.removesuffix("'s")
    if word.isnumeric():
        return ""
    if len(word) == 1 and unicodedata.category(word) not in ("Lo", "So"):
        return ""  # a single letter of an alphabet; one Chinese character is a word, and one emoji
    return word


def iter_words(text: str) -> Iterator[str]:
    """Yield the words of a text in lower case, function words among them, then its emoji.

    Compare two of them by their case folding: Straße and STRASSE are one word. Writing without spaces
    comes in whole runs: ``segment`` cuts these.
    """
    folded = fold_text(text)
    pattern = ASCII_WORD if folded.isascii() else word_pattern()
    for run in pattern.findall(folded):
        if word := clean_word(run):
            yield word
    if not text.isascii():
        yield from iter_emoji(text)


def iter_emoji(text: str) -> Iterator[str]:
    """Yield the emoji of a text, flags and joined ones whole, without the tone of the skin."""
    for found in EMOJI.findall(text):
        emoji = TONE.sub("", found)
        bare = emoji.replace(EMOJI_STYLE, "")
        yield bare if len(bare) == 1 and EMOJI.fullmatch(bare) else emoji
