"""Which font families a text asks for: by the script of its letters and, for Chinese letters, by language.

Our own two families hold Latin, Greek and Cyrillic; every other script is drawn in what the system has, and
a letter that no font holds is known before it is drawn, so that no picture ever shows a box.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from functools import cache
from typing import Literal

Variety = Literal["SC", "TC", "JP", "KR"]
VARIETIES: tuple[Variety, ...] = ("SC", "TC", "JP", "KR")
CHARSETS = {"SC": "gb2312", "TC": "big5", "JP": "shift_jis", "KR": "euc_kr"}
"""The national character set that holds the letters of each written language, and few of the others'."""

SCRIPTS = {
    "CJK": "Chinese", "BOPOMOFO": "Chinese", "HIRAGANA": "Japanese", "KATAKANA": "Japanese",
    "KATAKANA-HIRAGANA": "Japanese", "HALFWIDTH": "Japanese", "HANGUL": "Korean", "FULLWIDTH": "Chinese",
    "IDEOGRAPHIC": "Chinese", "CANADIAN": "Canadian Aboriginal",
}  # fmt: skip
"""The first word of a letter's Unicode name → the script's name, where it is not that word itself."""

OTHERS = {
    "Arabic": ("Noto Naskh Arabic", "Noto Sans Arabic", "Geeza Pro", "Segoe UI"),
    "Hebrew": ("Arial Hebrew", "Segoe UI"),
    "Devanagari": ("Devanagari MT", "Nirmala UI"),
    "Thai": ("Thonburi", "Leelawadee UI"),
    "emoji": ("Symbola", "Noto Emoji", "Noto Sans Symbols2", "Apple Symbols", "Segoe UI Emoji"),
}  # fmt: skip
"""Families beside Noto's own for a script; the last ones come with macOS and with Windows."""

OF_SYSTEMS = {
    True: {
        "SC": ("Songti SC", "SimSun"),
        "TC": ("Songti TC", "PMingLiU"),
        "JP": ("Hiragino Mincho ProN", "Yu Mincho"),
        "KR": ("AppleMyungjo", "Batang"),
    },
    False: {
        "SC": ("PingFang SC", "Microsoft YaHei"),
        "TC": ("PingFang TC", "Microsoft JhengHei"),
        "JP": ("Hiragino Sans", "Yu Gothic"),
        "KR": ("Apple SD Gothic Neo", "Malgun Gothic"),
    },
}
"""Chinese, Japanese and Korean families of macOS and Windows, serif or not."""

OURS = ("Latin", "Greek", "Cyrillic")
EAST_ASIAN = ("Chinese", "Japanese", "Korean")
PACKAGES = {
    "emoji": ("fonts-symbola", "Symbola"),
    "Chinese": ("fonts-noto-cjk", "Noto Sans CJK SC"),
    "Japanese": ("fonts-noto-cjk", "Noto Sans CJK SC"),
    "Korean": ("fonts-noto-cjk", "Noto Sans CJK SC"),
}
CORE = ("fonts-noto-core", "Noto Sans Symbols2")
"""Debian's packages (2026) and a family of each; other systems call Noto's packages much the same."""


@cache
def find_script(letter: str) -> str:
    """Return the script of a letter as a word ("Thai", "Chinese", "emoji"), '' for what all scripts share."""
    category = unicodedata.category(letter)
    if category in ("So", "Sk") and ord(letter) >= 0x2190:
        return "emoji"
    if category == "Cn" and "\U0001f000" <= letter <= "\U0001faff":  # newer than this Python's Unicode
        return "emoji"
    if category[0] not in "LM":
        return ""
    first, _, _ = unicodedata.name(letter, "").partition(" ")
    if first in ("COMBINING", "MODIFIER", "VARIATION", ""):
        return ""
    return SCRIPTS.get(first, first.capitalize())


def list_scripts(text: str) -> tuple[str, ...]:
    """List the scripts of a text in the order in which they appear."""
    return tuple(dict.fromkeys(script for letter in text if (script := find_script(letter))))


@cache
def list_varieties(text: str) -> tuple[Variety, ...]:
    """List the ways of writing that a text may be of; none where it has no such letters.

    Kana is Japanese and Hangul Korean; Chinese letters alone are of each language whose national character
    set holds them all (乐 is simplified, 樂 not, 楽 Japanese, 音 any).
    """
    scripts = list_scripts(text)
    if "Japanese" in scripts:
        return ("JP",)
    if "Korean" in scripts:
        return ("KR",)
    shared = "".join(letter for letter in text if find_script(letter) == "Chinese")
    return tuple(each for each in VARIETIES if shared and _holds_all(CHARSETS[each], shared))


def _holds_all(charset: str, text: str) -> bool:
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True


def choose_variety(texts: Iterable[str]) -> Variety:
    """Choose the way of writing that most of ``texts`` may be of; simplified Chinese where none says."""
    told = Counter(variety for text in texts for variety in list_varieties(text))
    return max(VARIETIES, key=lambda variety: (told[variety], -VARIETIES.index(variety)))


def find_variety(text: str, usual: Variety = "SC") -> Variety:
    """Return how the Chinese letters of ``text`` are drawn: as usual, unless the text is none of that."""
    possible = list_varieties(text)
    return usual if usual in possible or not possible else possible[0]


def order_families(text: str, serif: bool, usual: Variety = "SC") -> tuple[str, ...]:
    """List the families that may hold ``text``, the best first, ours not among them.

    ``usual`` is the way of writing of the texts around this one, for Chinese letters that are of several.
    """
    voice, other = ("Serif", "Sans") if serif else ("Sans", "Serif")
    found: list[str] = []
    for script in list_scripts(text):
        if script in EAST_ASIAN:
            first = find_variety(text, usual)
            ordered = (first, *(each for each in ("JP", *VARIETIES) if each != first))
            found += [f"Noto {voice} CJK {each}" for each in ordered]
            found += [name for each in ordered for name in OF_SYSTEMS[serif][each]]
        elif script in ("Arabic", "emoji"):  # the serif of Arabic is Naskh, in both voices
            found += OTHERS[script]
        elif script not in OURS:
            found += [f"Noto {voice} {script}", f"Noto {other} {script}", *OTHERS.get(script, ())]
    return tuple(dict.fromkeys((*found, f"Noto {voice}", "DejaVu Sans")))


def simplify_text(text: str) -> str:
    """Return ``text`` without what has no outline of its own: skin tones, tags and choices of variant."""
    if text.isascii():
        return text
    return "".join(letter for letter in text if not _is_shapeless(ord(letter)))


def _is_shapeless(code: int) -> bool:
    return (
        0x1F3FB <= code <= 0x1F3FF  # skin tones, which colour the emoji before them
        or 0xE0000 <= code <= 0xE0FFF  # tags and rare variants
        or 0xFE00 <= code <= 0xFE0F  # variants: text or emoji
        or code == 0x20E3  # a keycap around the figure before it
    )


def name_packages(scripts: Iterable[str], installed: Iterable[str]) -> list[str]:
    """Name the packages that hold these scripts and of which nothing is installed."""
    wanted = dict.fromkeys(PACKAGES.get(script, CORE) for script in sorted(scripts))
    return [package for package, family in wanted if family not in set(installed)]
