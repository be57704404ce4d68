"""Verbs learned from a file's own titles, for a language of which no table says anything.

A search says what it asked for in its address, so that the rest of its title is Google's. Of visits
and views only what nearly all titles begin and end with is taken for Google's.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence

from pipeline.reading.links import name_action, read_query
from pipeline.reading.locales import Verb, Words, know_verbs

FEWEST_TITLES = 5  # different ones, of one action
SHARE = 0.95  # of them that have to agree
LONGEST_VERB = 8  # words, on either side
# Scripts that write no spaces between words, of which each letter counts as one, and all the others.
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af"
WORD = re.compile(rf"[{UNSPACED}]|[^\s\-{UNSPACED}]+|\s+|-")


def learn_words(titles: Sequence[tuple[str, str | None]]) -> Words:
    """Learn the verbs of a file from titles as JSON prints them, each with its address."""
    by_action: dict[str, dict[str, str | None]] = defaultdict(dict)
    for title, href in titles:
        by_action[name_action(href)][" ".join(title.split())] = read_query(href) if href else None
    verbs: list[Verb] = []
    for action in ("searched", "visited", "watched"):
        known = by_action[action]
        if len(known) >= FEWEST_TITLES:
            around = _subtract(known) if action == "searched" else _share_ends(list(known))
            if around is not None:
                verbs.append(Verb("{}".join(around), (action,)))
    verbs.sort(key=lambda verb: -len(verb.template))
    return know_verbs(verbs)


def _subtract(queries: dict[str, str | None]) -> tuple[str, str] | None:
    """Find what stands around the query in nearly all titles of searches."""
    around = [title.split(query) for title, query in queries.items() if query and title.count(query) == 1]
    if len(around) < FEWEST_TITLES:
        return None
    (commonest, count), *_ = Counter((before, after) for before, after in around).most_common(1)
    return commonest if count >= SHARE * len(around) and any(commonest) else None


def _share_ends(titles: Sequence[str]) -> tuple[str, str] | None:
    """Find what nearly all titles begin and end with, in whole words, something between left over."""
    words = [WORD.findall(title) for title in titles]
    before = _share_beginning(words)
    after = _share_beginning([line[::-1] for line in words])[::-1]
    if not any((*before, *after)) or any(len(line) <= len(before) + len(after) for line in words):
        return None
    return "".join(before), "".join(after)


def _share_beginning(lines: Iterable[list[str]]) -> list[str]:
    shared: list[str] = []
    rest = list(lines)
    enough = SHARE * len(rest)
    while len(shared) < 2 * LONGEST_VERB:
        (word, count), *_ = Counter(
            line[len(shared)] for line in rest if len(line) > len(shared)
        ).most_common(1) or [("", 0)]
        if count < enough:
            break
        shared.append(word)
        rest = [line for line in rest if line[: len(shared)] == shared]
    return shared
