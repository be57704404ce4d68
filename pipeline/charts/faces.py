"""The fonts of this system: which of them hold a text, and which letters none of them holds."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from pathlib import Path

from matplotlib.font_manager import FontPath, FontProperties, findSystemFonts, fontManager
from matplotlib.ft2font import FT2Font

from pipeline.charts.scripts import Variety, order_families, simplify_text
from pipeline.charts.style import holds, register_fonts

FAMILIES = {True: "Source Serif Pro", False: "Source Sans Pro"}
NAMED = ("Noto", "Symbola")


@cache
def list_installed() -> frozenset[str]:
    """List the families of this system, those installed since Matplotlib last looked among them.

    Matplotlib (3.11) keeps the list of its first start for good: whoever installs a font that a picture
    asks for would not see it. Only fonts that we may have asked for are looked at anew.
    """
    register_fonts()
    known = {entry.fname for entry in fontManager.ttflist}
    for path in sorted(findSystemFonts()):
        if path not in known and Path(path).name.startswith(NAMED):
            try:
                fontManager.addfont(path)
            except (RuntimeError, NotImplementedError, OSError):
                continue  # such as Noto Color Emoji, which has bitmaps only
    return frozenset(fontManager.get_font_names())


@lru_cache(maxsize=4096)
def list_families(text: str, serif: bool, usual: Variety = "SC") -> tuple[str, ...]:
    """List the families for ``text`` in one of the two voices: ours, and for other scripts what is here."""
    if holds(text, serif):
        register_fonts()
        return (FAMILIES[serif],)
    installed = list_installed()
    return (FAMILIES[serif], *(name for name in order_families(text, serif, usual) if name in installed))


@cache
def find_file(family: str, semibold: bool) -> FontPath:
    """Return the font file, and the face in it, that Matplotlib takes for a family."""
    font = FontProperties(family=family, weight=600 if semibold else 400)
    return fontManager.findfont(font, fallback_to_default=False)


@cache
def read_letters(file: FontPath) -> frozenset[int]:
    """Return the code points that a font file holds."""
    return frozenset(FT2Font(file.path, face_index=file.face_index).get_charmap())


def find_holders(
    text: str, serif: bool, semibold: bool = False, usual: Variety = "SC"
) -> dict[str, FontPath | None]:
    """Return for each letter of ``text`` the file that it is drawn from, or ``None`` where none holds it."""
    files = [find_file(family, semibold) for family in list_families(text, serif, usual)]
    holders: dict[str, FontPath | None] = {}
    for letter in dict.fromkeys(simplify_text(text)):
        if not _is_invisible(letter):
            holders[letter] = next((file for file in files if ord(letter) in read_letters(file)), None)
    return holders


def list_missing(text: str, serif: bool) -> str:
    """Return the letters of ``text`` that no font of this system holds."""
    if holds(text, serif):
        return ""
    return "".join(letter for letter, file in find_holders(text, serif).items() if file is None)


@lru_cache(maxsize=4096)
def make_drawable(text: str, serif: bool) -> str:
    """Return ``text`` as it can be drawn: without shapeless letters, "…" where no font has the letters."""
    missing = list_missing(text, serif)
    if not missing:
        return simplify_text(text)
    run = f"[{re.escape(missing)}]+"
    return re.sub(run, "…", simplify_text(text))


def _is_invisible(letter: str) -> bool:
    """Say whether a letter only steers its neighbours: joiners, marks of direction, breaks."""
    return unicodedata.category(letter) in ("Cf", "Cc", "Zl", "Zp")
