"""Letters of other scripts, cut out of fonts of the owner's system, so that a friend sees no boxes.

A page is sent to people whose systems have other fonts. Only free fonts are carried along: those of Noto,
DejaVu (SIL's licence or as free) and Symbola ("free for any use"); what is drawn from any other font is
left to the reader's own system. One sans holds every letter; the serifs hold what the page sets in serif.
"""

from __future__ import annotations

import re
from base64 import b64encode
from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import NamedTuple

from fontTools import subset
from fontTools.ttLib import TTFont
from matplotlib.font_manager import FontPath

from pipeline.charts.faces import find_holders
from pipeline.charts.scripts import EAST_ASIAN, choose_variety, list_scripts
from pipeline.charts.style import holds

FREE = ("Noto", "DejaVu", "Symbola")  # how the files of fonts begin that may be handed on
KEPT_NAMES = (0, 13, 14)  # copyright, licence and where to read it
RULES = ["GSUB", "GPOS"]  # large, and nothing that Chinese, Japanese and Korean words of today ask for

_SVG_TEXT = re.compile(r"<text\b([^>]*)>(.*?)</text>", re.DOTALL)
_HEADING = re.compile(r"<(h[1-3])\b[^>]*>(.*?)</\1>", re.DOTALL)
_SENTENCE = re.compile(r'<p class="sentence"[^>]*>(.*?)</p>', re.DOTALL)


class Voice(NamedTuple):
    """One face of the page for all other scripts: its family, its weight and where its letters come from."""

    family: str
    weight: int
    serif: bool


SERIF, SERIF_SEMIBOLD = Voice("Almanac World Serif", 400, True), Voice("Almanac World Serif", 600, True)
SANS = Voice("Almanac World Sans", 400, False)


def write_world_faces(page: str) -> str:
    """Return the ``@font-face`` rules for the letters of ``page`` that the shipped fonts do not hold."""
    if not _list_foreign(page):
        return ""
    regular, semibold = _take_serif(page)
    rules: list[str] = []
    for voice, text in ((SERIF, regular), (SERIF_SEMIBOLD, semibold), (SANS, page)):
        for file, letters in _choose_files(text, voice):
            content = b64encode(cut_face(file, letters, voice)).decode()
            rules.append(
                f'@font-face{{font-family:"{voice.family}";font-weight:{voice.weight};font-style:normal;'
                f'src:url("data:font/woff;base64,{content}") format("woff");'
                f"unicode-range:{_write_range(letters)}}}\n"
            )
    return "".join(rules)


def _list_foreign(text: str) -> str:
    """List the letters that the shipped fonts do not hold."""
    return "".join(letter for letter in sorted(set(text)) if ord(letter) > 0x7F and not holds(letter, True))


def _take_serif(page: str) -> tuple[str, str]:
    """Return what the page sets in serif, regular and semibold: in pictures, headings and sentences."""
    parts: dict[bool, list[str]] = {False: [], True: []}
    for attributes, text in _SVG_TEXT.findall(page):
        if "--serif" in attributes:
            parts['font-weight="600"' in attributes].append(text)
    parts[True] += [text for _, text in _HEADING.findall(page)]
    parts[False] += _SENTENCE.findall(page)
    return "\n".join(parts[False]), "\n".join(parts[True])


def _choose_files(text: str, voice: Voice) -> list[tuple[FontPath, str]]:
    """Return the free files that hold the foreign letters of ``text``, each with its letters.

    A Chinese letter is taken from the font of the language in whose words it stands most often.
    """
    foreign = _list_foreign(text)
    if not foreign:
        return []
    runs = Counter(re.findall(f"[{re.escape(foreign)}]+", text))
    usual = choose_variety(runs)
    votes: dict[str, Counter[FontPath]] = defaultdict(Counter)
    for run, n in runs.items():
        for letter, file in find_holders(run, voice.serif, voice.weight == 600, usual).items():
            if file is not None and Path(file.path).name.startswith(FREE):
                votes[letter][file] += n
    letters: dict[FontPath, list[str]] = defaultdict(list)
    for letter, files in sorted(votes.items()):
        if letter in foreign:
            best = max(files, key=lambda file: (files[file], file.path, file.face_index))
            letters[best].append(letter)
    ordered = sorted(letters, key=lambda file: (file.path, file.face_index))
    return [(file, "".join(letters[file])) for file in ordered]


@lru_cache(maxsize=64)
def cut_face(file: FontPath, letters: str, voice: Voice) -> bytes:
    """Return a font with only the glyphs of ``letters``, as WOFF; the same bytes each time."""
    options = subset.Options(hinting=False, notdef_outline=True, name_IDs=list(KEPT_NAMES))
    options.drop_tables += ["vhea", "vmtx", "VORG", "BASE"]
    if set(list_scripts(letters)) <= set(EAST_ASIAN):
        options.drop_tables += RULES
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted({*map(ord, letters), 0x200C, 0x200D}))
    out = BytesIO()
    with TTFont(
        file.path, fontNumber=file.face_index, lazy=True, recalcTimestamp=False, recalcBBoxes=False
    ) as font:
        cutter.subset(font)
        _rename(font, voice)
        font.flavor = "woff"
        font.save(out)
    return out.getvalue()


def _rename(font: TTFont, voice: Voice) -> None:
    style = "Semibold" if voice.weight == 600 else "Regular"
    plain = f"{voice.family.replace(' ', '')}-{style}"
    for number, name in ((1, voice.family), (2, style), (4, f"{voice.family} {style}"), (6, plain)):
        font["name"].setName(name, number, 3, 1, 0x409)
    if "CFF " in font:
        font["CFF "].cff.fontNames = [plain]
        for field in ("FullName", "FamilyName"):
            setattr(font["CFF "].cff.topDictIndex[0], field, voice.family)


def _write_range(letters: Iterable[str]) -> str:
    """Write code points as CSS has them: runs as U+4E00-4E02, parted by commas."""
    spans: list[list[int]] = []
    for code in sorted(map(ord, letters)):
        if spans and code == spans[-1][1] + 1:
            spans[-1][1] = code
        else:
            spans.append([code, code])
    return ",".join(f"U+{first:X}" if first == last else f"U+{first:X}-{last:X}" for first, last in spans)
