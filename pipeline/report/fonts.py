"""The letters that the page uses, cut out of the shipped fonts and carried inside it; other scripts' too.

"Source" is a reserved name of both families: the subsets, being modified versions, are called by ours.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from importlib.resources import files
from io import BytesIO
from typing import NamedTuple

from fontTools import subset
from fontTools.ttLib import TTFont

from pipeline.report.world_fonts import write_world_faces

ALWAYS = "".join(map(chr, range(0x20, 0x7F))) + "\u00a0–—−·…‘’“”×"
KEPT_NAMES = (0, 13, 14)  # copyright, licence and where to read it

KEPT_FEATURES = ("kern", "liga", "ccmp", "locl", "mark", "mkmk")


class Face(NamedTuple):
    """One font file and what the page's style calls it."""

    file: str
    family: str
    weight: int


FACES = (
    Face("SourceSerifPro-Regular.otf", "Almanac Serif", 400),
    Face("SourceSerifPro-Semibold.otf", "Almanac Serif", 600),
    Face("SourceSansPro-Regular.otf", "Almanac Sans", 400),
    Face("SourceSansPro-Semibold.otf", "Almanac Sans", 600),
)


@cache
def cut_font(face: Face, letters: frozenset[str]) -> bytes:
    """Return ``face`` as WOFF with only the glyphs of ``letters`` that it has; the same bytes each time."""
    font = TTFont(BytesIO(_read(face)), recalcTimestamp=False)
    options = subset.Options(
        hinting=False, notdef_outline=True, name_IDs=list(KEPT_NAMES), layout_features=list(KEPT_FEATURES)
    )
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=sorted(map(ord, letters)))
    cutter.subset(font)
    style = "Semibold" if face.weight == 600 else "Regular"
    for number, name in ((1, face.family), (2, style), (4, f"{face.family} {style}")):
        font["name"].setName(name, number, 3, 1, 0x409)
    font["name"].setName(f"{face.family.replace(' ', '')}-{style}", 6, 3, 1, 0x409)
    font["CFF "].cff.fontNames = [f"{face.family.replace(' ', '')}-{style}"]
    for name in ("FullName", "FamilyName"):
        setattr(font["CFF "].cff.topDictIndex[0], name, face.family)
    font.flavor = "woff"
    out = BytesIO()
    font.save(out)
    return out.getvalue()


def write_font_faces(page: str) -> str:
    """Return the ``@font-face`` rules for every letter that stands in ``page``."""
    letters = set(page) | set(ALWAYS)
    rules = []
    for face in FACES:
        content = b64encode(cut_font(face, _list_letters(face) & letters)).decode()
        rules.append(
            f'@font-face{{font-family:"{face.family}";font-weight:{face.weight};font-style:normal;'
            f'src:url("data:font/woff;base64,{content}") format("woff")}}\n'
        )
    return "".join(rules) + write_world_faces(page)


@cache
def _list_letters(face: Face) -> frozenset[str]:
    return frozenset(map(chr, TTFont(BytesIO(_read(face))).getBestCmap()))


def _read(face: Face) -> bytes:
    return files("pipeline.charts").joinpath("fonts", face.file).read_bytes()
