"""Nine entries in ten: a verb, one link and a date, read by the span rather than by the cell.

What the entries of a file share, header, verb and caption, is understood once; of each is read only
what is its own. Every other shape is left to ``activity``, and a property test holds the two equal.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.captions import Caption
from pipeline.reading.cells import LONGEST_CELL, MARKER, Span
from pipeline.reading.links import find_site, unwrap
from pipeline.reading.locales import Words
from pipeline.reading.manner import Manner
from pipeline.reading.markup import (
    CAPTION,
    FRONT,
    PREVIEW,
    UnknownMarkupError,
    parse_caption,
    read_header,
    unescape,
)
from pipeline.reading.meaning import mend_spaces, tells_product
from pipeline.reading.products import name_product
from pipeline.reading.titles import read_verb
from pipeline.records import Activity

VERB = re.compile(FRONT.removeprefix(MARKER.decode()) + "([^<]*)")
BELOW = re.compile(rf"(?:br><)?{re.escape((PREVIEW + CAPTION)[1:])}(?s:(.*?))</div>")
LONGEST = 16_384  # characters of a cell: what entries share is kept


class _Shared(NamedTuple):
    """What entries share, understood."""

    header: str
    product: str
    action: str
    caption: Caption


def read_linked(span: Span, manner: Manner) -> list[Activity | None]:
    """Read the cells of a span; ``None`` stands for each that is of another shape."""
    content = span.content
    if len(content) > LONGEST_CELL or b"\0" in content:
        return [None] * span.n_cells
    cells = content.decode("utf-8", "replace").split(MARKER.decode())[1:]
    return [_read(cell, position, manner) for position, cell in enumerate(cells, span.position)]


def _read(cell: str, position: int, manner: Manner) -> Activity | None:
    above, _, rest = cell.partition('<a href="')
    url, _, rest = rest.partition('">')
    text, _, rest = rest.partition("</a><br>")
    date, _, below = rest.partition("<")
    if not url or '"' in url or "<" in text or "\n" in text or "&" in date or len(cell) > LONGEST:
        return None
    printed = manner.dates.read(date)
    if printed is None or (offset := manner.clock.find_offset(printed.zone)) is None:
        return None
    words = manner.words
    try:
        shared = _understand(above, below, words)
        url, text = unwrap(unescape(url).strip()), unescape(text).strip()
    except UnknownMarkupError:
        return None
    if shared is None:
        return None
    header, product, action, caption = shared
    if action == "searched" and (text.startswith(words.leads) or text.endswith(words.tails)):
        return None
    return Activity(
        position,
        printed.clock_ms - offset.minutes * 60_000,
        product,
        action,
        mend_spaces(text) or None,
        url or None,
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


@lru_cache(maxsize=1024)
def _understand(above: str, below: str, words: Words) -> _Shared | None:
    """Understand what entries share; ``None`` where the rest of an entry has a say in it."""
    begin, end = VERB.fullmatch(above), BELOW.match(below)
    if begin is None or end is None:
        return None
    name, verb = read_header(begin[1]), unescape(begin[2]).strip()
    caption = parse_caption(end[1], words)
    found = read_verb(verb, "", words) if verb else None
    if name is None or found is None:
        return None
    actions, lead, tail = found
    if len(actions) > 1 or lead or tail or not tells_product(name, words):
        return None
    return _Shared(name, name_product(name), actions[0], caption)
