"""The markup of My Activity as Google prints it, piece by piece: the header, lines, entities, the caption.

It knows no other: whatever it does not recognise to the last tag is left to BeautifulSoup.
"""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.reading.captions import Caption, Line, read_caption
from pipeline.reading.locales import Words

FRONT = (
    r'<div class="outer-cell[^"<>]*"><div class="mdl-grid"><div class="header-cell(?: [^"<>]*)?">'
    r'<p class="mdl-typography--title">([^<]*)(?:<br>)?</p></div>'
    r'<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">'
)
_CELL = '</div><div class="content-cell mdl-cell mdl-cell--'
PREVIEW = _CELL + '6-col mdl-typography--body-1 mdl-typography--text-right">'
CAPTION = _CELL + '12-col mdl-typography--caption">'
LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')
ODD_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|nbsp|emsp|#39|#34|#38|#60|#62|#160);)")
ENTITIES = (
    *(("&nbsp;", "\xa0"), ("&#160;", "\xa0"), ("&emsp;", "\u2003"), ("&quot;", '"'), ("&#34;", '"')),
    *(("&#39;", "'"), ("&apos;", "'"), ("&lt;", "<"), ("&#60;", "<"), ("&gt;", ">"), ("&#62;", ">")),
)

LONGEST_SHARED = 4_096  # characters of a caption that many entries may share


class UnknownMarkupError(Exception):
    """Something that is left to BeautifulSoup."""


def unescape(piece: str) -> str:
    """Put characters for entities."""
    if "&" not in piece:
        return piece
    if piece.count("&") == piece.count("&amp;"):  # as in most addresses
        return piece.replace("&amp;", "&")
    if ODD_ENTITY.search(piece):
        raise UnknownMarkupError
    for entity, character in ENTITIES:
        piece = piece.replace(entity, character)
    return piece.replace("&#38;", "&amp;").replace("&amp;", "&")


def read_header(raw: str) -> str | None:
    """Read the header of an entry, the product's name."""
    return " ".join(unescape(raw).split()) or None


def read_line(raw: str) -> Line:
    """Read one line as text and links; any other tag and any rarer entity is left to BeautifulSoup."""
    if "<" not in raw:
        return [unescape(raw) if "&" in raw else raw]
    line: Line = LINK.split(raw)
    for k in range(0, len(line), 3):
        if "<" in line[k]:
            raise UnknownMarkupError
    return [unescape(piece) for piece in line] if "&" in raw else line


def parse_caption(raw: str, words: Words) -> Caption:
    """Read a caption; most entries of a file share theirs, so short ones are kept."""
    return (_parse_caption if len(raw) <= LONGEST_SHARED else _parse_caption.__wrapped__)(raw, words)


@lru_cache(maxsize=2048)
def _parse_caption(raw: str, words: Words) -> Caption:
    opening, *parts = raw.split("<b>")
    if "<" in opening.replace("<br>", ""):
        raise UnknownMarkupError
    sections: dict[str, list[Line]] = {}
    for part in parts:
        head, closed, rest = part.partition("</b>")
        if not closed or "<" in head:
            raise UnknownMarkupError
        lines = sections.setdefault(" ".join(unescape(head).split()), [])
        lines.extend(read_line(line) for line in rest.split("<br>"))
    return read_caption(sections, words)
