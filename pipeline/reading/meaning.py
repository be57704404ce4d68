"""What the header, lines and caption of one entry mean: shared by the two readers, so that they agree.

The date is found as a whole line, never by its place: files since 2026 have a ``<br>`` after it, and
entries with a reply have the reply after it. A query that looks like a date is never a whole line.
"""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.reading.captions import Caption, Line, read_detail, tidy
from pipeline.reading.dates import DateForm, Printed
from pipeline.reading.links import CHANNEL, find_site, name_action, name_product_of, read_query, unwrap
from pipeline.reading.locales import REPLYING_PRODUCTS, Words, name_product
from pipeline.reading.manner import Manner
from pipeline.records import KEPT_BYTES, Activity, Cell, Detail, Skipped

NO_DATE = "no date in a known form"


def skip(cell: Cell, reason: str) -> Skipped:
    """Keep what could not be read, with where it lies."""
    return Skipped(cell.position, cell.offset, len(cell.content), reason, cell.content[:KEPT_BYTES])


def decode(content: bytes) -> str:
    """Decode a cell; bytes that are not UTF-8 become U+FFFD, and NULs are dropped."""
    text = content.decode("utf-8", "replace")
    return text.replace("\0", "") if "\0" in text else text


def holds_reply(header: str | None, title: str, caption: Caption) -> bool:
    """Say whether an assistant's reply may follow the date."""
    return (
        header in REPLYING_PRODUCTS
        or title.lstrip().startswith("Prompted")
        or not REPLYING_PRODUCTS.isdisjoint(caption.products)
    )


def compose(
    cell: Cell, manner: Manner, header: str | None, lines: Sequence[Line], caption: Caption
) -> Activity | Skipped:
    """Make the record of one entry from its parts."""
    first = next((k for k, line in enumerate(lines) if len(line) > 1 or line[0].strip()), None)
    if first is None:
        return skip(cell, "an entry without text")
    at, printed = _find_date(manner.dates, lines, first, holds_reply(header, lines[first][0], caption))
    if printed is None:
        return skip(cell, NO_DATE)
    offset = manner.clock.find_offset(printed.zone)
    if offset is None:
        return skip(cell, "unknown time zone")
    title: Line = lines[first] if first < at else [""]
    action, text, href = _read_title(title, manner.words)
    product = name_product(header) if header else name_product_of(href)
    channel, mark = None, "ad" if caption.is_ad else None
    details = caption.details
    if len(title) == 1 and (action == "notified" or text is None or action == "used"):
        names_itself = action == "used" and text is not None and name_product(text) == product
        if action == "notified" or title == [""] or names_itself:
            mark = mark or "boilerplate"
        elif text is None and at - first > 1 and not lines[first][0].strip().startswith("Prompted"):
            text = "\n".join(filter(None, map(tidy, lines[first + 1 : at]))) or None
            at = first + 1
    if at - first > 1:
        channel, more = _read_extras(lines[first + 1 : at], action, manner.words)
        details = more + details
    url = unwrap(href) if href else None
    return Activity(
        cell.position,
        printed.clock_ms - offset.minutes * 60_000,
        product,
        action,
        text,
        url,
        find_site(url),
        channel,
        mark,
        header,
        manner.language,
        printed.zone,
        offset.minutes,
        caption.locations,
        details,
    )


def _find_date(
    dates: DateForm, lines: Sequence[Line], first: int, with_reply: bool
) -> tuple[int, Printed | None]:
    """Find the last line that is a date, or before a reply the first one below the title."""
    order = range(first + 1, len(lines)) if with_reply else range(len(lines) - 1, first - 1, -1)
    for k in order:
        line = lines[k]
        if len(line) == 1 and (printed := dates.read(line[0])) is not None:
            return k, printed
    return -1, None


def _read_title(title: Line, words: Words) -> tuple[str, str | None, str | None]:
    """Read action, text without its verb, and address from the first line.

    The verb settles the action where English knows it, else the address does.
    """
    before = title[0].strip()
    if len(title) == 1:
        verb = words.leading_verb.match(before)
        if verb is None:
            return "notified" if words.notice.fullmatch(before) else "other", before or None, None
        text = before[verb.end() :].strip()
        action = words.verbs[verb[0]]
        return action, None if action == "watched" and text in words.removed_titles else text or None, None
    href = title[1].strip()
    text = title[2].strip() if len(title) == 4 and not title[3].strip() else tidy(["", *title[1:]])
    known = words.verbs.get(before)
    if known is None and (verb := words.leading_verb.match(before)):
        known = words.verbs[verb[0]]
        text = f"{before[verb.end() :].strip()} {text}".strip()
    if verb := words.leading_verb.match(text):
        rest = text[verb.end() :].strip()
        if not before and words.verbs[verb[0]] == name_action(href):
            known, text = words.verbs[verb[0]], rest
        elif words.verbs[verb[0]] == known == "searched" and rest == read_query(href):
            text = rest
    return known or name_action(href), text or None, href or None


def _read_extras(lines: Sequence[Line], action: str, words: Words) -> tuple[str | None, tuple[Detail, ...]]:
    """Read the lines between title and date: a channel, the topics of a notice, attached files."""
    channel = None
    details: list[Detail] = []
    for line in lines:
        hollow = len(line) == 1 and (action == "notified" or words.watched_at.fullmatch(line[0].strip()))
        if len(line) > 1 and channel is None and CHANNEL.match(line[1].strip()):
            channel = tidy(line) or None
        elif not hollow and (detail := read_detail(line)):
            details.append(detail)
    return channel, tuple(details)
