"""What the header, lines and caption of one entry mean: shared by the two readers, so that they agree.

The date is found as a whole line, never by its place: files since 2026 have a ``<br>`` after it, and
entries with a reply have the reply after it. A query that looks like a date is never a whole line.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.reading.captions import Caption, Line, can_reply, read_detail, tidy
from pipeline.reading.dates import DateForm, Printed
from pipeline.reading.links import AI_MODE, CHANNEL, find_site, name_product_of, unwrap
from pipeline.reading.locales import Words
from pipeline.reading.manner import Manner
from pipeline.reading.products import is_known_header, name_product
from pipeline.reading.titles import UNTITLED, Title, read_title
from pipeline.records import KEPT_BYTES, Activity, Cell, Detail, Skipped

NO_TEXT = "an entry without text"
WATCHED_AT = re.compile(r"\s*\D{0,40}\d{1,2}[:.]\d\d\D{0,20}")  # "Watched at 11:39 AM", below some ads
LONGEST_USE = 40  # characters of "Used Search" beside the product's name, in any language
SHOWING = frozenset({"discover", "notifications"})  # products that only show something


def skip(cell: Cell, reason: str) -> Skipped:
    """Keep what could not be read, with where it lies."""
    return Skipped(cell.position, cell.offset, len(cell.content), reason, cell.content[:KEPT_BYTES])


def decode(content: bytes) -> str:
    """Decode a cell; bytes that are not UTF-8 become U+FFFD, and NULs are dropped."""
    text = content.decode("utf-8", "replace")
    return text.replace("\0", "") if "\0" in text else text


def holds_reply(header: str | None, title: Line, caption: Caption, words: Words) -> bool:
    """Say whether an assistant's reply may follow the date."""
    return (
        caption.replies
        or (header is not None and can_reply(header))
        or title[0].lstrip().startswith(words.prompts)
        or (len(title) > 1 and "udm=50" in title[1] and AI_MODE.match(title[1].strip()) is not None)
    )


def compose(
    cell: Cell, manner: Manner, header: str | None, lines: Sequence[Line], caption: Caption
) -> Activity | Skipped:
    """Make the record of one entry from its parts."""
    first = 0
    while len(lines[first]) == 1 and not lines[first][0].strip():
        first += 1
        if first == len(lines):
            return skip(cell, NO_TEXT)
    with_reply = holds_reply(header, lines[first], caption, manner.words)
    at, printed = _find_date(manner.dates, lines, first, with_reply)
    if printed is None:
        return skip(cell, manner.dates.name_failure([line[0] for line in lines if len(line) == 1]))
    offset = manner.clock.find_offset(printed.zone)
    if offset is None:
        return skip(cell, "unknown time zone")
    return describe(
        manner,
        cell.position,
        printed.clock_ms - offset.minutes * 60_000,
        header,
        read_title(lines[first], manner.words) if first < at else UNTITLED,
        lines[first + 1 : at],
        caption,
        printed.zone,
        offset.minutes,
    )


def describe(
    manner: Manner,
    position: int,
    time_ms: int,
    header: str | None,
    title: Title,
    lines: Sequence[Line],
    caption: Caption,
    zone: str | None = None,
    offset_minutes: int = 0,
) -> Activity:
    """Make the record of one entry whose title and time are read; ``lines`` stand below the title."""
    action, text, href, is_told, is_linked = title
    product = _name_product(header, href, manner.words)
    if not is_told:
        action, text = _guess(title, header, product, manner.words)
    text = text and mend_spaces(text)
    mark = "ad" if caption.is_ad else None
    if not is_linked:
        names_itself = action == "used" and text is not None and name_product(text) == product
        if action == "notified" or names_itself or (text is None and not is_told):
            mark = mark or "boilerplate"
        elif text is None and lines and action not in ("asked", "watched"):
            text, lines = "\n".join(filter(None, map(tidy, lines))) or None, ()
    channel, details = None, caption.details
    if lines:
        channel, more = _read_extras(lines, action)
        details = more + details
    url = unwrap(href) if href else None
    return Activity(
        position,
        time_ms,
        product,
        action,
        text,
        url,
        find_site(url),
        channel,
        mark,
        header,
        manner.language,
        zone,
        offset_minutes,
        caption.locations,
        details,
    )


def mend_spaces(text: str) -> str:
    """Make no-break spaces plain: HTML has them where JSON may have others."""
    return text if text.isascii() else text.replace("\xa0", " ").replace("\u202f", " ")


def _find_date(
    dates: DateForm, lines: Sequence[Line], first: int, with_reply: bool
) -> tuple[int, Printed | None]:
    """Find the last line that is a date, or before a reply the first one below the title.

    A reply is known by its markup too: Google's own lines hold nothing but text and links.
    """
    at, printed = -1, None
    for k in range(len(lines) - 1, first - 1, -1):
        line = lines[k]
        if len(line) > 1:
            with_reply = with_reply or (k > first and not line[1])
        elif at < 0 and line[0] and (printed := dates.read(line[0])) is not None:
            at = k
    if with_reply:
        for k in range(first + 1, at):
            line = lines[k]
            if len(line) == 1 and (earlier := dates.read(line[0])) is not None:
                return k, earlier
    return at, printed


def tells_product(header: str, words: Words) -> bool:
    """Say whether the header alone names the product: English ones do, others where a table knows them."""
    return words.language == "en" or is_known_header(header)


def _name_product(header: str | None, href: str | None, words: Words) -> str:
    """Name the product by its header; by the address where no language of ours knows the header."""
    if header is not None and tells_product(header, words):
        return name_product(header)
    by_address = name_product_of(href)
    return name_product(header) if header is not None and by_address == "unknown" else by_address


def _guess(title: Title, header: str | None, product: str, words: Words) -> tuple[str, str | None]:
    """Tell what was done where no verb does: by the product, and by a title that names only the product."""
    action, text = title.action, title.text
    if title.is_linked:
        if action == "searched" and product == "assistant":
            return "asked", text
        if action == "other" and product == "android":
            return "used", text
        if action == "other" and product in ("chrome", "search") and find_site(title.href) != "google.com":
            return "visited", text
    elif text is not None and product in SHOWING:
        return "notified", text
    elif text is not None and header is not None and words.language != "en":
        names_it = header.casefold() in text.casefold() and len(text) <= len(header) + LONGEST_USE
        return ("used", header) if names_it else (action, text)
    return action, text


def _read_extras(lines: Sequence[Line], action: str) -> tuple[str | None, tuple[Detail, ...]]:
    """Read the lines between title and date: a channel, the topics of a notice, attached files."""
    channel = None
    details: list[Detail] = []
    for line in lines:
        hollow = len(line) == 1 and (
            (action == "notified" and line[0].rstrip().endswith((":", "：")))  # "Including topics:"
            or (action == "watched" and WATCHED_AT.fullmatch(line[0]) is not None)
        )
        if len(line) > 1 and channel is None and CHANNEL.match(line[1].strip()):
            channel = tidy(line) or None
        elif not hollow and (detail := read_detail(line)):
            details.append(detail)
    return channel, tuple(details)
