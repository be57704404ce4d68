"""The fast scanner: one cell of My Activity HTML → its record, without building a tree.

It answers only what it recognises to the last tag, and gives ``None`` for everything else, which
``soup`` then reads; a property test holds the two equal wherever both answer. Google prints an entry
as header, body, an empty cell and a caption, with no white space between the tags.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.captions import Caption, Line, read_caption
from pipeline.reading.links import find_site, unwrap
from pipeline.reading.locales import Words
from pipeline.reading.manner import Manner
from pipeline.reading.meaning import compose, decode, holds_reply, mend_spaces, tells_product
from pipeline.reading.products import name_product
from pipeline.reading.titles import read_verb
from pipeline.records import Activity, Cell, Skipped

FRONT = re.compile(
    r'<div class="outer-cell[^"<>]*"><div class="mdl-grid"><div class="header-cell(?: [^"<>]*)?">'
    r'<p class="mdl-typography--title">([^<]*)(?:<br>)?</p></div>'
    r'<div class="content-cell mdl-cell mdl-cell--6-col mdl-typography--body-1">'
)
CELL = '</div><div class="content-cell mdl-cell mdl-cell--'
PREVIEW = CELL + '6-col mdl-typography--body-1 mdl-typography--text-right">'
CAPTION = CELL + '12-col mdl-typography--caption">'
LINK = re.compile(r'<a href="([^"]*)">([^<]*)</a>')
# A verb, one link, a date: nine in ten entries.
LINKED = re.compile(
    rf'{FRONT.pattern}([^<]*)<a href="([^"]+)">([^<\n]*)</a><br>([^<&]*)(?:<br>)?'
    + re.escape(PREVIEW + CAPTION)
)
WELL_FORMED = re.compile(  # tags that cannot swallow what follows them, and no cells within
    r"(?:[^<]++|</?(?!script|style|title|textarea|xmp|iframe|noembed|noframes|plaintext)[a-z][a-z0-9]*+"
    r'(?: [a-z-]++="(?:(?!-cell)[^"<>])*+")*+ ?/?>)*+'
)
# What soup takes for a block below the date, so that both know a reply by it.
REPLY = re.compile(r"\s*<(?:p|div|[uo]l|table|pre|blockquote|h[1-6])[ >]")
ODD_ENTITY = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|nbsp|emsp|#39|#34|#38|#60|#62|#160);)")
ENTITIES = (
    *(("&nbsp;", "\xa0"), ("&#160;", "\xa0"), ("&emsp;", "\u2003"), ("&quot;", '"'), ("&#34;", '"')),
    *(("&#39;", "'"), ("&apos;", "'"), ("&lt;", "<"), ("&#60;", "<"), ("&gt;", ">"), ("&#62;", ">")),
)


class _UnknownMarkupError(Exception):
    """Something that this scanner leaves to BeautifulSoup."""


class _Around(NamedTuple):
    """What stands around the link and the date of an entry, read."""

    header: str
    product: str
    action: str
    caption: Caption


def parse_cell(cell: Cell, manner: Manner) -> Activity | Skipped | None:
    """Read one entry, or give ``None`` where any of it is not fully recognised."""
    text = decode(cell.content)
    return _parse_linked(text, cell.position, manner) or _parse(text, cell, manner)


def _parse_linked(text: str, position: int, manner: Manner) -> Activity | None:
    """Read an entry of the commonest shape at one stroke, as ``_parse`` would."""
    match = LINKED.match(text)
    if match is None or (end := text.find("</div>", match.end())) < 0:
        return None
    header, before, href, query, date = match.groups()
    printed = manner.dates.read(date)
    if printed is None or (offset := manner.clock.find_offset(printed.zone)) is None:
        return None
    words = manner.words
    try:
        around = _read_around(header, before, text[match.end() : end], words)
        url, asked = unwrap(_unescape(href).strip()) or None, _unescape(query).strip()
    except _UnknownMarkupError:
        return None
    if around is None:
        return None
    header, product, action, caption = around
    if action == "searched" and (asked.startswith(words.leads) or asked.endswith(words.tails)):
        return None
    return Activity(
        position,
        printed.clock_ms - offset.minutes * 60_000,
        product,
        action,
        mend_spaces(asked) or None,
        url,
        find_site(url),
        None,
        "ad" if caption.is_ad else None,
        header,
        manner.language,
        printed.zone,
        offset.minutes,
        caption.locations,
        caption.details,
    )


@lru_cache(maxsize=4096)
def _read_around(header: str, before: str, caption: str, words: Words) -> _Around | None:
    """Read what the entries of a file share; ``None`` where the rest of the entry has a say in it."""
    name, verb, small_print = _read_header(header), _unescape(before), _read_caption(caption, words)
    found = read_verb(verb.strip(), "", words) if verb.strip() else None
    if name is None or found is None:
        return None
    actions, lead, tail = found
    if len(actions) > 1 or lead or tail or not tells_product(name, words):
        return None
    return _Around(name, name_product(name), actions[0], small_print)


def _parse(text: str, cell: Cell, manner: Manner) -> Activity | Skipped | None:
    """Read an entry of any shape step by step."""
    front = FRONT.match(text)
    if front is None:
        return None
    begin = front.end()
    end = text.find(PREVIEW, begin)
    preview = end + len(PREVIEW)
    if end < 0 or (under := text.find(CAPTION, preview)) < 0:
        return None
    if under > preview and WELL_FORMED.fullmatch(text, preview, under) is None:
        return None
    caption_at = under + len(CAPTION)
    caption_end = text.find("</div>", caption_at)
    if caption_end < 0:
        return None
    try:
        header = _read_header(front[1])
        caption = _read_caption(text[caption_at:caption_end], manner.words)
        lines = _read_body(text[begin:end], header, caption, manner)
    except _UnknownMarkupError:
        return None
    return compose(cell, manner, header, lines, caption)


def _read_body(body: str, header: str | None, caption: Caption, manner: Manner) -> list[Line]:
    """Cut the body into lines; what follows the date of an entry with a reply is left out."""
    raw_lines = body.split("<br>")
    title = _read_line(raw_lines[0])
    with_reply = holds_reply(header, title, caption, manner.words)
    if not with_reply:
        try:
            return [title, *map(_read_line, raw_lines[1:])]
        except _UnknownMarkupError:
            pass  # markup below the date is a reply in any language
    lines = [title]
    begun = len(title) > 1 or bool(title[0].strip())  # the title has been passed
    for k, raw in enumerate(raw_lines[1:], start=1):
        line = _read_line(raw)
        lines.append(line)
        if begun and len(line) == 1 and manner.dates.read(line[0]):
            rest = "<br>".join(raw_lines[k + 1 :])
            if WELL_FORMED.fullmatch(rest) is None or not (with_reply or REPLY.match(rest)):
                raise _UnknownMarkupError
            break
        begun = begun or len(line) > 1 or bool(line[0].strip())
    return lines


def _read_line(raw: str) -> Line:
    """Read one line as text and links; any other tag and any rarer entity is left to BeautifulSoup."""
    if "<" not in raw:
        return [_unescape(raw) if "&" in raw else raw]
    line: Line = LINK.split(raw)
    for k in range(0, len(line), 3):
        if "<" in line[k]:
            raise _UnknownMarkupError
    return [_unescape(piece) for piece in line] if "&" in raw else line


def _unescape(piece: str) -> str:
    if "&" not in piece:
        return piece
    if ODD_ENTITY.search(piece):
        raise _UnknownMarkupError
    for entity, character in ENTITIES:
        piece = piece.replace(entity, character)
    return piece.replace("&#38;", "&amp;").replace("&amp;", "&")


@lru_cache(maxsize=1024)
def _read_header(raw: str) -> str | None:
    return " ".join(_unescape(raw).split()) or None


@lru_cache(maxsize=2048)
def _read_caption(raw: str, words: Words) -> Caption:
    """Read a caption; most entries of a file share theirs, so it is kept."""
    opening, *parts = raw.split("<b>")
    if "<" in opening.replace("<br>", ""):
        raise _UnknownMarkupError
    sections: dict[str, list[Line]] = {}
    for part in parts:
        head, closed, rest = part.partition("</b>")
        if not closed or "<" in head:
            raise _UnknownMarkupError
        lines = sections.setdefault(" ".join(_unescape(head).split()), [])
        lines.extend(_read_line(line) for line in rest.split("<br>"))
    return read_caption(sections, words)
