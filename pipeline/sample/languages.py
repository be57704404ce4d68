"""What each language makes of Google's English: names of folders, files and products, verbs, captions."""

from __future__ import annotations

from collections.abc import Callable

Say = Callable[[str], str]
"""Google's English → the same in one language; what the language is not known to say stays English."""


def speak(language: str) -> Say:
    """Return the words of a language (``de``)."""
    words: dict[str, str] = {}
    return lambda english: words.get(english, english)
