"""The first line of an entry: Google's verb, before, behind or around what the owner asked for or saw.

In HTML the owner's text is the link's, and what stands outside is Google's; JSON prints both as one.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from pipeline.reading.captions import Line, tidy
from pipeline.reading.links import MAP, name_action, read_query
from pipeline.reading.locales import Verb, Words, know_verbs

HOLE = "\0"  # stands for the link; no text has one
LONGEST_KEPT = 200  # characters outside a link; Google's own are far fewer


class Title(NamedTuple):
    """A title, read; ``is_told`` where a verb says the action, not the address."""

    action: str
    text: str | None
    href: str | None
    is_told: bool
    is_linked: bool


UNTITLED = Title("other", None, None, False, False)


def split_title(title: str, href: str | None, words: Words) -> Title:
    """Read a title printed without markup, as JSON has it.

    Without words for it, what its address asks for is its text, else all of it.
    """
    title, href = title.strip(), href.strip() or None if href else None
    found = _match(title, words)
    if href is None:
        if (found is None or "watched" in found[0].actions) and words.removed.fullmatch(title):
            return Title("watched", None, None, True, False)
        if found is None and words.notice.fullmatch(title):
            return Title("notified", title, None, True, False)
    if found and not found[1] and words.language is None:
        found = None  # what was learned from other titles never leaves an empty one
    if found and href is not None:
        found = _agree(found, title, href, words)
    action = _choose(found[0].actions, href) if found else name_action(href)
    text = found[1] if found else title
    if action == "searched" and href is not None and (asked := read_query(href)) and asked in text:
        text = asked
    if href is not None and "\n" in text:
        text = " ".join(text.split())  # as of a page that was saved anew
    return Title(action, text or None, href, found is not None, href is not None)


def read_title(line: Line, words: Words) -> Title:
    """Read a title with its links."""
    before = line[0].strip()
    if len(line) == 1:
        return split_title(before, None, words)
    href, after = line[1].strip(), line[-1].strip()
    text = line[2].strip() if len(line) == 4 else tidy(["", *line[1:-1], ""])
    if "\n" in text:  # a page that was saved anew
        text = " ".join(text.split())
    if not before and not after:
        return _read_bare(text, href, words)
    found = read_verb(before, after, words)
    if found is None:
        return Title(name_action(href), text or None, href or None, False, True)
    actions, lead, tail = found
    action = actions[0] if len(actions) == 1 else _choose(actions, href)
    if lead or tail:
        text = f"{lead} {text} {tail}".strip()
    elif action == "searched" and (text.startswith(words.leads) or text.endswith(words.tails)):
        again = _match(text, words)  # "Searched for Searched for red bicycle"
        if again and "searched" in again[0].actions and again[1] == read_query(href):
            text = again[1]
    return Title(action, text or None, href or None, True, True)


def _read_bare(text: str, href: str, words: Words) -> Title:
    """Read a title that is a link and nothing else: the verb may lie within, a place on a map has none."""
    action = name_action(href)
    if action == "searched" and (asked := read_query(href)) and asked in text:
        return Title(action, asked, href, True, True)
    found = _match(text, words)
    is_place = action == "viewed" and "/maps/@" not in href
    if found and action in found[0].actions and (not is_place or not found[1]):
        return Title(action, found[1] or None, href or None, True, True)
    return Title(action, text or None, href or None, False, True)


def _choose(actions: Sequence[str], href: str | None) -> str:
    """Let the address decide where a language says two actions alike."""
    if len(actions) == 1:
        return actions[0]
    action = name_action(href)
    return action if action in actions else actions[0]


def _agree(found: tuple[Verb, str], title: str, href: str, words: Words) -> tuple[Verb, str] | None:
    """Prefer the verb that says what the address says: a video may be called "Route nach Rom".

    A place on a map has no verb, and may be called "Used Cars" or "Paid Parking".
    """
    action = name_action(href)
    if action == "other" or action in found[0].actions:
        return found
    others = (_match(title, know_verbs([verb])) for verb in words.verbs if action in verb.actions)
    is_place = action == "viewed" and MAP.match(href) is not None
    return next(filter(None, others), None if is_place else found)


def _match(title: str, words: Words) -> tuple[Verb, str] | None:
    match = words.title.fullmatch(title)
    if match is None or match.lastindex is None:
        return None
    return words.verbs[match.lastindex - 1], match[match.lastindex].strip()


def read_verb(before: str, after: str, words: Words) -> tuple[tuple[str, ...], str, str] | None:
    """Find the verb that stands around a link: its actions, and what is left of both sides."""
    if len(before) + len(after) > LONGEST_KEPT:
        return _match_around.__wrapped__(before, after, words)
    return _match_around(before, after, words)


@lru_cache(maxsize=1024)
def _match_around(before: str, after: str, words: Words) -> tuple[tuple[str, ...], str, str] | None:
    found = _match(" ".join(f"{before} {HOLE} {after}".split()), words)
    if found is None or HOLE not in found[1]:
        return None
    lead, _, tail = found[1].partition(HOLE)
    return found[0].actions, lead.strip(), tail.strip()
