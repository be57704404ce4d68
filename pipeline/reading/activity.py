"""The fast scanner: one cell of My Activity HTML → its record, without building a tree.

It answers only what it recognises to the last tag, and gives ``None`` for everything else, which
``soup`` then reads; a property test holds the two equal wherever both answer. Google prints an entry
as header, body, an empty cell and a caption, with no white space between the tags.
"""

from __future__ import annotations

import re

from pipeline.reading.captions import Caption, Line
from pipeline.reading.manner import Manner
from pipeline.reading.markup import (
    CAPTION,
    FRONT,
    PREVIEW,
    UnknownMarkupError,
    parse_caption,
    read_header,
    read_line,
)
from pipeline.reading.meaning import compose, decode, holds_reply
from pipeline.records import Activity, Cell, Skipped

_FRONT = re.compile(FRONT)
WELL_FORMED = re.compile(  # tags that cannot swallow what follows them, and no cells within
    r"(?:[^<]++|</?(?!script|style|title|textarea|xmp|iframe|noembed|noframes|plaintext)[a-z][a-z0-9]*+"
    r'(?: [a-z-]++="(?:(?!-cell)[^"<>])*+")*+ ?/?>)*+'
)
# What soup takes for a block below the date, so that both know a reply by it.
REPLY = re.compile(r"\s*<(?:p|div|[uo]l|table|pre|blockquote|h[1-6])[ >]")


def parse_cell(cell: Cell, manner: Manner) -> Activity | Skipped | None:
    """Read one entry, or give ``None`` where any of it is not fully recognised."""
    text = decode(cell.content)
    front = _FRONT.match(text)
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
        header = read_header(front[1])
        caption = parse_caption(text[caption_at:caption_end], manner.words)
        lines = _read_body(text[begin:end], header, caption, manner)
    except UnknownMarkupError:
        return None
    return compose(cell, manner, header, lines, caption)


def _read_body(body: str, header: str | None, caption: Caption, manner: Manner) -> list[Line]:
    """Cut the body into lines; what follows the date of an entry with a reply is left out."""
    raw_lines = body.split("<br>")
    title = read_line(raw_lines[0])
    with_reply = holds_reply(header, title, caption, manner.words)
    if not with_reply:
        try:
            return [title, *map(read_line, raw_lines[1:])]
        except UnknownMarkupError:
            pass  # markup below the date is a reply in any language
    lines = [title]
    begun = len(title) > 1 or bool(title[0].strip())  # the title has been passed
    for k, raw in enumerate(raw_lines[1:], start=1):
        line = read_line(raw)
        lines.append(line)
        if begun and len(line) == 1 and manner.dates.read(line[0]):
            rest = "<br>".join(raw_lines[k + 1 :])
            if WELL_FORMED.fullmatch(rest) is None or not (with_reply or REPLY.match(rest)):
                raise UnknownMarkupError
            break
        begun = begun or len(line) > 1 or bool(line[0].strip())
    return lines
